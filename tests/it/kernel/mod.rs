//! The kernel, tried on a vendor that exists nowhere else.

mod delivery;
mod pipeline;
mod routes;
mod time;
