//! What each command does, one file a verb.

pub mod audit;
pub mod backup;
pub mod bench;
pub mod bot;
pub mod completions;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod heads;
pub mod keys;
pub mod ledger;
pub mod migrate;
pub mod run;
pub mod setup;
pub mod sim;
pub mod token;
