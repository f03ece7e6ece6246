//! Known findings that a check accepts, by fingerprint.

use serde::{Deserialize, Serialize};

use super::model::{Finding, Level};

/// A file of accepted findings. Only the fingerprints count; the rest is for whoever reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The form of the file: 1.
    pub version: u32,
    /// What is accepted.
    pub accepted: Vec<Accepted>,
}

/// One accepted finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// Which one.
    pub fingerprint: String,
    /// What it is about.
    #[serde(default)]
    pub subject: String,
    /// What it says.
    #[serde(default)]
    pub message: String,
    /// Why it is accepted; for people to fill in.
    #[serde(default)]
    pub reason: String,
}

/// A baseline that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// Not the form that is known.
    #[error("it is of version {0}; expected 1")]
    Version(u32),
    /// Not JSON of this form.
    #[error(transparent)]
    Form(#[from] serde_json::Error),
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// When it is not one.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let baseline: Self = serde_json::from_str(text)?;
        if baseline.version == 1 {
            Ok(baseline)
        } else {
            Err(Unreadable::Version(baseline.version))
        }
    }

    /// A baseline that accepts these findings; reasons given before stay.
    #[must_use]
    pub fn of<'f>(findings: impl IntoIterator<Item = &'f Finding>, before: &Self) -> Self {
        let accepted = findings.into_iter().filter(|one| one.level != Level::Note);
        let accepted = accepted.map(|finding| Accepted {
            fingerprint: finding.fingerprint.clone(),
            subject: finding.subject(),
            message: finding.message.clone(),
            reason: before.reason(&finding.fingerprint),
        });
        Self {
            version: 1,
            accepted: accepted.collect(),
        }
    }

    fn reason(&self, fingerprint: &str) -> String {
        let mut all = self.accepted.iter();
        let known = all.find(|one| one.fingerprint == fingerprint);
        known.map_or_else(String::new, |one| one.reason.clone())
    }

    /// Whether a finding is accepted.
    #[must_use]
    pub fn accepts(&self, finding: &Finding) -> bool {
        let mut all = self.accepted.iter();
        all.any(|one| one.fingerprint == finding.fingerprint)
    }
}
