//! The public keys of WhatsApp flows.
