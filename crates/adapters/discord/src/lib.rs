//! Discord: events come in over its gateway or signed HTTP, effects go out over its REST.
//!
//! The rest of the house sees the ports of `chat` alone. Requests are built by twilight and sent by our own client
//! through our own limiter; the gateway's connection is our own, with twilight's numbers.
//!
//! D1–D4 stand at the desk, which answers interactions; the gateway has its own.
//!
//! D5  No token is ever in a log, an error or a `Debug`.
//! D6  Every message says whom it may ping; left alone, nobody.
//! D7  Of several edits of one message the newest is what stands there; one that it overtook is not sent.
//! D8  A deed repeated changes nothing more, and what is gone already counts as done.
//!
//! Not here: what a command does, who may use it, and what is owed.

mod bot;
mod bots;
mod connect;
mod courier;
mod decode;
mod desk;
mod directory;
mod door;
mod easel;
mod edits;
mod gateway;
mod health;
mod known;
mod lookout;
mod meters;
mod probe;
mod render;
mod rest;
mod reunion;
mod roll_call;
mod sign_in;
mod store;

pub use connect::{API_URL, Discord, Needs, Settings, StartError, connect};
pub use door::KeyError;
pub use health::{BotHealth, BotState, Health};
pub use lookout::{Begun, BotReport, BotTrouble, Lookout, ShardReport};
pub use probe::{Intent, Probe, ProbeError, Probed, ProbedGuild, Starts};
pub use sign_in::{Redirect, SignInSettings, sign_in};
pub use store::{MIGRATIONS, STATEMENTS};

#[cfg(test)]
mod tests;
