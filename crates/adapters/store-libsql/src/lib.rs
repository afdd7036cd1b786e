//! The store port over libSQL, inside the process: one connection writes in batches, a few only read.
//!
//! L1  Exactly one connection writes and checkpoints. The engine is SQLite 3.47, in which a checkpoint on one
//!     connection that races a commit on another can lose committed pages; so there is no other, and no second process.
//! L2  The log is synced before a commit returns (`synchronous=FULL`), and an answer follows the commit.
//! L3  A batch of works shares one commit. A work fails alone, in its savepoint; the disk fails the whole batch.
//! L4  Tables are STRICT: a number's column never holds a text, and a sum that overflows is an error.
//! L5  What is deleted is overwritten at once, and after a scrub no file holds it.
//!
//! What this engine does otherwise than one would think, each seen: its asynchronous functions block and finish in one
//! poll; a statement that was not reset keeps its transaction open and ignores new values; `execute` of a statement
//! that returns rows fails after changing them; a missing parameter is bound as NULL; a deferred transaction that
//! begins to write fails at once; a text with invalid UTF-8 panics in the driver.
//!
//! Not here: SQL of any context, what runs inside a transaction, when a backup is taken.

mod ddl;
mod failure;
mod loose;
mod meters;
mod open;
mod reader;
mod scrub;
mod session;
mod store;
mod upkeep;
mod writer;

pub use loose::LooseFile;
pub use open::{CommitFault, OpenError, Options};
pub use store::LibsqlStore;
pub use upkeep::UpkeepError;
