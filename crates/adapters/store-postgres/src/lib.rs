//! The store port over PostgreSQL: some threads, each with a connection of its own.
//!
//! P1  Each write is a transaction of its own under READ COMMITTED; the server groups their commits.
//! P2  Statements without a result are sent with the next read or the commit, and each one's error is heard.
//! P3  A work whose commit has an unknown outcome is run again: use cases are keyed by their cause.
//! P4  While the server is away works fail after a short wait and never hang; no restart is needed when it is back.
//! P5  The password stands in the address and nowhere else: in no error, no log, no `Debug`.
//! P6  What was deleted is in no file of the database after a scrub.
//!
//! Not here: SQL of any context, roles and grants, how the server is run.

mod aside;
mod binding;
mod failure;
mod link;
mod meters;
mod outage;
mod scrub;
mod session;
mod store;
mod target;
mod text;
mod worker;

pub use aside::{Aside, AsideError};
pub use store::{ConnectError, Options, PostgresStore};
