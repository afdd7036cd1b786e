//! One question to Discord before a start: is the token good, and what may the bot read?

use std::sync::Arc;

use kernel::SeededChance;

use crate::connect::{Settings, StartError, rests};

/// Flags of an application that say whether it may read messages: verified, and on its own word.
const READS_MESSAGES: u64 = 1 << 18 | 1 << 19;

/// What Discord says of a bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// The application's name.
    pub name: String,
    /// Whether the message content intent is switched on.
    pub reads_messages: bool,
}

/// Asks Discord about the first bot, once.
///
/// # Errors
/// When there is no token, Discord refuses it, or does not answer.
pub async fn probe(settings: &Settings) -> Result<Probed, StartError> {
    let rests = rests(settings, &(Arc::new(SeededChance::new(0)) as _))?;
    let rest = rests.first().ok_or(StartError::NoToken)?;
    match rest.application().await {
        Ok(application) => Ok(Probed {
            name: application.name,
            reads_messages: application.flags & READS_MESSAGES != 0,
        }),
        Err(error) if error.status() == 401 => Err(StartError::TokenRefused { bot: 0 }),
        Err(error) => Err(StartError::Unreachable {
            reason: error.to_string(),
        }),
    }
}
