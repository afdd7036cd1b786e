//! The port through which a flow comes to a model: the shared one, or an owner's own.

use std::{fmt, sync::Arc, time::Duration};

use kernel::{GuildId, Timestamp};
use secrecy::SecretString;

use crate::{
    breaker::Circuit,
    model::{Model, Usage},
    offline::Offline,
    settings::Kind,
};

/// All models there are.
pub trait Models: Send + Sync + fmt::Debug {
    /// The operator's, shared by all guilds.
    fn shared(&self) -> Arc<dyn Model>;

    /// The name under which the shared model's price is listed.
    fn shared_model(&self) -> String;

    /// An owner's own.
    ///
    /// # Errors
    /// When its address can't be asked.
    fn own(&self, guild: GuildId, own: &Own) -> Result<Arc<dyn Model>, OwnError>;

    /// The circuits of the shared providers, for health and metrics.
    fn circuits(&self) -> Vec<(String, Circuit)>;

    /// How the shared providers have fared since the start, in the order in which they are asked; none where the
    /// built-in model alone is asked.
    fn conditions(&self) -> Vec<Condition> {
        Vec::new()
    }
}

/// How a shared provider has fared since the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Its name.
    pub provider: String,
    /// The model that it is asked for.
    pub model: String,
    /// Whether it is asked.
    pub circuit: Circuit,
    /// Since when that is so.
    pub since: Timestamp,
    /// How many requests it answered.
    pub answered: u64,
    /// How many it failed.
    pub failed: u64,
    /// Its latest failures, the last one first: when, and of which sort, as metrics name it.
    pub failures: Vec<(Timestamp, &'static str)>,
    /// How long the first piece of its latest answers took on average.
    pub first_piece: Option<Duration>,
    /// What was counted of its answers.
    pub usage: Usage,
    /// What they cost, in millionths of a dollar.
    pub micros: i64,
}

/// The built-in model alone: nobody is asked over a network.
#[derive(Debug, Clone, Copy, Default)]
pub struct BuiltIn;

impl Models for BuiltIn {
    fn shared(&self) -> Arc<dyn Model> {
        Arc::new(Offline)
    }

    fn shared_model(&self) -> String {
        "offline".to_owned()
    }

    fn own(&self, _: GuildId, own: &Own) -> Result<Arc<dyn Model>, OwnError> {
        match own.kind {
            Kind::Offline => Ok(Arc::new(Offline)),
            Kind::Openai | Kind::Anthropic | Kind::Gemini => Err(OwnError {
                reason: "this installation asks nobody over a network".to_owned(),
            }),
        }
    }

    fn circuits(&self) -> Vec<(String, Circuit)> {
        Vec::new()
    }
}

/// An owner's own provider.
#[derive(Debug, Clone)]
pub struct Own {
    /// Its wire format.
    pub kind: Kind,
    /// Where it is; the vendor's own address where missing.
    pub base_url: Option<String>,
    /// Which model.
    pub model: String,
    /// The key, which does not print itself.
    pub key: SecretString,
}

/// Why an owner's provider can't be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the provider can't be asked: {reason}")]
pub struct OwnError {
    /// What is wrong, and what would be right.
    pub reason: String,
}
