//! Calls to Discord's REST: within its limits, within a deadline, repeated only where that doubles nothing.
//!
//! twilight-http builds the requests; they are sent by our own client, because twilight's repeats some refusals
//! without waiting.

mod budget;
mod calls;
mod deeds;
mod error;
mod limiter;
mod limits;
mod looks;
mod order;
mod send;

pub(crate) use budget::AddressBudget;
pub(crate) use calls::{Application, GatewayPlan, Original};
pub(crate) use deeds::Bits;
pub(crate) use error::{RestError, code};
pub(crate) use looks::OWN_GUILDS_PAGE;
pub(crate) use order::Order;
pub(crate) use send::{Rest, without_prefix};
