//! The contracts library, tried on a toy vendor and on every contract of the repository.

mod check;
mod document;
mod fixtures;
mod support;
