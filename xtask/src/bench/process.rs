//! A server in a process of its own: started, asked, looked at, stopped.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::bare::Constant;
use super::load::{CREDENTIAL, Exchange};

/// A running server; it ends when dropped.
pub struct Server {
    /// Where it is, without a slash at the end.
    pub url: String,
    /// When its process was started.
    pub started: Instant,
    child: Child,
}

/// An answer, read whole.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, as they came.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// What the bare server needs to give the same answer.
    pub fn constant(&self, exchange: &Exchange) -> Constant {
        let own = ["content-length", "date", "connection"];
        let headers = self
            .headers
            .iter()
            .filter(|(name, _)| !own.contains(&name.as_str()));
        Constant {
            path: exchange.path.clone(),
            headers: headers.cloned().collect(),
            body: String::from_utf8_lossy(&self.body).into_owned(),
        }
    }
}

impl Server {
    /// Starts a program that says in its first line, as JSON, under which `url` it is ready.
    pub fn start(program: &Path, arguments: &[&str]) -> Result<Self> {
        let started = Instant::now();
        let mut child = Command::new(program)
            .args(arguments)
            .current_dir(std::env::temp_dir())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut line = String::new();
        if let Some(stdout) = &mut child.stdout {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let ready: Value = serde_json::from_str(&line)
            .with_context(|| format!("{} did not become ready: {line}", program.display()))?;
        let url = ready["url"].as_str().context("no url")?.to_owned();
        Ok(Self {
            url,
            started,
            child,
        })
    }

    /// Asks once, on a connection of its own.
    pub fn ask(&self, exchange: &Exchange) -> Result<Answer> {
        let Exchange { method, path, body } = exchange;
        let host = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host)?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\nauthorization: {CREDENTIAL}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut reader = BufReader::new(stream);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            ensure!(
                reader.read_line(&mut line)? > 0,
                "{method} {path}: the answer broke off"
            );
            if line.trim().is_empty() {
                break;
            }
            lines.push(line.trim().to_owned());
        }
        let status = lines.first().and_then(|line| line.split(' ').nth(1));
        let status = status.and_then(|code| code.parse().ok());
        let headers = lines[1..].iter().filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_ascii_lowercase(), value.trim().to_owned()))
        });
        let headers = headers.collect();
        let mut body = Vec::new();
        reader.read_to_end(&mut body)?;
        Ok(Answer {
            status: status.with_context(|| format!("{method} {path}: no status"))?,
            headers,
            body,
        })
    }

    /// Forgets everything that was stored or planned.
    pub fn reset(&self) -> Result<()> {
        let answer = self.ask(&Exchange::post("/__admin/reset", &json!({})))?;
        ensure!(answer.status < 300, "reset is answered {}", answer.status);
        self.unplug()
    }

    /// Takes out the webhook endpoints of the seed, at which nobody listens: a server that runs after them is
    /// not what is measured.
    pub fn unplug(&self) -> Result<()> {
        let endpoints = "/__admin/webhooks/endpoints";
        let answer = self.ask(&Exchange::get(endpoints))?;
        let listed: Value = serde_json::from_slice(&answer.body)?;
        let ids = listed["endpoints"].as_array().into_iter().flatten();
        for id in ids.filter_map(|one| one["id"].as_str()) {
            let id = id.replace(':', "%3A").replace('/', "%2F");
            let answer = self.ask(&Exchange::delete(&format!("{endpoints}/{id}")))?;
            ensure!(
                answer.status < 300,
                "taking out {id} is answered {}",
                answer.status
            );
        }
        Ok(())
    }

    /// Moves the clock until nothing is planned any more.
    pub fn settle(&self) -> Result<()> {
        loop {
            let wish = Exchange::post("/__admin/clock", &json!({"until": "idle"}));
            let answer = self.ask(&wish)?;
            ensure!(
                answer.status == 200,
                "the clock is answered {}",
                answer.status
            );
            let reading: Value = serde_json::from_slice(&answer.body)?;
            if reading["ran"] == 0 {
                return Ok(());
            }
        }
    }

    /// Its resident memory, in MiB.
    pub fn resident(&self) -> Result<f64> {
        let path = format!("/proc/{}/status", self.child.id());
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        let kibibytes: f64 = kibibytes.with_context(|| format!("{path} has no VmRSS"))?;
        Ok(kibibytes / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// Waits in real time, as measuring demands.
#[expect(
    clippy::disallowed_methods,
    reason = "what is measured is a process in real time"
)]
pub fn pause(time: Duration) {
    std::thread::sleep(time);
}
