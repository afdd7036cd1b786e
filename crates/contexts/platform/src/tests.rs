//! Use cases against real databases, and chats in and out.

pub(crate) mod entropy;

mod histories;
mod revisions;
mod rollbacks;
mod secrets;
mod sessions;
mod statements;
mod tokens;
mod transcripts;
mod world;
