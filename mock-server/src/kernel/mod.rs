//! What every vendor needs and none owns.

pub mod call;
pub mod clock;
pub mod delivery;
pub mod extract;
pub mod faults;
pub mod feed;
pub mod ids;
pub mod journal;
pub mod layers;
pub mod meter;
pub mod moment;
pub mod outcomes;
pub mod patch;
pub mod phone;
pub mod pipeline;
pub mod rate_limit;
pub mod refusal;
pub mod replay;
pub mod ring;
pub mod routes;
pub mod store;
pub mod table;
pub mod text;
pub mod tie;
pub mod vendor;
pub mod workspace;
