//! Promises that hold for every operation of every vendor.

mod case;
mod replay;
mod shape;
mod table;
mod wire;
