//! What a command finds in its environment: where each vendor is, and the credentials that work there.

use contracts::document::Place;

use super::credentials;
use crate::kernel::routes::Mounted;
use crate::kernel::workspace::DEFAULT;

/// The variables of these vendors on a server, in the workspace of this name.
#[must_use]
pub fn variables(
    vendors: &[&'static Mounted],
    server: &str,
    workspace: &str,
) -> Vec<(String, String)> {
    let base_url = |vendor: &str| {
        if workspace == DEFAULT {
            format!("{server}/{vendor}")
        } else {
            format!("{server}/w/{workspace}/{vendor}")
        }
    };
    let mut all = variables_at(vendors, server, base_url);
    all.insert(1, ("MOCK_WORKSPACE".to_owned(), workspace.to_owned()));
    all
}

/// The variables of these vendors, each at its own address.
pub fn variables_at(
    vendors: &[&'static Mounted],
    server: &str,
    base_url: impl Fn(&str) -> String,
) -> Vec<(String, String)> {
    let mut all = vec![("MOCK_SERVER_URL".to_owned(), server.to_owned())];
    for mounted in vendors {
        let vendor = shouted(mounted.name);
        all.push((format!("{vendor}_BASE_URL"), base_url(mounted.name)));
        let mut add = |name: String, value: &str| {
            let name = format!("{vendor}_{name}");
            let taken = all.iter().any(|(known, _)| *known == name);
            if !taken {
                all.push((name, value.to_owned()));
            }
            !taken
        };
        for (_, name, secret) in credentials::secrets(mounted) {
            let name = match name {
                "authorization" => "api_key",
                other => other,
            };
            let short = name.strip_prefix("x-").unwrap_or(name);
            let short_fits = add(shouted(short), secret);
            if !short_fits && short != name {
                add(shouted(name), secret);
            }
        }
        let document = mounted.document;
        for (name, value) in &document.variables {
            if document.is_credential(Place::Body, &format!("/{name}")) {
                add(shouted(name), value);
            }
        }
    }
    all
}

/// A name as environment variables are written.
fn shouted(name: &str) -> String {
    let letter = |letter: char| match letter {
        'a'..='z' => letter.to_ascii_uppercase(),
        'A'..='Z' | '0'..='9' => letter,
        _ => '_',
    };
    name.chars().map(letter).collect()
}
