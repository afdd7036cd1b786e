//! What tests share: clocks moved by hand, operations, fresh databases, private servers, stand-ins of model providers,
//! a guild and its members, what statements are held to, a search for words on the disk.

pub mod db;
#[cfg(feature = "model-servers")]
pub mod model_servers;
pub mod ops;
pub mod plans;
pub mod servers;
pub mod skips;
pub mod statements;
pub mod time;
pub mod town;
pub mod traces;
