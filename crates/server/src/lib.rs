//! The binary `guildhall`: settings, the command line, the life of a server, and the wiring of all parts.
//!
//! Settings are read once, from the environment that `main` hands over, into one checked value. Each verb has a file;
//! those that ask the database do it through the socket of a running server where there is one.
//!
//! Not here: any rule of the product, any page or route, any SQL.

pub mod admin;
pub mod backup;
mod chance;
pub mod cli;
pub mod config;
mod data_dir;
pub mod desk;
mod door;
pub mod ending;
mod enter;
pub mod failure;
mod front;
pub mod health;
mod http_server;
mod invite;
pub mod logs;
pub mod master_key;
pub mod meters;
pub mod moment;
mod ops;
pub mod printer;
mod rotation;
mod run_file;
pub mod running;
mod schema;
mod storage;
mod town;
pub mod verbs;
pub mod wiring;

pub use enter::enter;
