//! What the validator says, in the words of our rules.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, paths::Location};
use serde_json::Value;

use super::shape::{self, Types};
use super::{Compiled, escape};
use crate::check::Rule;

/// One way in which a value does not fit its schema.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) rule: Rule,
    /// Where in the value.
    pub(crate) pointer: String,
    /// What stands there; nothing when it is missing.
    pub(crate) found: Option<Value>,
    pub(crate) expected: String,
}

/// Appends what one error means; an alternative that fails everywhere is told by its nearest branch.
pub(super) fn read(
    error: &ValidationError<'_>,
    compiled: &Compiled,
    root: &Value,
    faults: &mut Vec<Fault>,
) {
    use ValidationErrorKind as Kind;
    let at: &Location = error.instance_path();
    let pointer = at.as_str();
    let instance = error.instance();
    let mut tell = |rule: Rule, expected: String| {
        faults.push(Fault {
            rule,
            pointer: pointer.to_owned(),
            found: Some(instance.clone().into_owned()),
            expected,
        });
    };
    match error.kind() {
        Kind::Required { property } => {
            let pointer = format!(
                "{pointer}/{}",
                escape(property.as_str().unwrap_or_default())
            );
            let types = shape::types(&shape::at(&[compiled.shapes.root()], root, &pointer));
            faults.push(Fault {
                rule: Rule::Required,
                pointer,
                found: None,
                expected: types.words(),
            });
        }
        Kind::Type { kind } => {
            let types = match kind {
                TypeKind::Single(one) => Types::named(one.as_str()),
                TypeKind::Multiple(several) => {
                    several.iter().fold(Types::default(), |types, one| {
                        types.with(Types::named(one.as_str()))
                    })
                }
            };
            tell(Rule::Type, types.words());
        }
        Kind::Enum { options } => tell(
            Rule::Enum,
            listed(options.as_array().map_or(&[], Vec::as_slice)),
        ),
        Kind::Constant { expected_value } => tell(Rule::Const, expected_value.to_string()),
        Kind::Pattern { pattern } => tell(Rule::Pattern, format!("text that matches {pattern}")),
        Kind::Format { format } => tell(Rule::Format, format!("text in the format {format}")),
        Kind::ContentEncoding { content_encoding } => {
            tell(Rule::Format, format!("text encoded as {content_encoding}"))
        }
        Kind::ContentMediaType { content_media_type } => tell(
            Rule::Format,
            format!("text of the type {content_media_type}"),
        ),
        Kind::MaxLength { limit } => tell(
            Rule::Limit,
            format!("at most {}", counted(*limit, "character")),
        ),
        Kind::MinLength { limit } => tell(
            Rule::Limit,
            format!("at least {}", counted(*limit, "character")),
        ),
        Kind::MaxItems { limit } => tell(
            Rule::Limit,
            format!("at most {}", counted(*limit, "element")),
        ),
        Kind::MinItems { limit } => tell(
            Rule::Limit,
            format!("at least {}", counted(*limit, "element")),
        ),
        Kind::MaxProperties { limit } => tell(
            Rule::Limit,
            format!("at most {}", counted(*limit, "member")),
        ),
        Kind::MinProperties { limit } => tell(
            Rule::Limit,
            format!("at least {}", counted(*limit, "member")),
        ),
        Kind::AdditionalItems { limit } => tell(
            Rule::Limit,
            format!("at most {}", counted(*limit as u64, "element")),
        ),
        Kind::Maximum { limit } => tell(Rule::Limit, format!("a number of at most {limit}")),
        Kind::Minimum { limit } => tell(Rule::Limit, format!("a number of at least {limit}")),
        Kind::ExclusiveMaximum { limit } => tell(Rule::Limit, format!("a number below {limit}")),
        Kind::ExclusiveMinimum { limit } => tell(Rule::Limit, format!("a number above {limit}")),
        Kind::MultipleOf { multiple_of } => {
            tell(Rule::Limit, format!("a multiple of {multiple_of}"))
        }
        Kind::UniqueItems => tell(Rule::Limit, "elements that all differ".to_owned()),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                let pointer = format!("{pointer}/{}", escape(name));
                let found = instance.get(name).cloned();
                faults.push(Fault {
                    rule: Rule::Forbidden,
                    pointer,
                    found,
                    expected: "no such member".to_owned(),
                });
            }
        }
        Kind::FalseSchema => tell(Rule::Forbidden, "nothing here".to_owned()),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            let branches: Vec<Vec<Fault>> = context
                .iter()
                .map(|errors| {
                    let mut branch = Vec::new();
                    errors
                        .iter()
                        .for_each(|error| read(error, compiled, root, &mut branch));
                    branch
                })
                .collect();
            faults.extend(nearest(branches, pointer, instance));
        }
        Kind::OneOfMultipleValid { .. } => tell(
            Rule::Variant,
            "a value that fits one alternative alone".to_owned(),
        ),
        _ => tell(Rule::Other, error.to_string()),
    }
}

/// Of the branches that all failed, what to tell: the union of types, or the one with the fewest and deepest faults.
fn nearest(branches: Vec<Vec<Fault>>, pointer: &str, instance: &Value) -> Vec<Fault> {
    let told = |branch: &[Fault], rule: Rule| {
        branch
            .iter()
            .all(|fault| fault.pointer == pointer && fault.rule == rule)
    };
    let wrong_type = |branch: &[Fault]| told(branch, Rule::Type);
    let choice = |branch: &[Fault]| told(branch, Rule::Enum) || told(branch, Rule::Const);
    let joined = |rule: Rule| {
        let expected: Vec<&str> = branches
            .iter()
            .flatten()
            .map(|fault| fault.expected.as_str())
            .collect();
        let found = Some(instance.clone());
        vec![Fault {
            rule,
            pointer: pointer.to_owned(),
            found,
            expected: expected.join(" or "),
        }]
    };
    if branches.iter().all(|branch| wrong_type(branch)) {
        return joined(Rule::Type);
    }
    let right_type = || branches.iter().filter(|branch| !wrong_type(branch));
    if right_type().all(|branch| choice(branch)) {
        return joined(Rule::Enum);
    }
    let depth = |branch: &[Fault]| {
        branch
            .iter()
            .map(|fault| fault.pointer.len())
            .max()
            .unwrap_or_default()
    };
    let best = right_type().min_by_key(|branch| (branch.len(), usize::MAX - depth(branch)));
    best.cloned().unwrap_or_default()
}

fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Values as a choice: `one of "a", "b"`; a long list is cut.
pub(crate) fn listed(values: &[Value]) -> String {
    const SHOWN: usize = 20;
    let shown: Vec<String> = values.iter().take(SHOWN).map(Value::to_string).collect();
    let rest = values.len().saturating_sub(SHOWN);
    match (shown.as_slice(), rest) {
        ([one], 0) => one.clone(),
        (_, 0) => format!("one of {}", shown.join(", ")),
        (_, rest) => format!("one of {} or {rest} more", shown.join(", ")),
    }
}
