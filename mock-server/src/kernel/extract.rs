//! `Body`, `Path`, `Query` and `Store`: what handlers ask for. Their rejections speak the vendor's error.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use contracts::check::{Rule, Violation};
use contracts::document::{Evidence, Place};
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::call::{Call, Content};
use super::refusal::{Reason, Refusal};

/// The request itself, as all layers saw it.
#[derive(Clone, Debug)]
pub struct Request(pub Arc<Call>);

/// The JSON body as `T`; a form counts as an object of strings.
#[derive(Clone, Debug)]
pub struct Body<T>(pub T);

/// The path's parameters as `T`: a struct with members of their names.
#[derive(Clone, Debug)]
pub struct Path<T>(pub T);

/// The query as `T`: a struct with members of its names. A parameter present but empty is absent.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<S: Sync> FromRequestParts<S> for Request {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(call(parts)))
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let call = call(parts);
        let read = match &call.content {
            Content::Json(value) => {
                T::deserialize(value).map_err(|error| mismatch(Place::Body, &error.to_string()))
            }
            Content::Form(fields) => {
                read_pairs(fields).map_err(|error| mismatch(Place::Body, &error))
            }
            Content::Broken {
                message,
                line,
                column,
            } => Err(Reason::BrokenJson {
                message: message.clone(),
                line: *line,
                column: *column,
            }),
            Content::Empty | Content::Multipart(_) | Content::Text(_) => {
                T::deserialize(&Value::Object(serde_json::Map::new()))
                    .map_err(|error| mismatch(Place::Body, &error.to_string()))
            }
        };
        read.map(Self).map_err(|reason| call.refuse(reason))
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let call = call(parts);
        let read = read_pairs(&call.path_parameters).map_err(|error| mismatch(Place::Path, &error));
        read.map(Self).map_err(|reason| call.refuse(reason))
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let call = call(parts);
        let filled: Vec<_> = call
            .query
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .cloned()
            .collect();
        let read = read_pairs(&filled).map_err(|error| mismatch(Place::Query, &error));
        read.map(Self).map_err(|reason| call.refuse(reason))
    }
}

/// The call that the pipeline put into every request it hands to a handler.
fn call(parts: &Parts) -> Arc<Call> {
    parts
        .extensions
        .get::<Arc<Call>>()
        .cloned()
        .expect("the pipeline hands every handler its call")
}

fn read_pairs<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T, String> {
    let encoded = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    serde_html_form::from_str(&encoded).map_err(|error| error.to_string())
}

fn mismatch(place: Place, message: &str) -> Reason {
    Reason::Invalid(vec![Violation {
        rule: Rule::Type,
        place,
        pointer: String::new(),
        found: None,
        expected: message.to_owned(),
        message: message.to_owned(),
        evidence: Evidence::Documented,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Page {
        limit: Option<u32>,
        name: String,
        active: bool,
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn text_becomes_what_the_type_wants() {
        let page: Page = read_pairs(&pairs(&[
            ("name", "12"),
            ("limit", "5"),
            ("active", "true"),
        ]))
        .unwrap();
        assert_eq!(
            page,
            Page {
                limit: Some(5),
                name: "12".into(),
                active: true
            }
        );
    }

    #[test]
    fn text_of_the_wrong_kind_says_what_was_expected() {
        let error = read_pairs::<Page>(&pairs(&[
            ("name", "a"),
            ("limit", "five"),
            ("active", "true"),
        ]))
        .unwrap_err();
        assert!(error.contains("invalid digit"), "{error}");
    }
}
