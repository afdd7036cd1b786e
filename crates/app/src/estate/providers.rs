//! The models that all guilds share: how each provider fares, and what models cost this month.

use ai::{Condition, Spent};
use store::{DbError, Tx};

use crate::Core;

/// So many models are told of.
const MODELS_MAX: u32 = 20;

/// The providers, and the cost of models.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Providers {
    /// How the shared providers fare, in the order in which they are asked; none where the built-in model alone is.
    pub conditions: Vec<Condition>,
    /// What was spent since the month began in UTC, by model, the dearest first; owners' own models are among them.
    pub month: Vec<(String, Spent)>,
}

impl Core {
    /// The providers, and the cost of models.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn providers(&self) -> Result<Providers, DbError> {
        let began = ai::month_of(self.clock.now());
        let read = move |tx: &mut Tx<'_>| ai::models_since(tx, began, MODELS_MAX);
        let month = self.database.read("estate.models", read).await?;
        Ok(Providers {
            conditions: self.models.conditions(),
            month,
        })
    }
}
