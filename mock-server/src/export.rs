//! What other tools can read: a Postman environment made from a contract.

use serde_json::{Value, json};

use crate::kernel::routes::Mounted;

/// Every variable of the vendor's collection with a value that works on the seed; where the collection
/// means one of the vendor's hosts, the value is `base_url`. Path variables are named `path:<name>`.
#[must_use]
pub fn variables(mounted: &Mounted, base_url: &str) -> Vec<(String, String)> {
    let document = mounted.document;
    let is_host = |value: &str| {
        document
            .servers
            .iter()
            .any(|server| server == value.trim_end_matches('/'))
    };
    let working = |value: &str| {
        if is_host(value) {
            base_url.to_owned()
        } else {
            value.to_owned()
        }
    };
    document
        .variables
        .iter()
        .map(|(name, value)| (name.clone(), working(value)))
        .collect()
}

/// A Postman environment: every variable of the vendor's collection with a value that works on the seed.
#[must_use]
pub fn postman_environment(mounted: &Mounted, base_url: &str) -> Value {
    let entry = |key: &str, value: &str| json!({"key": key, "value": value, "type": "default", "enabled": true});
    let all = variables(mounted, base_url);
    let plain = all.iter().filter(|(name, _)| !name.starts_with("path:"));
    let mut values: Vec<_> = plain.map(|(name, value)| entry(name, value)).collect();
    values.push(entry("mockBaseUrl", base_url));
    json!({
        "name": format!("{} (mock)", mounted.document.title),
        "values": values,
        "_postman_variable_scope": "environment",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_of_the_vendor_becomes_the_mocks_address() {
        let base_url = "http://127.0.0.1:4600/v";
        for mounted in crate::vendors::mount().unwrap() {
            let known = mounted.document.servers.clone();
            for (name, value) in variables(&mounted, base_url) {
                assert!(
                    !known.contains(&value),
                    "{}: {name} is still {value}",
                    mounted.name
                );
            }
        }
    }
}
