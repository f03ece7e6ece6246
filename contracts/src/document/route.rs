//! Finds the operation a method and a path mean.

use std::borrow::Cow;

use http::Method;
use matchit::Router;
use percent_encoding::percent_decode_str;

use super::{Document, DocumentError, Operation};
use crate::incoming::Incoming;

/// What a method and a path lead to.
#[derive(Debug)]
pub enum Route<'d> {
    /// One operation, or several on the same route, of which [`choose`] picks one.
    Found {
        /// The candidates, in order; never empty.
        operations: Vec<&'d Operation>,
        /// The path parameters, percent-decoded.
        parameters: Vec<(String, String)>,
    },
    /// The path exists, with other methods.
    WrongMethod {
        /// Those methods.
        allow: Vec<Method>,
    },
    /// The path does not exist.
    Unknown,
}

/// Picks the operation a request means: the first whose conditions all hold, else the last.
///
/// # Panics
///
/// When there is no candidate, which [`Route::Found`] promises.
pub fn choose<'d>(candidates: &[&'d Operation], incoming: &Incoming<'_>) -> &'d Operation {
    let chosen = candidates
        .iter()
        .find(|operation| operation.meant_by(incoming));
    chosen
        .or(candidates.last())
        .copied()
        .expect("a route that was found has at least one operation")
}

/// One router per method, as in the frameworks the vendors use: a static path of one method does not hide a
/// path with a parameter of another.
#[derive(Debug, Default)]
pub(super) struct Routes {
    methods: Vec<(Method, Router<usize>)>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    method: Method,
    shape: String,
    operations: Vec<usize>,
    /// Each parameter name with its position; templates of one shape may name a position differently.
    names: Vec<(String, usize)>,
}

impl Routes {
    pub(super) fn index(operations: &[Operation]) -> Result<Self, DocumentError> {
        let mut routes = Self::default();
        for (index, operation) in operations.iter().enumerate() {
            for path in std::iter::once(&operation.path).chain(&operation.aliases) {
                routes.add(index, operation, path, operations)?;
            }
        }
        for (index, entry) in routes.entries.iter().enumerate() {
            let router = match routes
                .methods
                .iter_mut()
                .position(|(method, _)| *method == entry.method)
            {
                Some(at) => &mut routes.methods[at].1,
                None => {
                    routes.methods.push((entry.method.clone(), Router::new()));
                    &mut routes.methods.last_mut().expect("one was just pushed").1
                }
            };
            router
                .insert(entry.shape.clone(), index)
                .map_err(|error| DocumentError::Path {
                    operation: operations[entry.operations[0]].name.clone(),
                    path: entry.shape.clone(),
                    why: error.to_string(),
                })?;
        }
        Ok(routes)
    }

    fn add(
        &mut self,
        index: usize,
        operation: &Operation,
        path: &str,
        all: &[Operation],
    ) -> Result<(), DocumentError> {
        let (shape, names) = shape(path);
        let names: Vec<(String, usize)> = names.into_iter().zip(0..).collect();
        let known = self
            .entries
            .iter_mut()
            .find(|entry| entry.method == operation.method && entry.shape == shape);
        let Some(entry) = known else {
            let method = operation.method.clone();
            self.entries.push(Entry {
                method,
                shape,
                operations: vec![index],
                names,
            });
            return Ok(());
        };
        if entry.operations.contains(&index) {
            return Ok(());
        }
        let last = &all[*entry
            .operations
            .last()
            .expect("an entry starts with an operation")];
        if last.when.is_empty() {
            return Err(DocumentError::Hidden {
                operation: operation.name.clone(),
                by: last.name.clone(),
                route: format!("{} {path}", operation.method),
            });
        }
        entry.operations.push(index);
        names.into_iter().for_each(|name| {
            if !entry.names.contains(&name) {
                entry.names.push(name)
            }
        });
        Ok(())
    }

    fn at(&self, method: &Method, path: &str) -> Option<(&Entry, Vec<String>)> {
        let (_, router) = self.methods.iter().find(|(known, _)| known == method)?;
        let found = router.at(path).ok()?;
        let values = found
            .params
            .iter()
            .map(|(_, value)| decode(value))
            .collect();
        Some((&self.entries[*found.value], values))
    }
}

impl Document {
    /// Finds the operations a request line means.
    ///
    /// Repeated slashes and a trailing one do not matter. A static segment wins over a parameter. `HEAD` is
    /// answered as `GET` is.
    pub fn route(&self, method: &Method, path: &str) -> Route<'_> {
        let path = tidy(path);
        let wanted = if method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        if let Some((entry, values)) = self
            .routes
            .at(method, &path)
            .or_else(|| self.routes.at(wanted, &path))
        {
            return Route::Found {
                operations: entry
                    .operations
                    .iter()
                    .map(|&index| &self.operations[index])
                    .collect(),
                parameters: entry
                    .names
                    .iter()
                    .map(|(name, at)| (name.clone(), values[*at].clone()))
                    .collect(),
            };
        }
        let others = self
            .routes
            .methods
            .iter()
            .filter(|(_, router)| router.at(&path).is_ok());
        let allow: Vec<Method> = others.map(|(method, _)| method.clone()).collect();
        if allow.is_empty() {
            Route::Unknown
        } else {
            Route::WrongMethod { allow }
        }
    }
}

/// A path template with its parameters named by position, so that templates that differ in names alone meet.
fn shape(template: &str) -> (String, Vec<String>) {
    let mut shape = String::new();
    let mut names = Vec::new();
    let template = tidy(template);
    let mut rest: &str = &template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        shape.push_str(before);
        shape.push_str(&format!("{{p{}}}", names.len()));
        names.push(name.to_owned());
        rest = after;
    }
    shape.push_str(rest);
    (shape, names)
}

/// Collapses repeated slashes and drops a trailing one.
pub(super) fn tidy(path: &str) -> Cow<'_, str> {
    let trailing = path.len() > 1 && path.ends_with('/');
    if path.starts_with('/') && !trailing && !path.contains("//") {
        return Cow::Borrowed(path);
    }
    let mut tidy = String::with_capacity(path.len() + 1);
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        tidy.push('/');
        tidy.push_str(segment);
    }
    if tidy.is_empty() {
        tidy.push('/');
    }
    Cow::Owned(tidy)
}

fn decode(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}
