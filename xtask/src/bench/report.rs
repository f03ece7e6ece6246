//! All figures, as JSON or as tables for people.

use serde::Serialize;
use tabled::settings::Style;
use tabled::{Table, Tabled};

use super::figures::{Budget, Figure, Verdict};

/// All figures, and how they were measured.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Connections at once.
    pub connections: usize,
    /// Seconds of each drive.
    pub seconds: u64,
    /// Drives of each server.
    pub rounds: usize,
    /// What was measured.
    pub figures: Vec<Figure>,
}

#[derive(Tabled)]
struct Row {
    what: String,
    measured: String,
    budget: String,
    verdict: &'static str,
}

#[derive(Tabled)]
struct Load {
    what: String,
    server: &'static str,
    #[tabled(rename = "requests/s")]
    per_second: String,
    #[tabled(rename = "p50 µs")]
    p50: String,
    #[tabled(rename = "p99 µs")]
    p99: String,
}

impl Report {
    /// Whether any budget is missed.
    pub fn missed(&self) -> bool {
        self.figures
            .iter()
            .any(|figure| figure.verdict == Verdict::Missed)
    }

    /// For people.
    pub fn tables(&self) -> String {
        let rows = self.figures.iter().map(row);
        let mut text = Table::new(rows).with(Style::psql()).to_string();
        let loads: Vec<_> = self.figures.iter().flat_map(loads).collect();
        if !loads.is_empty() {
            text.push_str("\n\n");
            text.push_str(&Table::new(loads).with(Style::psql()).to_string());
        }
        for figure in &self.figures {
            if let Some(note) = &figure.note {
                text.push_str(&format!("\n{}: {note}", figure.what));
            }
        }
        text.push_str(&format!(
            "\n{} connections; medians of {} rounds of {} s, servers driven in turn",
            self.connections, self.rounds, self.seconds
        ));
        text
    }
}

fn row(figure: &Figure) -> Row {
    let shown = |value: f64| match figure.unit {
        "ratio" => format!("{value:.2}"),
        unit => format!("{value:.1} {unit}"),
    };
    let against = figure.beside.as_ref().map(|beside| beside.against);
    let of = against.map_or_else(String::new, |against| format!(" of {against}"));
    Row {
        what: figure.what.clone(),
        measured: format!("{}{of}", shown(figure.measured)),
        budget: match figure.budget {
            Budget::AtLeast(least) => format!("≥ {}", shown(least)),
            Budget::AtMost(most) => format!("≤ {}", shown(most)),
        },
        verdict: match figure.verdict {
            Verdict::Met => "met",
            Verdict::Missed => "MISSED",
        },
    }
}

fn loads(figure: &Figure) -> Vec<Load> {
    let Some(beside) = &figure.beside else {
        return Vec::new();
    };
    let line = |server, side: super::figures::Side| Load {
        what: figure.what.clone(),
        server,
        per_second: format!("{:.0}", side.per_second),
        p50: format!("{:.0}", side.p50),
        p99: format!("{:.0}", side.p99),
    };
    vec![line("mock", beside.own), line(beside.against, beside.other)]
}
