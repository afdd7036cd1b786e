//! Faults by order: at the gateway, and in what REST answers.

use std::sync::atomic::Ordering;

use serde::Deserialize;

use super::{Control, ControlError};
use crate::gateway::{Closing, Greeting};
use crate::rest::faults::FaultRule;
use crate::world::Snowflake;
use crate::world::wires::{Out, Turbulence};

/// The largest frame that can be ordered.
const GARBAGE_BYTES_MAX: usize = 256 << 20;
const DUPLICATES_MAX: u32 = 100;
const WINDOW_MAX: usize = 10_000;

/// What happens to open connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum GatewayOrder {
    /// The socket goes away without a close frame.
    Drop,
    /// Op 7.
    Reconnect,
    /// Op 9; where it is not resumable, the session is gone.
    InvalidSession { resumable: bool },
    /// A close frame; codes that end a session end it.
    Close { code: u16 },
    /// Everything is swallowed from now on, and nothing answered.
    HalfOpen,
    /// Op 1: a heartbeat is asked for.
    BeatPlease,
    /// A binary frame of noise.
    Garbage { bytes: usize },
    /// A well-formed payload of this size, compressed as the connection is.
    Huge { bytes: usize },
}

/// How events are disturbed until further notice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Disturbance {
    /// Every event comes this many times more.
    pub duplicates: u32,
    /// Events change places within a window of this size.
    pub reorder_window: usize,
    /// Events are sent this much later.
    pub latency_ms: u64,
}

impl Control {
    /// Gives an order to the connections of one bot, or of all; returns to how many.
    ///
    /// # Errors
    /// When a frame is ordered that is too large.
    pub fn gateway(
        &self,
        application: Option<Snowflake>,
        order: GatewayOrder,
    ) -> Result<usize, ControlError> {
        let out = match order {
            GatewayOrder::Drop => Out::Drop,
            GatewayOrder::Reconnect => Out::Reconnect,
            GatewayOrder::InvalidSession { resumable } => Out::InvalidSession { resumable },
            GatewayOrder::Close { code } => {
                if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
                    return Err(ControlError::Refused(format!(
                        "{code} is no close code that can be sent"
                    )));
                }
                let closing = Closing::of(code);
                Out::Close {
                    code: closing.code,
                    reason: closing.reason,
                }
            }
            GatewayOrder::HalfOpen => Out::HalfOpen,
            GatewayOrder::BeatPlease => Out::BeatPlease,
            GatewayOrder::Garbage { bytes } | GatewayOrder::Huge { bytes }
                if bytes > GARBAGE_BYTES_MAX =>
            {
                return Err(ControlError::Refused(format!(
                    "a frame has at most {GARBAGE_BYTES_MAX} bytes"
                )));
            }
            GatewayOrder::Garbage { bytes } => Out::Garbage { bytes, text: false },
            GatewayOrder::Huge { bytes } => Out::Garbage { bytes, text: true },
        };
        Ok(self.core.gateway.order(application, &out))
    }

    /// Orders how the next connections are greeted.
    ///
    /// # Errors
    /// When too many are ordered already.
    pub fn greet_next(&self, greeting: Greeting, times: usize) -> Result<(), ControlError> {
        let taken = self.core.gateway.greet_next(greeting, times);
        if taken {
            Ok(())
        } else {
            Err(ControlError::Refused(
                "too many greetings are ordered already".to_owned(),
            ))
        }
    }

    /// The next resumes are refused with op 9, and their sessions are gone.
    pub fn refuse_resumes(&self, times: u64) {
        self.core
            .gateway
            .resumes_refused
            .store(times, Ordering::Relaxed);
    }

    /// Disturbs all events until told otherwise; the default disturbs nothing.
    ///
    /// # Errors
    /// When more is asked than can be bounded.
    pub fn disturb(&self, disturbance: Disturbance) -> Result<(), ControlError> {
        if disturbance.duplicates > DUPLICATES_MAX || disturbance.reorder_window > WINDOW_MAX {
            return Err(ControlError::Refused(format!(
                "at most {DUPLICATES_MAX} duplicates and a window of {WINDOW_MAX}"
            )));
        }
        self.core
            .gateway
            .latency_ms
            .store(disturbance.latency_ms.min(60_000), Ordering::Relaxed);
        let turbulence = Turbulence {
            duplicates: disturbance.duplicates,
            window: disturbance.reorder_window,
        };
        let mut world = self.world();
        world.wires.turbulence = turbulence;
        let now = world.now_us();
        world.wires.sweep(now);
        Ok(())
    }

    /// A guild becomes unavailable, or, with `over`, available again.
    ///
    /// # Errors
    /// When there is no such guild.
    pub fn outage(&self, guild: Snowflake, over: bool) -> Result<(), ControlError> {
        Ok(self.world().guild_outage(guild, over)?)
    }

    /// Orders a fault for the next requests that fit.
    ///
    /// # Errors
    /// When the rule hits nothing, or too many wait.
    pub fn rest_fault(&self, rule: FaultRule) -> Result<(), ControlError> {
        self.core
            .rest
            .faults()
            .add(rule)
            .map_err(|error| ControlError::Refused(error.to_string()))
    }

    /// Takes back all REST faults that are still waiting.
    pub fn rest_calm(&self) {
        self.core.rest.faults().clear();
    }
}
