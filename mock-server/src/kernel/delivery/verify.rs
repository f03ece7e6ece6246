//! The handshake by which an endpoint shows that it wants to be one.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use super::courier::{Courier, refusal};
use super::record::{Class, Failure};

/// How an endpoint answered the handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verification {
    /// With success and the challenge.
    Echoed,
    /// With success and something else.
    WrongEcho {
        /// What it said.
        body: String,
    },
    /// With something else than success; redirects are not followed.
    Status(StatusCode),
    /// Not at all, or not to the end.
    Unreachable(Failure),
}

/// Asks `GET <url>?hub.mode=subscribe&hub.challenge=<challenge>&hub.verify_token=<token>`.
pub(super) async fn verify(
    courier: &Courier,
    url: &str,
    token: &str,
    challenge: &str,
    limit: Duration,
) -> Verification {
    let mut asked = match Url::parse(url) {
        Ok(asked) => asked,
        Err(error) => {
            return Verification::Unreachable(refusal(format!("\"{url}\" is not a URL: {error}")));
        }
    };
    asked
        .query_pairs_mut()
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.challenge", challenge)
        .append_pair("hub.verify_token", token);
    let mut headers = HeaderMap::new();
    headers.insert(http::header::USER_AGENT, super::USER_AGENT);
    let exchange = courier
        .send(Method::GET, asked.as_str(), headers, Bytes::new(), limit)
        .await;
    match (exchange.response, exchange.failure) {
        (Some(response), Some(failure))
            if matches!(failure.class, Class::Status | Class::Redirect) =>
        {
            Verification::Status(response.status)
        }
        (_, Some(failure)) => Verification::Unreachable(failure),
        (Some(response), None) if response.body.trim_ascii() != challenge.as_bytes() => {
            Verification::WrongEcho {
                body: String::from_utf8_lossy(&response.body).into_owned(),
            }
        }
        (_, None) => Verification::Echoed,
    }
}
