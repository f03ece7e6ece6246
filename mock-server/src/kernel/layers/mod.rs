//! The layers a request passes through, one file each; `pipeline.rs` says in which order.

pub mod answer_check;
pub mod auth;
pub mod faults;
pub mod overrides;
pub mod rate_limit;
pub mod validation;
