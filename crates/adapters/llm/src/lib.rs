//! Models over the network: three wire formats, streamed, under deadlines, bounds and a circuit for each provider.
//!
//! X1  An answer ends: with its end, or with a typed error within its deadline. A third of it is for the first piece.
//! X2  What a provider sends is bounded in every direction: lines, bytes, text, pauses it asks for.
//! X3  A request is repeated only before its first piece, and only where a repeat may help.
//! X4  A provider that fails in a row is left alone, tried again by itself, and used again without a restart.
//! X5  An owner's address is called over https at public places alone; the operator's may be anywhere.
//! X6  Neither a key nor a member's text stands in an error, a log line or a metric.
//!
//! ```text
//! Request ─ wire ─ http ─→ provider ─→ sse ─ wire ─→ Piece …
//! ```
//!
//! Not here: budgets, prices, checked schemas, the built-in model (`ai`), and sockets (`http`).

mod chain;
mod circuit;
mod coming;
mod failure;
mod meters;
mod providers;
mod record;
mod remote;
mod sse;
mod wire;

#[cfg(test)]
mod tests;

pub use meters::describe;
pub use providers::{Providers, Shared, SharedError, Wiring};
