//! What a vendor would want to know about its own collection.

use indexmap::IndexMap;
use serde::Serialize;

use super::finding::{Finding, Kind};
use super::inventory::{Complaint, Evidence};
use super::ladder::Rung;

/// The report on one collection.
#[derive(Debug, Serialize)]
pub struct Lint {
    vendor: String,
    collection: String,
    items: usize,
    responses: usize,
    /// How many JSON-like bodies each rung of the ladder read.
    bodies: IndexMap<Rung, usize>,
    /// Bodies that are not JSON: where, and why, as `line:column: reason`.
    invalid_json: Vec<Complaint>,
    /// Saved responses without a status.
    missing_statuses: Vec<String>,
    /// Whole bodies that are commented out beside another.
    commented_out_bodies: Vec<Hidden>,
    /// Code blocks that look like request bodies and are used by no variant.
    unused_code_blocks: Vec<String>,
    /// Where prose and examples disagree.
    contradictions: Vec<Finding>,
    /// What the overlay leaves open.
    open: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct Hidden {
    at: String,
    bodies: usize,
}

impl Lint {
    /// Puts the report together.
    pub fn of(
        vendor: &str,
        collection: &str,
        items: usize,
        responses: usize,
        evidence: Evidence,
        findings: Vec<Finding>,
    ) -> Self {
        let (contradictions, open) = findings
            .into_iter()
            .partition(|finding: &Finding| finding.kind == Kind::Contradiction);
        let mut bodies = evidence.rungs;
        bodies.sort_keys();
        Self {
            vendor: vendor.to_owned(),
            collection: collection.to_owned(),
            items,
            responses,
            bodies,
            invalid_json: evidence.complaints,
            missing_statuses: evidence.missing_statuses,
            commented_out_bodies: evidence
                .commented_out
                .into_iter()
                .map(|(at, bodies)| Hidden { at, bodies })
                .collect(),
            unused_code_blocks: evidence.unused_blocks,
            contradictions,
            open,
        }
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut lines = vec![format!(
            "{}: {} items, {} saved responses",
            self.collection, self.items, self.responses
        )];
        let rungs: Vec<_> = self
            .bodies
            .iter()
            .map(|(rung, count)| format!("{count} {}", rung.name()))
            .collect();
        lines.push(format!("  bodies by rung: {}", rungs.join(", ")));
        let mut list = |title: &str, entries: Vec<String>| {
            if !entries.is_empty() {
                lines.push(format!("  {title} ({}):", entries.len()));
                lines.extend(entries.into_iter().map(|entry| format!("    {entry}")));
            }
        };
        let complaint = |one: &Complaint| {
            format!(
                "{}, {}: {} (read as {})",
                one.item,
                one.what,
                one.reason,
                one.rung.name()
            )
        };
        list(
            "not JSON",
            self.invalid_json.iter().map(complaint).collect(),
        );
        list("no status", self.missing_statuses.clone());
        list(
            "commented-out bodies",
            self.commented_out_bodies
                .iter()
                .map(|one| format!("{}: {}", one.at, one.bodies))
                .collect(),
        );
        list(
            "code blocks of requests, unused",
            self.unused_code_blocks.clone(),
        );
        list(
            "prose and examples disagree",
            self.contradictions
                .iter()
                .map(|one| format!("{}: {}", one.at, one.found))
                .collect(),
        );
        list(
            "left open by the overlay",
            self.open
                .iter()
                .map(|one| format!("{}: {}", one.at, one.found))
                .collect(),
        );
        lines.join("\n")
    }
}
