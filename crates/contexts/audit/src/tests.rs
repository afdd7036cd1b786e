//! Use cases against real databases, and chats in and out.

mod chain;
mod erasing;
mod reading;
mod recording;
mod sealing;
mod statements;
mod tallying;
mod tampering;
mod transcripts;
mod views;
mod world;
