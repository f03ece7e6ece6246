//! What is always true: of every vendor in `always`, and one file per vendor.

mod always;
mod balesotomatis;
mod cekat;
mod heltar;
mod myoperator;
mod myoperator_calls;
mod omnichat;
mod omnichat_messages;
