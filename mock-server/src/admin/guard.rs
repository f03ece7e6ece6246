//! Who may use the control API: nobody from a foreign host or page, and on a public address only with the token.

use axum::body::Body;
use http::{Request, StatusCode, header};
use std::net::IpAddr;

use super::Problem;
use crate::App;

/// Lets a request in, or says why not.
///
/// # Errors
/// For a missing token, a foreign `Host` or a foreign `Origin`.
pub fn admit(app: &App, request: &Request<Body>) -> Result<(), Problem> {
    let header = |name| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let host = header(header::HOST).or_else(|| {
        request
            .uri()
            .authority()
            .map(|authority| authority.as_str())
    });
    let host = host.unwrap_or("");
    if let Some(token) = &app.options().admin_token {
        let bearer = header(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        let in_query = watched_token(request);
        let shown = bearer.or(in_query.as_deref()).or_else(|| {
            request
                .headers()
                .get("x-mock-admin-token")
                .and_then(|value| value.to_str().ok())
        });
        if !shown.is_some_and(|shown| same(shown, token)) {
            return Err(
                Problem::with(StatusCode::UNAUTHORIZED, "the control API needs its token")
                    .at("Authorization")
                    .expecting("Bearer and the token given by --admin-token or printed at start"),
            );
        }
    } else if !is_local(host) {
        // A page of another site could reach a loopback server under a name of its own.
        return Err(Problem::with(
            StatusCode::FORBIDDEN,
            format!("the control API does not answer for the host \"{host}\""),
        )
        .at("Host")
        .expecting("localhost or a loopback address"));
    }
    let Some(origin) = header(header::ORIGIN) else {
        return Ok(());
    };
    let own = url::Url::parse(origin).ok().is_some_and(|url| {
        let port = url
            .port()
            .map(|port| format!(":{port}"))
            .unwrap_or_default();
        url.host_str()
            .is_some_and(|name| format!("{name}{port}") == host)
    });
    if own {
        Ok(())
    } else {
        Err(Problem::with(
            StatusCode::FORBIDDEN,
            format!("the control API does not answer pages of {origin}"),
        )
        .at("Origin")
        .expecting("no origin, or the server's own"))
    }
}

/// The token in the query, which only the stream takes: a page cannot send headers there.
fn watched_token(request: &Request<Body>) -> Option<String> {
    if request.uri().path() != "/__admin/stream" {
        return None;
    }
    let query = request.uri().query()?;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, token) = pairs.find(|(name, _)| name == "token")?;
    Some(token.into_owned())
}

/// Whether `host` (with or without a port) names this machine itself.
fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(""),
        None => host.split(':').next().unwrap_or(""),
    };
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Compares without telling by its time how much was right.
fn same(shown: &str, token: &str) -> bool {
    let differing = shown
        .bytes()
        .zip(token.bytes())
        .fold(0, |sum, (one, other)| sum | (one ^ other));
    shown.len() == token.len() && differing == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_local() {
        for host in [
            "localhost",
            "localhost:4600",
            "127.0.0.1:4600",
            "127.8.9.1",
            "[::1]:4600",
            "LOCALHOST",
        ] {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "192.168.1.5:4600",
            "127.0.0.1.evil.example",
            "[::2]",
        ] {
            assert!(!is_local(host), "{host}");
        }
    }

    #[test]
    fn a_token_must_be_the_same() {
        assert!(same("abc", "abc"));
        assert!(!same("ab", "abc") && !same("abd", "abc") && !same("", "abc"));
    }
}
