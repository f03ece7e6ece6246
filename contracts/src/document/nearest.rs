//! Which operations a request that led nowhere may have meant.

use http::Method;
use serde::Serialize;

use super::route::tidy;
use super::{Document, Operation};

/// An operation a request came close to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NearMiss {
    /// Its name.
    pub operation: String,
    /// Its method.
    pub method: String,
    /// Its path template.
    pub path: String,
    /// How far the request is from it; 100 is one whole segment.
    pub distance: u32,
    /// What is different, in a few words.
    pub reason: String,
}

/// The cost of a segment too many or too few, and of one that shares nothing with the documented one.
const SEGMENT: u32 = 100;
/// The cost of another method.
const METHOD: u32 = 40;
/// A documented segment that is a parameter takes anything, but a static match is nearer.
const PARAMETER: u32 = 5;

impl Document {
    /// The `count` operations nearest to a request line, the nearest first; none when nothing is alike.
    pub fn nearest(&self, method: &Method, path: &str, count: usize) -> Vec<NearMiss> {
        let path = tidy(path.split(['?', '#']).next().unwrap_or_default()).into_owned();
        let asked: Vec<&str> = segments(&path);
        let mut misses: Vec<NearMiss> = Vec::new();
        for operation in &self.operations {
            let paths = std::iter::once(&operation.path).chain(&operation.aliases);
            let miss = paths.filter_map(|template| miss(operation, template, method, &asked));
            misses.extend(miss.min_by_key(|miss| miss.distance));
        }
        misses.sort_by_key(|miss| miss.distance);
        misses.truncate(count);
        misses
    }
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .collect()
}

fn miss(
    operation: &Operation,
    template: &str,
    method: &Method,
    asked: &[&str],
) -> Option<NearMiss> {
    let documented = segments(template);
    let path = distance(asked, &documented);
    // At least half of the longer path must fit, else a hint would only mislead.
    let longer = asked.len().max(documented.len()) as u32;
    if path * 2 > longer * SEGMENT {
        return None;
    }
    let other_method = operation.method != *method;
    Some(NearMiss {
        operation: operation.name.clone(),
        method: operation.method.to_string(),
        path: template.to_owned(),
        distance: path + if other_method { METHOD } else { 0 },
        reason: reason(other_method, path, asked, &documented),
    })
}

fn reason(other_method: bool, distance: u32, asked: &[&str], documented: &[&str]) -> String {
    let fits = |asked: &[&str], documented: &[&str]| {
        asked.len() == documented.len()
            && asked
                .iter()
                .zip(documented)
                .all(|(one, other)| substitution(one, other) <= PARAMETER)
    };
    let path = if distance <= PARAMETER * documented.len() as u32 && asked.len() == documented.len()
    {
        None
    } else if (1..documented.len()).any(|start| fits(asked, &documented[start..])) {
        let missing = documented.len() - asked.len();
        Some(format!(
            "the path lacks its beginning, /{}",
            documented[..missing].join("/")
        ))
    } else if (1..asked.len()).any(|start| fits(&asked[start..], documented)) {
        let extra = asked.len() - documented.len();
        Some(format!(
            "the path begins with /{} too much",
            asked[..extra].join("/")
        ))
    } else if asked.len() < documented.len() {
        Some("the path is too short".to_owned())
    } else if asked.len() > documented.len() {
        Some("the path is too long".to_owned())
    } else {
        let spelt = asked
            .iter()
            .zip(documented)
            .filter(|(one, other)| substitution(one, other) > PARAMETER);
        let spelt: Vec<String> = spelt
            .map(|(one, other)| format!("{one} should be {other}"))
            .collect();
        Some(spelt.join(", "))
    };
    match (other_method, path) {
        (true, None) => "another method".to_owned(),
        (true, Some(path)) => format!("another method, and {path}"),
        (false, Some(path)) => path,
        (false, None) => "the same request line".to_owned(),
    }
}

/// The edit distance of two paths by segments.
fn distance(asked: &[&str], documented: &[&str]) -> u32 {
    let mut row: Vec<u32> = (0..=documented.len() as u32)
        .map(|column| column * SEGMENT)
        .collect();
    for (line, one) in asked.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (line as u32 + 1) * SEGMENT;
        for (column, other) in documented.iter().enumerate() {
            let replaced = diagonal + substitution(one, other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + SEGMENT).min(row[column] + SEGMENT);
        }
    }
    row.last().copied().unwrap_or_default()
}

fn substitution(asked: &str, documented: &str) -> u32 {
    if asked == documented {
        return 0;
    }
    if documented.starts_with('{') {
        return PARAMETER;
    }
    let alike =
        strsim::normalized_damerau_levenshtein(&asked.to_lowercase(), &documented.to_lowercase());
    // A segment that shares little is as good as another one.
    if alike < 0.4 {
        SEGMENT
    } else {
        1 + ((1.0 - alike) * f64::from(SEGMENT - 1)) as u32
    }
}
