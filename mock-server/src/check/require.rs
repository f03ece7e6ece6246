//! What must have been seen for a check to mean anything: shares of a vendor, and single operations.

use super::model::{Coverage, Requirement, Share};
use crate::kernel::routes::Mounted;

/// One demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    written: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Share {
        vendor: String,
        measure: Measure,
        percent: usize,
    },
    Operation {
        vendor: Option<String>,
        operation: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    Operations,
    Uses,
    Answers,
}

/// A demand that nothing could meet.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Meaningless {
    /// Not in its form.
    #[error(
        "\"{0}\": expected VENDOR=PERCENT or VENDOR:MEASURE=PERCENT with operations, uses or answers, such as heltar=80%"
    )]
    Form(String),
    /// Of a vendor that does not exist.
    #[error("no vendor is named \"{0}\"; known are {1}")]
    Vendor(String, String),
    /// Of an operation that does not exist.
    #[error("no operation is named \"{0}\"{1}")]
    Operation(String, String),
}

impl Demand {
    /// A share of a vendor: `heltar=80%`, `heltar:answers=50%`.
    ///
    /// # Errors
    /// When it is in another form or of an unknown vendor.
    pub fn share(text: &str, vendors: &[&'static Mounted]) -> Result<Self, Meaningless> {
        let form = || Meaningless::Form(text.to_owned());
        let (what, percent) = text.split_once('=').ok_or_else(form)?;
        let percent = percent.trim_end_matches('%').parse().map_err(|_| form())?;
        let (vendor, measure) = match what.split_once(':') {
            None => (what, Measure::Uses),
            Some((vendor, "uses")) => (vendor, Measure::Uses),
            Some((vendor, "operations")) => (vendor, Measure::Operations),
            Some((vendor, "answers")) => (vendor, Measure::Answers),
            Some(_) => return Err(form()),
        };
        if percent > 100 {
            return Err(form());
        }
        known(vendor, vendors)?;
        Ok(Self {
            written: text.to_owned(),
            kind: Kind::Share {
                vendor: vendor.to_owned(),
                measure,
                percent,
            },
        })
    }

    /// An operation: `messages.send`, `heltar:messages.send`.
    ///
    /// # Errors
    /// When no vendor has it.
    pub fn operation(text: &str, vendors: &[&'static Mounted]) -> Result<Self, Meaningless> {
        let (vendor, operation) = match text.split_once(':') {
            Some((vendor, operation)) => (Some(vendor), operation),
            None => (None, text),
        };
        if let Some(vendor) = vendor {
            known(vendor, vendors)?;
        }
        let mut asked = vendors
            .iter()
            .filter(|mounted| vendor.is_none_or(|vendor| vendor == mounted.name));
        if !asked.any(|mounted| mounted.document.operation(operation).is_some()) {
            let of = vendor.map_or_else(String::new, |vendor| format!(" at {vendor}"));
            return Err(Meaningless::Operation(operation.to_owned(), of));
        }
        Ok(Self {
            written: text.to_owned(),
            kind: Kind::Operation {
                vendor: vendor.map(str::to_owned),
                operation: operation.to_owned(),
            },
        })
    }

    /// The vendor that is named.
    #[must_use]
    pub fn vendor(&self) -> Option<&str> {
        match &self.kind {
            Kind::Share { vendor, .. } => Some(vendor),
            Kind::Operation { vendor, .. } => vendor.as_deref(),
        }
    }

    /// Whether what was seen is enough.
    #[must_use]
    pub fn judge(&self, coverage: &[Coverage]) -> Requirement {
        let (wanted, got, met) = match &self.kind {
            Kind::Share {
                vendor,
                measure,
                percent,
            } => {
                let mut all = coverage.iter();
                let seen = all.find(|one| one.vendor == *vendor);
                let share = seen.map_or_else(Share::default, |one| match measure {
                    Measure::Operations => one.operations,
                    Measure::Uses => one.uses,
                    Measure::Answers => one.answers,
                });
                // Compared as fractions, so that no rounding decides.
                let met = share.of > 0 && share.seen * 100 >= percent * share.of;
                let got = format!("{}% ({} of {})", share.percent(), share.seen, share.of);
                (self.written.clone(), got, met)
            }
            Kind::Operation { vendor, operation } => {
                let asked = coverage
                    .iter()
                    .filter(|one| vendor.as_ref().is_none_or(|vendor| *vendor == one.vendor));
                let rows = asked.flat_map(|one| &one.rows);
                let uses = rows
                    .filter(|row| row.operation == *operation)
                    .flat_map(|row| &row.uses);
                let good: u64 = uses.map(|one| one.good).sum();
                (
                    self.written.clone(),
                    format!("{good} good answers"),
                    good > 0,
                )
            }
        };
        Requirement { wanted, got, met }
    }
}

fn known(vendor: &str, vendors: &[&'static Mounted]) -> Result<(), Meaningless> {
    let names: Vec<_> = vendors.iter().map(|mounted| mounted.name).collect();
    if names.contains(&vendor) {
        Ok(())
    } else {
        Err(Meaningless::Vendor(vendor.to_owned(), names.join(", ")))
    }
}
