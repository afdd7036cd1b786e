//! The routes over a real database; the directory, which is Discord's, and the installation are kept in the test.

mod bots;
mod cases;
mod config;
mod describing;
mod economy;
mod house;
mod memories;
mod operator;
mod rules;
mod scopes;
mod secrets;
mod stage;
