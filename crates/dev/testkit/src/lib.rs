//! What tests share: clocks moved by hand, operations, fresh databases, private servers.

pub mod db;
pub mod ops;
pub mod servers;
pub mod skips;
pub mod time;
