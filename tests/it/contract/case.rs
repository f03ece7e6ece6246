//! Every documented request of a contract, with the answers that are documented for it.

use contracts::document::{
    Document, DocumentedBody, DocumentedRequest, Example, Operation, ResponseContract,
};

/// A documented request: a variant's own, or the one that a saved answer was saved with.
pub struct Case<'d> {
    pub operation: &'d Operation,
    /// The variant it belongs to; empty when nobody says.
    pub variant: String,
    /// The name of the example it stands in; none for the variant's own request.
    pub example: Option<&'d str>,
    /// The request with all variables filled in.
    pub request: DocumentedRequest,
    /// What the documentation answers to exactly this request; its own example first.
    pub answers: Vec<Answer<'d>>,
}

/// A documented answer.
#[derive(Clone, Copy)]
pub struct Answer<'d> {
    pub contract: &'d ResponseContract,
    pub example: &'d Example,
}

/// Every documented request of a contract, in its order: of each operation first the variants', then the answers'.
pub fn cases(document: &Document) -> Vec<Case<'_>> {
    document
        .operations()
        .iter()
        .flat_map(|operation| of(document, operation))
        .collect()
}

fn of<'d>(document: &'d Document, operation: &'d Operation) -> Vec<Case<'d>> {
    let answered: Vec<(DocumentedRequest, Answer<'d>)> = operation
        .examples()
        .filter_map(|(contract, example)| {
            let request = example.request()?.filled(document);
            Some((request, Answer { contract, example }))
        })
        .collect();
    let answers_to = |request: &DocumentedRequest| {
        let same = answered.iter().filter(|(other, _)| is_same(request, other));
        same.map(|(_, answer)| *answer).collect::<Vec<_>>()
    };
    let mut cases = Vec::new();
    for variant in &operation.variants {
        if let Some(request) = variant.request() {
            let request = request.filled(document);
            let answers = answers_to(&request);
            let variant = variant.name.clone();
            cases.push(Case {
                operation,
                variant,
                example: None,
                request,
                answers,
            });
        }
    }
    for (request, answer) in &answered {
        let mut answers = answers_to(request);
        let own = |one: &Answer<'_>| std::ptr::eq(one.example, answer.example);
        answers.sort_by_key(|one| !own(one));
        let variant = answer.example.variant.clone().unwrap_or_default();
        let example = Some(answer.example.name.as_str());
        cases.push(Case {
            operation,
            variant,
            example,
            request: request.clone(),
            answers,
        });
    }
    cases
}

/// Whether a server can tell two requests apart: what a client says about itself or likes to read does not count.
fn is_same(one: &DocumentedRequest, other: &DocumentedRequest) -> bool {
    let headers = |request: &DocumentedRequest| {
        let idle = ["accept", "content-type", "user-agent"];
        let mut headers: Vec<_> = request
            .headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
            .filter(|(name, _)| !idle.contains(&name.as_str()))
            .collect();
        headers.sort();
        headers
    };
    one.method == other.method
        && tidy(&one.target()) == tidy(&other.target())
        && headers(one) == headers(other)
        && same_body(&one.body, &other.body)
}

fn same_body(one: &DocumentedBody, other: &DocumentedBody) -> bool {
    let empty = |body: &DocumentedBody| match body {
        DocumentedBody::None => true,
        DocumentedBody::Text(text) => text.trim().is_empty(),
        _ => false,
    };
    one == other || empty(one) && empty(other)
}

/// A target without repeated slashes in its path, which do not matter.
fn tidy(target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let segments: Vec<_> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    format!("/{}?{query}", segments.join("/"))
}
