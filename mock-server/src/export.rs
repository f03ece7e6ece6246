//! What other tools can read: a Postman environment made from a contract.

use serde_json::{Value, json};

use crate::kernel::routes::Mounted;

/// A Postman environment: every variable of the vendor's collection with a value that works on the seed.
#[must_use]
pub fn postman_environment(mounted: &Mounted, base_url: &str) -> Value {
    let plain = mounted
        .document
        .variables
        .iter()
        .filter(|(name, _)| !name.starts_with("path:"));
    let mut values: Vec<_> =
        plain.map(|(name, value)| json!({"key": name, "value": value, "type": "default", "enabled": true})).collect();
    values
        .push(json!({"key": "mockBaseUrl", "value": base_url, "type": "default", "enabled": true}));
    json!({
        "name": format!("{} (mock)", mounted.document.title),
        "values": values,
        "_postman_variable_scope": "environment",
    })
}
