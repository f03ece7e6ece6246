//! Promises that hold for every operation of every vendor.

mod case;
mod oddity;
mod replay;
mod shape;
mod table;
mod wire;
