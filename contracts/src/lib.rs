//! The documentation of messaging vendors as checkable contracts.
