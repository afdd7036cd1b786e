//! A simulated Discord: gateway and REST API in version 10, members to act as, faults by order, and a page to chat in.
//!
//! Real Discord libraries take it for the real one, so a bot can be tried, tested and measured without an account.
//! It answers from Discord's documents and knows nothing of any client library, so that a misreading can't cancel out.
//!
//! ```text
//! let sim = Sim::start(SimConfig::default()).await?;
//! let control = sim.control();
//! let owner = control.user(MakeUser { username: "olga".into(), ..Default::default() })?;
//! let guild = control.guild(MakeGuild { name: "Tea room".into(), owner, ..Default::default() })?;
//! let bot = control.application(MakeApplication { name: "Teapot".into(), ..Default::default() })?;
//! control.install(guild, bot.id, 0)?;              // … the bot connects to sim.api_url() with bot.token …
//! let asked = control.invoke(&Invoke { channel, user: owner, command: "daily".into(), ..Default::default() })?;
//! let seen = control.await_outcome(asked, Until::Settled, Duration::from_secs(3)).await?;
//! ```
//!
//! `world` is the state and its changes, `gateway` and `rest` are its two doors for bots, `interactions` the life of a
//! command, `control` the hand behind the scene, `page` the chat page, `crowd` its virtual members, `vault` what stays over a
//! restart, `serve` puts them on one listener.

mod clock;
mod control;
mod crowd;
mod gateway;
mod hub;
mod interactions;
mod limits;
mod openapi;
mod page;
mod rest;
mod serve;
mod vault;
mod world;

pub use clock::ManualClock;
pub use control::{
    ChannelChange, Control, ControlError, Disturbance, Forward, GatewayOrder, Invoke,
    MadeApplication, MakeApplication, MakeChannel, MakeGuild, MakeRole, MakeUser, MemberChange,
    Menu, OpenThread, Outcome, Press, RoleChange, Say, Submit, Target, Until, Watch,
};
pub use crowd::{DemoServer, Pace};
pub use gateway::{GatewayCounts, GatewayEntry, Greeting};
pub use openapi::OpenApiError;
pub use page::NotesError;
pub use rest::buckets::RatePolicy;
pub use rest::faults::{Effect, FaultRule, RestFault};
pub use rest::journal::RestEntry;
pub use serve::{Sim, SimConfig, SimError, Time};
pub use vault::VaultError;
pub use world::snowflake::{NotAnId, Snowflake, iso};
pub use world::state::Overwrite;
pub use world::wires::Event;
pub use world::{Answer, Noun, WorldError};

pub(crate) use hub::{Hub, WorldGuard};
