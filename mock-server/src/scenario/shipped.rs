//! The scenarios that come with the binary.

use rust_embed::Embed;

use super::{Malformed, Scenario, parse};

/// The files; a debug build reads them from the disk each time.
#[derive(Embed)]
#[folder = "scenarios/"]
struct Files;

/// Every shipped scenario by its file's name, with what is wrong with it where it is none.
#[must_use]
pub fn shipped() -> Vec<(String, Result<Scenario, Malformed>)> {
    let mut names: Vec<_> = Files::iter()
        .filter(|name| name.ends_with(".yaml"))
        .collect();
    names.sort();
    let read = |name: &str| {
        let text = Files::get(name).map(|file| file.data.into_owned());
        parse(&String::from_utf8_lossy(&text.unwrap_or_default()))
    };
    let all = names.iter();
    all.map(|name| (name.to_string(), read(name))).collect()
}

/// The shipped scenario of this name, and the text of its file.
#[must_use]
pub fn named(name: &str) -> Option<(Scenario, String)> {
    let file = Files::get(&format!("{name}.yaml"))?;
    let text = String::from_utf8_lossy(&file.data).into_owned();
    Some((parse(&text).ok()?, text))
}
