//! Breaks the answer as the workspace's fault rules ask.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::stream;
use http::{HeaderValue, StatusCode, header};

use crate::kernel::faults::Fault;

/// Waits in real time.
pub async fn linger(delay: Duration) {
    if !delay.is_zero() {
        #[expect(
            clippy::disallowed_methods,
            reason = "a delay on request is waited for in real time"
        )]
        tokio::time::sleep(delay).await;
    }
}

/// The status that `faults` ask for instead of an answer.
#[must_use]
pub fn status(faults: &[Fault]) -> Option<StatusCode> {
    faults.iter().find_map(|fault| match fault {
        Fault::Status(status) => StatusCode::from_u16(*status).ok(),
        _ => None,
    })
}

/// Whether the connection is to be reset.
#[must_use]
pub fn resets(faults: &[Fault]) -> bool {
    faults.contains(&Fault::Reset)
}

/// Cuts the body off where `faults` ask, keeping the promise of its full length.
#[must_use]
pub fn truncated(faults: &[Fault], response: Response, body: &Bytes) -> Response {
    let cut = faults.iter().find_map(|fault| match fault {
        Fault::TruncateAfter(bytes) => Some((*bytes).min(body.len())),
        _ => None,
    });
    let Some(cut) = cut.filter(|cut| *cut < body.len()) else {
        return response;
    };
    let (mut parts, _) = response.into_parts();
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    Response::from_parts(parts, broken_after(body.slice(..cut)))
}

/// An answer that breaks off before its first byte.
#[must_use]
pub fn reset() -> Response {
    let mut response = Response::new(broken_after(Bytes::new()));
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, HeaderValue::from(1));
    response
}

/// A body that fails after `sent`, which makes the server drop the connection.
fn broken_after(sent: Bytes) -> Body {
    let chunks = [
        Ok(sent),
        Err(std::io::Error::new(
            std::io::ErrorKind::ConnectionReset,
            "reset on request",
        )),
    ];
    Body::from_stream(stream::iter(chunks))
}
