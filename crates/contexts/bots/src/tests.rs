//! Use cases against real databases, and chats in and out.

mod answering;
mod statements;
mod transcripts;
mod versioning;
mod world;
