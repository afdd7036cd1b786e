//! The edge through a real socket, with a client made from the same files.

mod audit;
mod calls;
mod config;
mod ends;
mod generated;
mod memory;
mod moderation;
mod refused;
mod scene;
mod scopes;
