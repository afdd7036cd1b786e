//! Use cases against real databases, and chats in and out.

mod boards;
mod checks;
mod dailies;
mod explaining;
mod flowing;
mod ledger;
mod model;
mod operations;
mod pendings;
mod ranks;
mod reversals;
mod statements;
mod transcripts;
mod world;
