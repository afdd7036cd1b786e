//! Use cases against real databases, rules against texts, and chats in and out.

mod backtest;
mod cases;
mod enforcing;
mod lasting;
mod reviewing;
mod rules;
mod statements;
mod transcripts;
mod trials;
mod world;
