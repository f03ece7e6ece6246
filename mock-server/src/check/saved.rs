//! A saved journal: the answer of `POST /__admin/requests/find`, an array of exchanges, or one exchange a line.

use serde_json::Value;

use super::exchange::{Exchange, Unreadable};
use crate::kernel::workspace::DEFAULT;

/// What a saved journal holds.
#[derive(Debug, Default)]
pub struct Journal {
    /// The exchanges, in the order of the file.
    pub exchanges: Vec<Exchange>,
    /// How many there were before these that the journal forgot.
    pub lost: u64,
}

/// A file that is no journal.
#[derive(Debug, thiserror::Error)]
pub enum BadJournal {
    /// Not JSON.
    #[error("line {0}: {1}")]
    Json(usize, serde_json::Error),
    /// JSON of something else.
    #[error(
        "it is no journal; expected the answer of POST /__admin/requests/find, or one exchange a line"
    )]
    Form,
    /// An exchange without what is needed.
    #[error(transparent)]
    Exchange(#[from] Unreadable),
}

/// Reads a saved journal.
///
/// # Errors
/// When it is none.
pub fn read(text: &str) -> Result<Journal, BadJournal> {
    let mut journal = Journal::default();
    let mut values = Vec::new();
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(all)) => values = all,
        Ok(Value::Object(whole)) if whole.contains_key("requests") => {
            let Some(Value::Array(all)) = whole.get("requests") else {
                return Err(BadJournal::Form);
            };
            values.clone_from(all);
            journal.lost = whole
                .get("forgotten")
                .and_then(Value::as_u64)
                .unwrap_or_default();
        }
        _ => {
            for (number, line) in text.lines().enumerate() {
                if !line.trim().is_empty() {
                    let value = serde_json::from_str(line);
                    values.push(value.map_err(|error| BadJournal::Json(number + 1, error))?);
                }
            }
        }
    }
    for (number, value) in values.iter().enumerate() {
        if value.get("answer").is_none() {
            return Err(BadJournal::Form);
        }
        let workspace = value["workspace"].as_str().unwrap_or(DEFAULT);
        let exchange = Exchange::shown(value, workspace, number + 1)?;
        journal.exchanges.push(exchange);
    }
    Ok(journal)
}
