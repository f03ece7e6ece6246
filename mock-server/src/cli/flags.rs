//! The flags of `serve`: a flag wins over its environment variable, which wins over `mock-server.toml`.

use std::net::IpAddr;
use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use mock_server::Options;
use mock_server::kernel::layers::auth::AuthMode;
use mock_server::kernel::moment::Progress;
use mock_server::kernel::rate_limit::RateLimiting;
use serde::Deserialize;

use super::OutputFormat;

/// The file that is read when it is there and no other is named.
const FILE: &str = "mock-server.toml";
/// The port that nobody has to remember: not one that browsers block.
const PORT: u16 = 4600;

/// Every setting of a server; absent ones keep their default.
#[derive(Clone, Debug, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Serve {
    /// Port to listen on; 0 picks a free one [default: 4600]
    #[arg(long, env = "MOCK_PORT")]
    port: Option<u16>,
    /// Address to bind; any but a loopback address demands the admin token [default: 127.0.0.1]
    #[arg(long, env = "MOCK_HOST")]
    host: Option<IpAddr>,
    /// Serve only this vendor; may be repeated
    #[arg(
        long,
        env = "MOCK_VENDOR",
        value_delimiter = ',',
        value_name = "VENDOR"
    )]
    #[serde(default)]
    vendor: Vec<String>,
    /// A port of its own for one vendor; may be repeated
    #[arg(
        long,
        env = "MOCK_VENDOR_PORT",
        value_delimiter = ',',
        value_name = "VENDOR=PORT"
    )]
    #[serde(default)]
    vendor_port: Vec<String>,
    /// Which credentials are accepted [default: strict]
    #[arg(long, env = "MOCK_AUTH")]
    auth: Option<AuthMode>,
    /// Seed of all identifiers and chance [default: 1]
    #[arg(long, env = "MOCK_SEED")]
    seed: Option<u64>,
    /// How what is planned comes about [default: auto]
    #[arg(long, env = "MOCK_PROGRESS")]
    progress: Option<Progress>,
    /// Let time stand still at this instant until it is moved
    #[arg(long, env = "MOCK_FREEZE_AT", value_name = "TIMESTAMP")]
    freeze_at: Option<Timestamp>,
    /// Post a vendor's webhooks to this URL; may be repeated
    #[arg(
        long,
        env = "MOCK_WEBHOOK",
        value_delimiter = ',',
        value_name = "VENDOR=URL"
    )]
    #[serde(default)]
    webhook: Vec<String>,
    /// Allow webhooks to this host, address or network besides loopback and private ones; may be repeated
    #[arg(
        long,
        env = "MOCK_WEBHOOK_ALLOW",
        value_delimiter = ',',
        value_name = "HOST"
    )]
    #[serde(default)]
    webhook_allow: Vec<String>,
    /// Which rate limits are enforced [default: generous]
    #[arg(long, env = "MOCK_RATE_LIMITS")]
    rate_limits: Option<RateLimiting>,
    /// Refuse undocumented fields and parameters too
    #[arg(long, env = "MOCK_STRICT")]
    #[serde(default)]
    strict: bool,
    /// Leave the X-Mock-… headers out of answers
    #[arg(long, env = "MOCK_NO_MOCK_HEADERS")]
    #[serde(default)]
    no_mock_headers: bool,
    /// How many requests, events and deliveries each workspace remembers [default: 1000]
    #[arg(long, env = "MOCK_REMEMBER", value_name = "COUNT")]
    remember: Option<usize>,
    /// Drop workspaces that are idle for this long, such as 30m
    #[arg(long, env = "MOCK_WORKSPACE_TTL", value_name = "DURATION")]
    workspace_ttl: Option<String>,
    /// Token that the control API demands; made and printed when the address is not loopback and none is given
    #[arg(
        long,
        env = "MOCK_ADMIN_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    admin_token: Option<String>,
    /// What is logged to standard error, such as info or mock_server=debug [default: warn]
    #[arg(long, env = "MOCK_LOG_LEVEL", value_name = "LEVEL")]
    log_level: Option<String>,
    /// How the ready line is written [default: text]
    #[arg(long, env = "MOCK_FORMAT")]
    format: Option<OutputFormat>,
    /// Read settings from this file [default: mock-server.toml, where it exists]
    #[arg(long, env = "MOCK_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    config: Option<PathBuf>,
}

/// How a server is set up, with what only the command line cares for.
pub struct Settled {
    /// The server's own options.
    pub options: Options,
    /// What is logged.
    pub log_level: String,
    /// How the ready line is written.
    pub format: OutputFormat,
    /// Whether the admin token was made, so that it must be printed.
    pub token_made: bool,
}

impl Serve {
    /// Fills in what the file says and what nobody said.
    ///
    /// # Errors
    /// When the file cannot be read or a setting makes no sense, with its name and what was expected.
    pub fn settle(self) -> anyhow::Result<Settled> {
        let file = self.file()?;
        let flags = self.over(file);
        let host = flags.host.unwrap_or(IpAddr::from([127, 0, 0, 1]));
        let token_made = flags.admin_token.is_none() && !host.is_loopback();
        #[expect(
            clippy::disallowed_methods,
            reason = "a token must not be guessed from the seed"
        )]
        let make_token = || format!("{:032x}", rand::random::<u128>());
        let options = Options {
            host,
            port: flags.port.unwrap_or(PORT),
            vendors: flags.vendor,
            vendor_ports: flags
                .vendor_port
                .iter()
                .map(|text| vendor_port(text))
                .collect::<Result<_, _>>()?,
            auth: flags.auth.unwrap_or_default(),
            seed: flags.seed.unwrap_or(1),
            progress: flags.progress.unwrap_or_default(),
            rate_limits: flags.rate_limits.unwrap_or_default(),
            strict: flags.strict,
            mock_headers: !flags.no_mock_headers,
            frozen_at: flags.freeze_at,
            webhooks: flags
                .webhook
                .iter()
                .map(|text| webhook(text))
                .collect::<Result<_, _>>()?,
            webhook_allow: flags.webhook_allow,
            remembered: flags.remember.unwrap_or(1000),
            admin_token: if token_made {
                Some(make_token())
            } else {
                flags.admin_token
            },
            workspace_ttl: flags.workspace_ttl.as_deref().map(duration).transpose()?,
            ..Options::default()
        };
        Ok(Settled {
            options,
            log_level: flags.log_level.unwrap_or_else(|| "warn".to_owned()),
            format: flags.format.unwrap_or_default(),
            token_made,
        })
    }

    fn file(&self) -> anyhow::Result<Self> {
        let path = match &self.config {
            Some(path) => path.clone(),
            None if PathBuf::from(FILE).is_file() => PathBuf::from(FILE),
            None => return Ok(Self::default()),
        };
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("in {}", path.display()))
    }

    /// These settings, with `file` where they say nothing.
    fn over(self, file: Self) -> Self {
        let list = |own: Vec<String>, other: Vec<String>| if own.is_empty() { other } else { own };
        Self {
            port: self.port.or(file.port),
            host: self.host.or(file.host),
            vendor: list(self.vendor, file.vendor),
            vendor_port: list(self.vendor_port, file.vendor_port),
            auth: self.auth.or(file.auth),
            seed: self.seed.or(file.seed),
            progress: self.progress.or(file.progress),
            freeze_at: self.freeze_at.or(file.freeze_at),
            webhook: list(self.webhook, file.webhook),
            webhook_allow: list(self.webhook_allow, file.webhook_allow),
            rate_limits: self.rate_limits.or(file.rate_limits),
            strict: self.strict || file.strict,
            no_mock_headers: self.no_mock_headers || file.no_mock_headers,
            remember: self.remember.or(file.remember),
            workspace_ttl: self.workspace_ttl.or(file.workspace_ttl),
            admin_token: self.admin_token.or(file.admin_token),
            log_level: self.log_level.or(file.log_level),
            format: self.format.or(file.format),
            config: self.config,
        }
    }
}

fn vendor_port(text: &str) -> anyhow::Result<(String, u16)> {
    let parts = text
        .split_once('=')
        .and_then(|(vendor, port)| Some((vendor.to_owned(), port.parse().ok()?)));
    parts.ok_or_else(|| {
        anyhow!("--vendor-port {text}: expected a vendor and a port, such as heltar=4601")
    })
}

/// A vendor and where its webhooks go: `heltar=http://…`.
///
/// # Errors
/// When it is in another form.
pub fn webhook(text: &str) -> anyhow::Result<(String, String)> {
    let parts = text
        .split_once('=')
        .filter(|(_, url)| url::Url::parse(url).is_ok_and(|url| url.has_host()));
    let (vendor, url) = parts.ok_or_else(|| {
        anyhow!("--webhook {text}: expected a vendor and a URL, such as heltar=http://127.0.0.1:8000/hook")
    })?;
    Ok((vendor.to_owned(), url.to_owned()))
}

fn duration(text: &str) -> anyhow::Result<std::time::Duration> {
    let parsed = text
        .parse::<SignedDuration>()
        .ok()
        .and_then(|duration| duration.try_into().ok());
    parsed.ok_or_else(|| anyhow!("--workspace-ttl {text}: expected a duration such as 30m or 2h"))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        serve: Serve,
    }

    fn flags(line: &[&str]) -> Serve {
        let program = std::iter::once("mock-server");
        Line::parse_from(program.chain(line.iter().copied())).serve
    }

    fn file(text: &str) -> PathBuf {
        let name = format!(
            "mock-server-flags-{}-{:?}.toml",
            std::process::id(),
            std::thread::current().id()
        );
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn complaint(flags: Serve) -> String {
        flags
            .settle()
            .err()
            .map(|error| format!("{error:#}"))
            .unwrap_or_default()
    }

    #[test]
    fn a_flag_wins_over_the_file() {
        let path = file("port = 5000\nseed = 7\nauth = \"any\"\nvendor = [\"heltar\"]\n");
        let settled = flags(&["--config", path.to_str().unwrap(), "--port", "5001"])
            .settle()
            .unwrap();
        let options = settled.options;
        assert_eq!(
            (options.port, options.seed, options.auth),
            (5001, 7, AuthMode::Any)
        );
        assert_eq!(options.vendors, ["heltar"]);
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn an_unknown_setting_is_an_error_with_its_place() {
        let path = file("prot = 5000\n");
        let error = complaint(flags(&["--config", path.to_str().unwrap()]));
        assert!(
            error.contains("unknown field `prot`") && error.contains("line 1"),
            "{error}"
        );
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_setting_that_makes_no_sense_says_what_was_expected() {
        let complaints = [
            complaint(flags(&["--vendor-port", "heltar"])),
            complaint(flags(&["--webhook", "heltar=nowhere"])),
            complaint(flags(&["--workspace-ttl", "soon"])),
            complaint(flags(&["--config", "/does/not/exist.toml"])),
        ];
        assert!(
            complaints[0].ends_with("expected a vendor and a port, such as heltar=4601"),
            "{complaints:?}"
        );
        assert!(
            complaints[1].contains("expected a vendor and a URL"),
            "{complaints:?}"
        );
        assert!(
            complaints[2].ends_with("expected a duration such as 30m or 2h"),
            "{complaints:?}"
        );
        assert!(
            complaints[3].starts_with("cannot read /does/not/exist.toml"),
            "{complaints:?}"
        );
    }

    #[test]
    fn a_public_address_gets_a_token_nobody_can_guess() {
        let make = || flags(&["--host", "0.0.0.0"]).settle().unwrap();
        let (one, two) = (make(), make());
        assert!(one.token_made && one.options.admin_token.is_some());
        assert_ne!(one.options.admin_token, two.options.admin_token);
        assert!(!flags(&[]).settle().unwrap().token_made);
    }
}
