//! The contracts library, tried on a toy vendor and on every contract of the repository.

#[cfg(feature = "proptest")]
mod arbitrary;
mod check;
mod document;
mod fixtures;
mod support;
