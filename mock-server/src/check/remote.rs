//! A running server watched from outside, over its control API.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::exchange::Exchange;
use super::ledger::Ledger;
use super::model::Finding;

/// One workspace of a running server.
pub struct Remote {
    client: reqwest::Client,
    root: String,
    token: Option<String>,
    workspace: String,
    /// The highest number seen.
    newest: u64,
    /// Lower numbers that were not seen: still under way, or forgotten.
    missing: BTreeSet<u64>,
    /// Whether numbers have started over since.
    lost: u64,
}

/// How many exchanges are asked for at once.
const BATCH: usize = 1000;

/// A server that does not answer as it should.
#[derive(Debug, thiserror::Error)]
pub enum Silent {
    /// It does not answer.
    #[error("no server answers at {0}: {1}")]
    Nobody(String, reqwest::Error),
    /// It refuses.
    #[error("{0} answers {1}: {2}")]
    Refused(String, u16, String),
    /// It answers something else.
    #[error("{0} answers something that is no journal: {1}")]
    Strange(String, String),
}

impl Remote {
    /// A workspace of the server at this address.
    ///
    /// # Errors
    /// When no TLS is to be had.
    pub fn new(server: &str, workspace: &str, token: Option<String>) -> reqwest::Result<Self> {
        Ok(Self {
            client: crate::client::plain()?,
            root: server.trim_end_matches('/').to_owned(),
            token,
            workspace: workspace.to_owned(),
            newest: 0,
            missing: BTreeSet::new(),
            lost: 0,
        })
    }

    /// Where the server is.
    #[must_use]
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The workspace.
    #[must_use]
    pub fn workspace(&self) -> &str {
        &self.workspace
    }

    /// Makes the workspace; false when it was there.
    ///
    /// # Errors
    /// When the server does not do it.
    pub async fn make(&self) -> Result<bool, Silent> {
        let wish = json!({"name": self.workspace});
        let (status, _) = self.ask("POST", "/workspaces", Some(wish)).await?;
        Ok(status == 201)
    }

    /// Drops the workspace with all it knows.
    ///
    /// # Errors
    /// When the server does not do it.
    pub async fn remove(&self) -> Result<(), Silent> {
        let path = format!("/workspaces/{}", self.workspace);
        self.ask("DELETE", &path, None).await.map(|_| ())
    }

    /// Passes over everything up to now.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn skip(&mut self) -> Result<(), Silent> {
        self.newest = self.seen().await?;
        Ok(())
    }

    /// Judges what is new; returns the new findings.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn look(&mut self, ledger: &mut Ledger) -> Result<Vec<Finding>, Silent> {
        let mut findings = Vec::new();
        loop {
            let seen = self.seen().await?;
            if seen < self.newest {
                // Somebody cleared the journal: what was still missing will not come any more.
                self.lost += self.missing.len() as u64;
                self.missing.clear();
                self.newest = 0;
            }
            let known = self.newest;
            let first = self.missing.first().copied().unwrap_or(known + 1);
            if seen < first {
                return Ok(findings);
            }
            let wish = json!({"after": first - 1, "limit": usize::MAX >> 16});
            let (_, answer) = self.ask("POST", "/requests/find", Some(wish)).await?;
            let strange = |why: &str| Silent::Strange(self.root.clone(), why.to_owned());
            let all = answer["requests"].as_array();
            let all = all.ok_or_else(|| strange("there is no `requests`"))?;
            let mut fresh = 0usize;
            for (number, value) in all.iter().enumerate() {
                let id = value["id"].as_u64().unwrap_or_default();
                let late = self.missing.remove(&id);
                if id <= known && !late {
                    continue;
                }
                self.missing
                    .extend(self.newest + 1..id.max(self.newest + 1));
                self.newest = self.newest.max(id);
                let exchange = Exchange::shown(value, &self.workspace, number + 1);
                let exchange = exchange.map_err(|error| strange(&error.to_string()))?;
                findings.extend(ledger.see(&exchange).await);
                fresh += 1;
            }
            if fresh < BATCH {
                return Ok(findings);
            }
        }
    }

    /// Says what happened and was not seen.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn settle(&mut self, ledger: &mut Ledger) -> Result<Vec<Finding>, Silent> {
        let findings = self.look(ledger).await?;
        let seen = self.seen().await?;
        let unseen = seen.saturating_sub(self.newest);
        ledger.lose(self.lost + self.missing.len() as u64 + unseen);
        Ok(findings)
    }

    async fn seen(&self) -> Result<u64, Silent> {
        let (_, answer) = self.ask("GET", "/requests?limit=0", None).await?;
        let seen = answer["seen"].as_u64();
        seen.ok_or_else(|| Silent::Strange(self.root.clone(), "there is no `seen`".to_owned()))
    }

    async fn ask(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Result<(u16, Value), Silent> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let scope = if path.starts_with("/workspaces") {
            String::new()
        } else {
            format!("{joint}workspace={}", self.workspace)
        };
        let url = format!("{}/__admin{path}{scope}", self.root);
        let method = http::Method::from_bytes(method.as_bytes()).unwrap_or_default();
        let mut request = self.client.request(method, url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let nobody = |error| Silent::Nobody(self.root.clone(), error);
        let answer = request.send().await.map_err(nobody)?;
        let status = answer.status();
        let text = answer.text().await.map_err(nobody)?;
        if !status.is_success() {
            return Err(Silent::Refused(self.root.clone(), status.as_u16(), text));
        }
        let value = serde_json::from_str(&text).unwrap_or_default();
        Ok((status.as_u16(), value))
    }
}
