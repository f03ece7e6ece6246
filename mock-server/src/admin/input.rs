//! Reads what callers of the control API send; what is wrong is said with its place and what was expected.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Request, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::App;
use crate::app::well_named;
use crate::kernel::store::AnySlot;
use crate::kernel::workspace::{DEFAULT, Workspace};

/// What is wrong with a request to the control API.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    error: String,
    pointer: Option<String>,
    expected: Option<String>,
    details: Option<Box<serde_json::Map<String, serde_json::Value>>>,
}

impl Problem {
    /// Something in the request is wrong.
    pub fn bad(error: impl Into<String>) -> Self {
        Self::with(StatusCode::BAD_REQUEST, error)
    }

    /// What was asked for does not exist.
    pub fn not_found(error: impl Into<String>) -> Self {
        Self::with(StatusCode::NOT_FOUND, error)
    }

    /// Any other status.
    pub fn with(status: StatusCode, error: impl Into<String>) -> Self {
        Self {
            status,
            error: error.into(),
            pointer: None,
            expected: None,
            details: None,
        }
    }

    /// Changes the status.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Adds members to the answer.
    #[must_use]
    pub fn with_details(mut self, details: serde_json::Value) -> Self {
        if let serde_json::Value::Object(details) = details {
            self.details = Some(Box::new(details));
        }
        self
    }

    /// All of it in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let place = self.pointer.as_ref().map(|place| format!(" at {place}"));
        let expected = self
            .expected
            .as_ref()
            .map(|one| format!("; expected {one}"));
        let (place, expected) = (place.unwrap_or_default(), expected.unwrap_or_default());
        format!("{}{place}{expected}", self.error)
    }

    /// Says where in the request.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// Says what was expected.
    #[must_use]
    pub fn expecting(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({"error": self.error});
        if let Some(pointer) = self.pointer {
            body["pointer"] = json!(pointer);
        }
        if let Some(expected) = self.expected {
            body["expected"] = json!(expected);
        }
        if let (Some(body), Some(details)) = (body.as_object_mut(), self.details) {
            body.extend(*details);
        }
        (self.status, axum::Json(body)).into_response()
    }
}

/// The workspace that `?workspace=` names, or the default one; made when it does not exist.
pub struct Within(pub Arc<Workspace>);

impl FromRequestParts<App> for Within {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or("");
        let named = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "workspace");
        let name = named.map_or_else(|| DEFAULT.to_owned(), |(_, value)| value.into_owned());
        if !well_named(&name) {
            return Err(bad_workspace(&name));
        }
        app.workspaces()
            .named(&name)
            .map(Self)
            .map_err(|error| Problem::with(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
    }
}

/// A name that no workspace can have.
pub fn bad_workspace(name: &str) -> Problem {
    Problem::bad(format!("\"{name}\" cannot name a workspace"))
        .at("workspace")
        .expecting("1 to 64 letters, digits, dashes, underscores and dots")
}

/// One vendor's state in a workspace.
///
/// # Errors
/// When no such vendor is served.
pub fn slot<'w>(workspace: &'w Workspace, vendor: &str) -> Result<&'w Arc<dyn AnySlot>, Problem> {
    workspace.slot(vendor).ok_or_else(|| {
        let known: Vec<_> = workspace.slots().iter().map(|slot| slot.vendor()).collect();
        Problem::not_found(format!("no vendor is named \"{vendor}\""))
            .expecting(format!("one of {}", known.join(", ")))
    })
}

/// The JSON body as `T`; an empty body counts as `{}`.
pub struct Input<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request<axum::body::Body>, app: &App) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, app)
            .await
            .map_err(|error| Problem::bad(format!("the body cannot be read: {error}")))?;
        let text: &[u8] = if bytes.iter().all(u8::is_ascii_whitespace) {
            b"{}"
        } else {
            &bytes
        };
        let mut reader = serde_json::Deserializer::from_slice(text);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let pointer = pointer(error.path());
            let inner = error.into_inner();
            Problem::bad(inner.to_string()).at(pointer)
        })?;
        reader
            .end()
            .map_err(|error| Problem::bad(error.to_string()))?;
        Ok(Self(value))
    }
}

/// A path of serde as a JSON pointer.
pub fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// The query as `T`, where `workspace` is known to everybody; unknown parameters are errors.
pub struct Search<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Search<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or("");
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .filter(|(key, _)| key != "workspace")
            .collect();
        let encoded = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&pairs)
            .finish();
        serde_html_form::from_str(&encoded)
            .map(Self)
            .map_err(|error| Problem::bad(format!("in the query: {error}")))
    }
}
