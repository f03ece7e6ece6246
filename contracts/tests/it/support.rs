//! The toy vendor and shortcuts to it.

use std::sync::OnceLock;

use contracts::document::Document;

/// The toy vendor's contract, which has one of everything.
pub fn pigeon() -> &'static Document {
    static PIGEON: OnceLock<Document> = OnceLock::new();
    PIGEON.get_or_init(|| {
        Document::load(include_str!("../toy.json")).expect("the toy contract loads")
    })
}
