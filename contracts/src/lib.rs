//! The documentation of messaging vendors as checkable contracts.
//!
//! A contract is an OpenAPI 3.1 document with a few members of its own (`docs/contract.md`). This crate loads one
//! cheaply, says which operation a request means, and judges requests, answers and webhooks:
//!
//! ```
//! use contracts::check::{self, Body, Incoming, Rule};
//! use contracts::document::{Document, Route, choose};
//! use http::{HeaderMap, Method};
//! use serde_json::json;
//!
//! let document = Document::load(r##"{
//!     "info": {"title": "Pigeon Post", "x-vendor": "pigeon"},
//!     "paths": {"/lofts/{loft}/letters": {"post": {
//!         "operationId": "letters.send",
//!         "requestBody": {"required": true, "content": {"application/json": {"schema": {
//!             "type": "object",
//!             "required": ["text"],
//!             "properties": {"text": {"type": "string", "maxLength": 5}}
//!         }}}},
//!         "responses": {"202": {"description": "Accepted"}},
//!         "x-evidence": "documented"
//!     }}}
//! }"##)?;
//!
//! let Route::Found { operations, parameters } = document.route(&Method::POST, "/lofts/north/letters") else {
//!     panic!("the path is documented");
//! };
//! let (body, headers) = (json!({"text": "Coo coo"}), HeaderMap::new());
//! let incoming = Incoming { path: &parameters, query: &[], headers: &headers, body: Body::Json(&body) };
//! let operation = choose(&operations, &incoming);
//! assert_eq!(operation.name, "letters.send");
//!
//! let violations = check::request(&document, operation, &incoming);
//! assert_eq!(violations[0].rule, Rule::Limit);
//! assert_eq!(violations[0].message, "`/text` in the body has 7 characters; expected at most 5 characters.");
//!
//! assert_eq!(check::response(&document, operation, 202, None, b""), []);
//! assert_eq!(check::response(&document, operation, 500, None, b"")[0].rule, Rule::Status);
//! assert!(matches!(document.route(&Method::GET, "/lofts/north/letters"), Route::WrongMethod { .. }));
//! # Ok::<(), contracts::document::DocumentError>(())
//! ```
//!
//! * [`document`] is what a contract says: operations, variants, examples, webhooks, and where a path leads.
//! * [`check`] lists what breaks it. What is merely undocumented is listed too, under
//!   [`check::Rule::Undocumented`]: whether that counts is the caller's choice.
//! * `arbitrary` (feature `proptest`) makes random requests that keep it, and ones that break exactly one rule.

#[cfg(feature = "reqwest")]
pub mod adapters;
#[cfg(feature = "proptest")]
pub mod arbitrary;
pub mod check;
pub mod document;
mod incoming;
mod schema;

pub use schema::Schema;
