//! Identities: which member is behind a user of LINE.
