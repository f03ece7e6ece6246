//! A documented request as bytes that go over the wire, with the vendor's demo credentials.

use bytes::Bytes;
use contracts::document::{DocumentedBody, DocumentedRequest, FormValue};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use mock_server::kernel::vendor::Profile;
use serde_json::Value;

/// What separates the parts of a multipart body.
const BOUNDARY: &str = "a-part-ends-here";

/// What a documented file holds, whatever its name says it is.
const FILE: &[u8] = b"a documented file\n";

/// A request, ready to be sent.
#[derive(Clone, Debug)]
pub struct Wire {
    pub method: Method,
    /// Path and query, beginning with `/`.
    pub target: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// An answer, read.
#[derive(Clone, Debug)]
pub struct Answered {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Wire {
    /// The request with the demo credentials; why it cannot be sent, if so.
    pub fn of(profile: &Profile, request: &DocumentedRequest) -> Result<Self, String> {
        let holes = holes(request);
        if !holes.is_empty() {
            return Err(format!("nobody knows {}", holes.join(", ")));
        }
        let mut headers = HeaderMap::new();
        for (name, value) in profile.demo_headers {
            headers.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        for (name, value) in &request.headers {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| format!("{name:?} cannot be a header"))?;
            let value = HeaderValue::from_str(value)
                .map_err(|_| format!("the header {name} cannot be {value:?}"))?;
            headers.insert(name, value);
        }
        let body = encode(&request.body);
        if let Some(kind) = kind(request) {
            let kind = kind
                .parse()
                .map_err(|_| format!("{kind:?} is no content type"))?;
            headers.insert(header::CONTENT_TYPE, kind);
        }
        let target = request.target();
        target
            .parse::<http::Uri>()
            .map_err(|error| format!("{target}: {error}"))?;
        Ok(Self {
            method: request.method.clone(),
            target,
            headers,
            body,
        })
    }

    /// The same in a workspace of this name.
    pub fn in_workspace(mut self, name: &str) -> Self {
        self.headers.insert(
            "x-mock-workspace",
            name.parse().expect("a workspace's name is a header"),
        );
        self
    }

    /// The same with a file of this many bytes.
    pub fn with_file_of(mut self, request: &DocumentedRequest, size: usize) -> Self {
        if let DocumentedBody::Multipart(fields) = &request.body {
            self.body = multipart(fields, &vec![b'.'; size]);
        }
        self
    }

    /// The same, asking for a documented example by its name.
    pub fn preferring(mut self, example: &str) -> Result<Self, String> {
        let prefer = format!("example=\"{example}\"");
        let prefer = prefer
            .parse()
            .map_err(|_| format!("{prefer} is no header"))?;
        self.headers.insert("prefer", prefer);
        Ok(self)
    }

    /// Sends it over TCP to the vendor reached at `base_url`.
    pub async fn send(&self, client: &reqwest::Client, base_url: &str) -> Result<Answered, String> {
        let url = format!("{base_url}{}", self.target);
        let request = client
            .request(self.method.clone(), url)
            .headers(self.headers.clone());
        let response = request
            .body(self.body.clone())
            .send()
            .await
            .map_err(|error| error.to_string())?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(|error| error.to_string())?;
        Ok(Answered {
            status,
            headers,
            body,
        })
    }
}

impl Answered {
    /// The body as JSON, or as a JSON string when it is none; nothing when there is no body.
    pub fn value(&self) -> Option<Value> {
        if self.body.is_empty() {
            return None;
        }
        let text = || Value::String(String::from_utf8_lossy(&self.body).into_owned());
        Some(serde_json::from_slice(&self.body).unwrap_or_else(|_| text()))
    }

    /// Its status and the beginning of its body.
    pub fn summary(&self) -> String {
        let body = String::from_utf8_lossy(&self.body);
        let body: String = body.chars().take(200).collect();
        format!("{} {body}", self.status.as_u16())
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// The variables of a filled request that nobody has a value for.
///
/// A number, and what stands inside a longer text of a body, is a placeholder of a message template: it is sent as
/// it is.
pub fn holes(request: &DocumentedRequest) -> Vec<String> {
    fn bodies<'b>(value: &'b Value, texts: &mut Vec<&'b str>) {
        match value {
            Value::String(text) => texts.push(text),
            Value::Array(items) => items.iter().for_each(|item| bodies(item, texts)),
            Value::Object(members) => members.values().for_each(|member| bodies(member, texts)),
            _ => {}
        }
    }
    let mut texts = Vec::new();
    match &request.body {
        DocumentedBody::None | DocumentedBody::Text(_) => {}
        DocumentedBody::Json(value) => bodies(value, &mut texts),
        DocumentedBody::Form(fields) => {
            texts.extend(fields.iter().map(|(_, value)| value.as_str()))
        }
        DocumentedBody::Multipart(fields) => {
            texts.extend(fields.iter().map(|(_, value)| match value {
                FormValue::Text(text) | FormValue::File(text) => text.as_str(),
            }))
        }
    }
    // A number is a placeholder even when it stands alone.
    let whole = |text: &str| {
        let name = text.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
        let numbered = name.bytes().all(|byte| byte.is_ascii_digit());
        (!numbered).then(|| name.to_owned())
    };
    let whole: Vec<_> = texts.into_iter().filter_map(whole).collect();
    let head = DocumentedRequest {
        body: DocumentedBody::None,
        ..request.clone()
    };
    let mut holes = head.holes();
    holes.extend(
        request
            .holes()
            .into_iter()
            .filter(|hole| whole.contains(hole)),
    );
    holes
}

/// The content type, with the boundary where there is one.
fn kind(request: &DocumentedRequest) -> Option<String> {
    let kind = request.content_type()?;
    Some(match request.body {
        DocumentedBody::Multipart(_) => format!("multipart/form-data; boundary={BOUNDARY}"),
        _ => kind.to_owned(),
    })
}

fn encode(body: &DocumentedBody) -> Bytes {
    match body {
        DocumentedBody::None => Bytes::new(),
        DocumentedBody::Json(value) => value.to_string().into(),
        DocumentedBody::Text(text) => text.clone().into(),
        DocumentedBody::Form(fields) => {
            let mut form = form_urlencoded::Serializer::new(String::new());
            form.extend_pairs(fields);
            form.finish().into()
        }
        DocumentedBody::Multipart(fields) => multipart(fields, FILE),
    }
}

/// A payload as a body of a media type, and the content type that says so; forms have one field per member, in which
/// text stands as it is and everything else as JSON.
pub fn carried(media_type: &str, payload: &Value) -> (String, Bytes) {
    let members = payload.as_object().into_iter().flatten();
    let fields = members.map(|(name, value)| match value {
        Value::Null => (name.clone(), String::new()),
        Value::String(text) => (name.clone(), text.clone()),
        other => (name.clone(), other.to_string()),
    });
    match media_type {
        "application/x-www-form-urlencoded" => {
            let body = encode(&DocumentedBody::Form(fields.collect()));
            (media_type.to_owned(), body)
        }
        "multipart/form-data" => {
            let fields = fields.map(|(name, text)| (name, FormValue::Text(text)));
            let body = encode(&DocumentedBody::Multipart(fields.collect()));
            (format!("{media_type}; boundary={BOUNDARY}"), body)
        }
        _ => (
            media_type.to_owned(),
            encode(&DocumentedBody::Json(payload.clone())),
        ),
    }
}

fn multipart(fields: &[(String, FormValue)], file_content: &[u8]) -> Bytes {
    let mut bytes = Vec::new();
    for (name, value) in fields {
        let (file, content) = match value {
            FormValue::Text(text) => (String::new(), text.as_bytes()),
            FormValue::File(file) => {
                let kind = media_type(file);
                (
                    format!("; filename=\"{file}\"\r\ncontent-type: {kind}"),
                    file_content,
                )
            }
        };
        let head = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n"
        );
        bytes.extend_from_slice(head.as_bytes());
        bytes.extend_from_slice(content);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    bytes.into()
}

/// What a client would say a file is, judging by its name.
fn media_type(file: &str) -> &'static str {
    match file.rsplit_once('.').map(|(_, extension)| extension) {
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("mp4") => "video/mp4",
        Some("pdf") => "application/pdf",
        Some("csv") => "text/csv",
        _ => "application/octet-stream",
    }
}
