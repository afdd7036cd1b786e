//! Private PostgreSQL and Redis servers for tests: on free ports of this machine, in temporary
//! folders, as an ordinary user, gone with whoever asked for them.
//!
//! - A server ends with the value that stands for it, and also when the process is killed.
//! - Tests that only need a database share one server ([`PrivatePostgres::shared`]) and make a
//!   database each; a test that kills or stops a server starts its own.
//! - Where PostgreSQL or Redis is missing, the error says what to install.
//!
//! Not here: connecting; the tests use the adapters' own drivers.

mod account;
mod keeper;
mod postgres;
mod redis;

pub use postgres::{Durability, PrivatePostgres};
pub use redis::PrivateRedis;

/// Names the PostgreSQL that a whole test run shares.
pub const POSTGRES_VARIABLE: &str = "GUILDHALL_TEST_POSTGRES_URL";

/// Names the Redis that a whole test run shares.
pub const REDIS_VARIABLE: &str = "GUILDHALL_TEST_REDIS_URL";

#[expect(
    clippy::disallowed_methods,
    reason = "a test run hands its servers to its test processes this way"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests;
