//! Use cases against real databases, and chats in and out.

mod canaries;
mod learning;
mod statements;
mod transcripts;
mod turning;
mod world;
