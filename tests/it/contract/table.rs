//! Complaints as a table, all at once.

use std::fmt::Write as _;

/// One complaint about one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    pub vendor: &'static str,
    pub operation: String,
    pub variant: String,
    /// The name of the documented example, where one was replayed.
    pub example: String,
    pub expected: String,
    pub got: String,
    pub why: String,
}

/// The complaints under their headings; empty when there are none.
pub fn table(complaints: &[Complaint]) -> String {
    if complaints.is_empty() {
        return String::new();
    }
    let heading = [
        "vendor",
        "operation",
        "variant",
        "example",
        "expected",
        "got",
        "why",
    ]
    .map(str::to_owned);
    let rows = complaints.iter().map(|one| {
        let Complaint {
            vendor,
            operation,
            variant,
            example,
            expected,
            got,
            why,
        } = one.clone();
        [
            vendor.to_owned(),
            operation,
            variant,
            example,
            expected,
            got,
            why,
        ]
    });
    let rows: Vec<[String; 7]> = std::iter::once(heading).chain(rows).collect();
    let mut text = String::new();
    for row in &rows {
        for (column, cell) in row.iter().enumerate() {
            let width = rows
                .iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or_default();
            let width = if column == 6 { 0 } else { width };
            let _ = write!(text, "{cell:width$}  ");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}
