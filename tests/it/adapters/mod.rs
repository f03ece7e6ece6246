//! What a reference client lives through that takes time or trouble, beyond the edges of `contract`. One file per
//! vendor.

mod balesotomatis;
mod cekat;
mod myoperator;
mod omnichat;
