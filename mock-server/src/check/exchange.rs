//! One exchange as a check sees it, whether it was watched live or read from a saved journal.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;

use crate::kernel::call::Wire;
use crate::kernel::journal::{FindingKind, render_body};
use crate::kernel::tap::Seen;
use crate::kernel::workspace::DEFAULT;

/// One request, the answer it got, and what the server noticed by itself.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Its number in the journal; the workspace stands in front where it is not the default one.
    pub id: String,
    /// The workspace.
    pub workspace: String,
    /// The vendor's name.
    pub vendor: String,
    /// The request.
    pub method: Method,
    /// Path and query as the client wrote them.
    pub target: String,
    /// The request's headers.
    pub headers: HeaderMap,
    /// The request's body.
    pub body: Bytes,
    /// Whether the body is all there.
    pub whole: bool,
    /// The answer's status.
    pub status: u16,
    /// The answer's body as text.
    pub answer: String,
    /// Why a layer stopped the request, in one word.
    pub refused: Option<String>,
    /// Whether a fault rule or an override made the answer.
    pub interfered: bool,
    /// What the server noticed about its own answer, a sentence each.
    pub own_faults: Vec<String>,
    /// Whether the vendor's own rate limit would have stopped the request.
    pub too_fast: bool,
}

/// A saved exchange that makes no sense.
#[derive(Debug, thiserror::Error)]
#[error("exchange {number} has no {member}")]
pub struct Unreadable {
    number: usize,
    member: &'static str,
}

impl Exchange {
    /// An exchange that was just answered.
    #[must_use]
    pub fn seen(seen: &Seen) -> Self {
        let entry = &seen.entry;
        let findings = entry.findings.lock();
        let kinds = findings.iter().map(|finding| finding.kind);
        let own = findings
            .iter()
            .filter(|finding| own_fault(finding.kind))
            .map(|finding| finding.message.clone());
        Self {
            id: identity(&seen.workspace, entry.id),
            workspace: seen.workspace.to_string(),
            vendor: entry.vendor.to_owned(),
            method: entry.request.method.clone(),
            target: entry.request.target.clone(),
            headers: entry.request.headers.clone(),
            body: entry.request.body.clone(),
            whole: true,
            status: entry.status.as_u16(),
            answer: text_of(&render_body(&entry.body)),
            refused: entry.refused.map(str::to_owned),
            interfered: kinds.clone().any(|kind| kind == FindingKind::Interference),
            too_fast: kinds
                .clone()
                .any(|kind| kind == FindingKind::WouldBeThrottled),
            own_faults: own.collect(),
        }
    }

    /// An exchange as the control API shows it.
    ///
    /// # Errors
    /// When a member is missing without which nothing can be said.
    pub fn shown(value: &Value, workspace: &str, number: usize) -> Result<Self, Unreadable> {
        let missing = |member| Unreadable { number, member };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let request = &value["request"];
        let method = request["method"].as_str().map(str::as_bytes);
        let method = method.and_then(|method| Method::from_bytes(method).ok());
        let status = value["answer"]["status"].as_u64();
        let status = status.and_then(|status| u16::try_from(status).ok());
        let (body, whole) = bytes_of(&request["body"]);
        let findings = value["findings"].as_array();
        let findings = || findings.into_iter().flatten();
        let is = |word: &str| findings().any(|finding| finding["kind"] == word);
        let own = findings().filter(|one| one["kind"] == "answer" || one["kind"] == "internal");
        let id = value["id"].as_u64();
        Ok(Self {
            id: identity(workspace, id.ok_or_else(|| missing("id"))?),
            workspace: workspace.to_owned(),
            vendor: text(&value["vendor"]).ok_or_else(|| missing("vendor"))?,
            method: method.ok_or_else(|| missing("request.method"))?,
            target: text(&request["target"]).ok_or_else(|| missing("request.target"))?,
            headers: headers_of(&request["headers"]),
            body,
            whole,
            status: status.ok_or_else(|| missing("answer.status"))?,
            answer: text_of(&value["answer"]["body"]),
            refused: text(&value["refused"]),
            interfered: is("interference"),
            too_fast: is("would_be_throttled"),
            own_faults: own.filter_map(|one| text(&one["message"])).collect(),
        })
    }

    /// The vendor's own path, without mount prefix and workspace, and the query.
    #[must_use]
    pub fn path_and_query(&self) -> (&str, Option<&str>) {
        let (mut path, query) = match self.target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (self.target.as_str(), None),
        };
        if let Some((_, rest)) = path
            .strip_prefix("/w/")
            .and_then(|rest| rest.split_once('/'))
        {
            path = &path[path.len() - rest.len() - 1..];
        }
        let mounted = path
            .strip_prefix('/')
            .and_then(|path| path.strip_prefix(self.vendor.as_str()));
        let path = match mounted {
            Some("") => "/",
            Some(rest) if rest.starts_with('/') => rest,
            _ => path,
        };
        (path, query)
    }

    /// The request as a server receives it.
    #[must_use]
    pub fn wire(&self) -> Wire {
        Wire {
            method: self.method.clone(),
            target: self.target.clone(),
            headers: self.headers.clone(),
            body: self.body.clone(),
        }
    }
}

fn own_fault(kind: FindingKind) -> bool {
    matches!(kind, FindingKind::Answer | FindingKind::Internal)
}

fn identity(workspace: &str, id: u64) -> String {
    if workspace == DEFAULT {
        id.to_string()
    } else {
        format!("{workspace}/{id}")
    }
}

/// The bytes of a rendered body, and whether they are all there. JSON is written anew: its layout is lost, not its
/// meaning.
fn bytes_of(body: &Value) -> (Bytes, bool) {
    use base64::Engine as _;
    let whole = body.get("truncated_after").is_none();
    if let Some(json) = body.get("json") {
        return (json.to_string().into(), whole);
    }
    if let Some(text) = body["text"].as_str() {
        return (text.to_owned().into(), whole);
    }
    let encoded = body["base64"].as_str().unwrap_or_default();
    match base64::engine::general_purpose::STANDARD.decode(encoded) {
        Ok(bytes) => (bytes.into(), whole),
        Err(_) => (Bytes::new(), false),
    }
}

fn text_of(body: &Value) -> String {
    match (body.get("json"), body["text"].as_str()) {
        (Some(json), _) => json.to_string(),
        (None, Some(text)) => text.to_owned(),
        (None, None) => body["bytes"]
            .as_u64()
            .map_or_else(String::new, |bytes| format!("{bytes} bytes")),
    }
}

fn headers_of(pairs: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for pair in pairs.as_array().into_iter().flatten() {
        let name = pair[0].as_str().unwrap_or_default();
        let value = pair[1].as_str().unwrap_or_default();
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_bytes(value.as_bytes()),
        ) {
            headers.append(name, value);
        }
    }
    headers
}
