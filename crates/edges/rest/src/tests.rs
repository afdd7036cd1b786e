//! The routes over a real database; the directory, which is Discord's, is kept in the test.

mod bots;
mod cases;
mod config;
mod describing;
mod economy;
mod memories;
mod rules;
mod scopes;
mod secrets;
mod stage;
