//! What is always true, one file per vendor.

mod balesotomatis;
mod cekat;
mod heltar;
