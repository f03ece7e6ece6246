//! Files that were uploaded, to be used in templates and messages.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::kernel::table::Record;

/// A file that was uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Media {
    /// A UUID.
    pub media_id: String,
    /// Whose file.
    pub company_id: String,
    /// `messaging` or `template`.
    pub application: String,
    /// What kind of file.
    pub mime_type: String,
    /// How many bytes.
    pub size: u64,
}

impl Record for Media {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.media_id)
    }
}
