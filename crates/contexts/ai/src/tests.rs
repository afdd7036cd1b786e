//! Use cases against real databases.

mod budgets;
mod statements;
mod world;
