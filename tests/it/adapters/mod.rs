//! The reference clients: what they send is documented, what is documented they understand, and they get along
//! with the mock. One file per vendor.

mod balesotomatis;
