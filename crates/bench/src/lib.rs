//! `guildhall bench`: what the platform does in a second, beside what the bare engine under it does in the same run.
//!
//! B1  A figure stands beside a baseline measured in the same run, on the same machine, or it is a percentile with its
//!     load stated.
//! B2  The same seed asks for the same work.
//! B3  A case that could not be measured says why, and is neither met nor missed.
//!
//! Not here: reading the command line and printing; the server does both. What the figures are compared with stands
//! in each case.

mod case;
mod names;
mod options;
mod origin;
mod table;

mod load;
mod servers;

mod bare;
mod books;
mod http;
mod process;
mod redis;
mod scene;

mod ledger;

mod balance;

mod gateway;

mod command;
mod echo;

mod moderation;

mod rollback;

mod startup;

mod idle;

pub mod audit;
pub mod converse;
pub mod crash;
pub mod page;
pub mod storm;
pub mod synced;

mod run;

pub use case::CaseResult;
pub use echo::echo;
pub use names::{Name, UnknownName};
pub use options::{Options, Pace};
pub use run::run;
pub use table::table;
