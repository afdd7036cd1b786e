//! The hand behind the simulated Discord: builds guilds, acts as any member, orders faults, and reads what happened.
//! The same verbs in two forms: `Control` in the process, and JSON at `/control/…` for everybody else (`http`).
//!
//! What a member may not do at Discord is refused here too, so that a trial can't succeed by a way that people lack.
//! Not here: what bots do (REST and gateway), how an interaction is answered (`interactions`).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::task::TaskTracker;

use crate::Hub;
use crate::clock::ManualClock;
use crate::gateway::Gateway;
use crate::rest::Rest;
use crate::world::{Snowflake, World, WorldError};

mod acts;
mod changes;
mod components;
mod faults;
mod http;
mod invoke;
mod modals;
mod options;
mod outcome;
mod scene;
mod watch;

pub use acts::{Forward, Say, Target};
pub use changes::{ChannelChange, OpenThread, RoleChange};
pub use components::Press;
pub use faults::{Disturbance, GatewayOrder};
pub use invoke::{Invoke, Menu};
pub use modals::Submit;
pub use outcome::{Outcome, Until};
pub use scene::{
    MadeApplication, MakeApplication, MakeChannel, MakeGuild, MakeRole, MakeUser, MemberChange,
};
pub use watch::Watch;

pub(crate) use http::router;

/// What all parts of a running simulator share.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) hub: Arc<Hub>,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) rest: Arc<Rest>,
    pub(crate) manual: Option<Arc<ManualClock>>,
    pub(crate) tasks: TaskTracker,
}

impl Core {
    /// Does what time brings: silent connections, expired sessions and interactions, events held back.
    pub(crate) fn sweep(&self) {
        self.gateway.sweep();
        let mut world = self.hub.world();
        let now = world.now_us();
        world.wires.sweep(now);
        world.interactions_sweep();
    }
}

/// Why an act was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    #[error("{0}")]
    World(#[from] WorldError),
    #[error(
        "{user} sees no command `{name}` here: it is not registered, its bot is not installed, or it may not be used"
    )]
    NoCommand { user: Snowflake, name: String },
    #[error("option `{name}`: {reason}")]
    BadOption { name: String, reason: String },
    #[error("{user} may not do that here: the permission {permission} is missing")]
    Forbidden {
        user: Snowflake,
        permission: &'static str,
    },
    #[error("the message has no component `{custom_id}` that can be used so: {reason}")]
    BadComponent { custom_id: String, reason: String },
    #[error("this interaction opened no form, or the form was submitted already")]
    NoForm,
    #[error("field `{custom_id}`: {reason}")]
    BadField { custom_id: String, reason: String },
    #[error("nothing like that happened within {} ms", .0.as_millis())]
    TooLate(Duration),
    #[error("this simulator follows the machine's clock, which can't be moved")]
    ClockRuns,
    #[error("{0}")]
    Refused(String),
}

/// The hand. Copies share one simulator.
#[derive(Clone)]
pub struct Control {
    core: Arc<Core>,
}

impl fmt::Debug for Control {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Control").finish_non_exhaustive()
    }
}

impl Control {
    pub(crate) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    fn world(&self) -> crate::WorldGuard<'_> {
        self.core.hub.world()
    }

    /// Moves a manual clock, and does at once what the time brings.
    ///
    /// # Errors
    /// When the simulator follows the machine's clock.
    pub fn advance(&self, by: Duration) -> Result<(), ControlError> {
        let manual = self.core.manual.as_ref().ok_or(ControlError::ClockRuns)?;
        manual.advance_us(i64::try_from(by.as_micros()).unwrap_or(i64::MAX / 4));
        self.core.sweep();
        Ok(())
    }

    /// Waits until the world answers a question, asking again after each change.
    async fn wait<T>(
        &self,
        within: Duration,
        question: impl FnMut(&World) -> Option<T>,
    ) -> Result<T, ControlError> {
        let answered = tokio::time::timeout(within, self.core.hub.wait_for(question)).await;
        answered.map_err(|_| ControlError::TooLate(within))
    }
}
