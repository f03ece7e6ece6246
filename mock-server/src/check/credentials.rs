//! Credentials: the ones a client gets, and the places where one stands that nobody reads.

use serde_json::Value;

use crate::kernel::call::{Call, Content};
use crate::kernel::routes::Mounted;

/// Names that are given to credentials wherever they stand.
const NAMES: [&str; 12] = [
    "authorization",
    "authentication",
    "apikey",
    "xapikey",
    "key",
    "token",
    "accesstoken",
    "authtoken",
    "xauthtoken",
    "xaccesstoken",
    "secretkey",
    "secrettoken",
];

/// Where something stands that looks like a credential, when the vendor saw none: in words, without the secret.
#[must_use]
pub fn elsewhere(call: &Call, mounted: &Mounted) -> Option<String> {
    let secrets: Vec<&str> = secrets(mounted).map(|(_, _, secret)| secret).collect();
    let is_one = |name: &str, value: &str| {
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        !value.is_empty()
            && (NAMES.contains(&name.to_ascii_lowercase().as_str())
                || secrets.iter().any(|secret| bare(value) == *secret))
    };
    for (name, value) in &call.wire.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        if is_one(name.as_str(), &value) {
            let form = match value.split_once(' ') {
                Some((scheme, _)) => format!(" with the word {scheme}"),
                None if name == "authorization" => " without a word before it".to_owned(),
                None => String::new(),
            };
            return Some(format!("the header `{name}`{form}"));
        }
    }
    if let Some((name, _)) = call.query.iter().find(|(name, value)| is_one(name, value)) {
        return Some(format!("the query parameter `{name}`"));
    }
    match &call.content {
        Content::Json(Value::Object(members)) => {
            let mut texts = members.iter();
            let found =
                texts.find(|(name, value)| value.as_str().is_some_and(|value| is_one(name, value)));
            found.map(|(name, _)| format!("the member `/{name}` of the body"))
        }
        Content::Form(fields) => {
            let found = fields.iter().find(|(name, value)| is_one(name, value));
            found.map(|(name, _)| format!("the form field `{name}`"))
        }
        _ => None,
    }
}

/// Every demo credential of a vendor: whether it is a header, its name, and the secret without the word before it.
pub fn secrets(mounted: &Mounted) -> impl Iterator<Item = (bool, &'static str, &'static str)> {
    let profile = &mounted.profile;
    let headers = profile.demo_headers.iter();
    let fields = profile.demo_fields.iter();
    headers
        .map(|(name, value)| (true, *name, bare(value)))
        .chain(fields.map(|(name, value)| (false, *name, *value)))
}

/// A credential without the word before it, such as `Bearer`.
fn bare(value: &str) -> &str {
    value.split_once(' ').map_or(value, |(_, secret)| secret)
}
