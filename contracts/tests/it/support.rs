//! The toy vendor, the contracts of the repository, and shortcuts to them.

use std::path::Path;
use std::sync::OnceLock;

use contracts::document::Document;

/// The toy vendor's contract, which has one of everything.
pub fn pigeon() -> &'static Document {
    static PIGEON: OnceLock<Document> = OnceLock::new();
    PIGEON.get_or_init(|| {
        Document::load(include_str!("../toy.json")).expect("the toy contract loads")
    })
}

/// Every contract under `fixtures`, and the toy.
pub fn contracts() -> &'static [Document] {
    static CONTRACTS: OnceLock<Vec<Document>> = OnceLock::new();
    CONTRACTS.get_or_init(|| {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
        let mut contracts =
            vec![Document::load(include_str!("../toy.json")).expect("the toy contract loads")];
        for entry in std::fs::read_dir(&fixtures).expect("the fixtures can be listed") {
            let file = entry
                .expect("the fixtures can be listed")
                .path()
                .join("openapi.json");
            if let Ok(text) = std::fs::read_to_string(&file) {
                let contract = Document::parse(text);
                contracts
                    .push(contract.unwrap_or_else(|error| panic!("{}: {error}", file.display())));
            }
        }
        contracts
    })
}
