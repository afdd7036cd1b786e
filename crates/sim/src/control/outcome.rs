//! What became of an interaction, as its member sees it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::acts::view_of;
use super::{Control, ControlError};
use crate::world::state::Interaction;
use crate::world::{Noun, Snowflake, World, WorldError};

/// How far an interaction must have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// Answered in any way, or failed: "the application did not respond".
    #[default]
    Answered,
    /// Answered, and not "thinking" any more; or failed.
    Settled,
}

/// What a member sees of its interaction.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    pub interaction: Snowflake,
    /// The callback's type: 4 message, 5 deferred, 6 deferred update, 7 update, 8 choices, 9 form.
    pub callback: Option<u8>,
    pub latency_us: Option<i64>,
    /// "Thinking …".
    pub deferred: bool,
    pub ephemeral: bool,
    /// "The application did not respond."
    pub failed: bool,
    /// The answer.
    pub message: Option<Value>,
    pub followups: Vec<Value>,
    pub form: Option<Value>,
    pub choices: Option<Vec<Value>>,
}

impl Control {
    /// What became of an interaction so far.
    ///
    /// # Errors
    /// When it is unknown, or a quarter of an hour old.
    pub fn outcome(&self, interaction: Snowflake) -> Result<Outcome, ControlError> {
        let world = self.world();
        let known = world
            .interaction(interaction)
            .ok_or(WorldError::Unknown(Noun::Interaction))?;
        Ok(outcome(&world, known))
    }

    /// Waits until an interaction has come so far.
    ///
    /// # Errors
    /// When it has not in time.
    pub async fn await_outcome(
        &self,
        interaction: Snowflake,
        until: Until,
        within: Duration,
    ) -> Result<Outcome, ControlError> {
        self.wait(within, |world| {
            let known = world.interaction(interaction)?;
            let answered =
                known.answered_us.is_some() && (until == Until::Answered || !known.deferred);
            (answered || known.failed).then(|| outcome(world, known))
        })
        .await
    }
}

fn outcome(world: &World, interaction: &Interaction) -> Outcome {
    let shown = |id: &Snowflake| {
        let message = world.message(interaction.channel, *id)?;
        Some(view_of(world, message, interaction.user))
    };
    Outcome {
        interaction: interaction.id,
        callback: interaction.callback,
        latency_us: interaction
            .answered_us
            .map(|answered| answered - interaction.created_us),
        deferred: interaction.deferred,
        ephemeral: interaction.ephemeral,
        failed: interaction.failed,
        message: interaction.original.as_ref().and_then(shown),
        followups: interaction.followups.iter().filter_map(shown).collect(),
        form: interaction.modal.clone(),
        choices: interaction.choices.clone(),
    }
}
