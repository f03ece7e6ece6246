//! Promises that hold for every operation of every vendor.

mod adapter_and_mock;
mod adapter_to_contract;
mod bindings;
mod case;
mod edge;
mod every_webhook;
mod mock_to_contract;
mod oddity;
mod replay;
mod shape;
mod table;
mod understanding;
mod wire;
mod wrong_mock;
