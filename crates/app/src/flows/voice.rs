//! Which model speaks in a guild: the operator's, shared by all, or the owner's own with the owner's key.

use std::sync::Arc;

use ai::{Kind, Model, ModelError, Own, Settings, Source};
use kernel::GuildId;
use secrecy::SecretString;

use super::own_key;
use crate::Core;

/// The name under which the price of a guild's model is listed.
pub(crate) fn listed(core: &Core, settings: &Settings) -> String {
    match settings.source {
        Source::Shared => core.models.shared_model(),
        Source::Own => own_name(settings),
    }
}

fn own_name(settings: &Settings) -> String {
    let name = settings.model.clone();
    name.unwrap_or_else(|| Kind::Offline.name().to_owned())
}

/// The model of a guild.
///
/// # Errors
/// When the owner's own can't be asked: it has no key, or its address is none.
pub(crate) async fn voice(
    core: &Core,
    guild: GuildId,
    settings: &Settings,
) -> Result<Arc<dyn Model>, ModelError> {
    if settings.source == Source::Shared {
        return Ok(core.models.shared());
    }
    let refused = |reason: &str| ModelError::Refused {
        reason: reason.to_owned(),
    };
    let kind = settings
        .kind
        .ok_or_else(|| refused("no kind of provider is set for the server's own model"))?;
    let own = Own {
        kind,
        base_url: settings.base_url.clone(),
        model: own_name(settings),
        key: key(core, guild, kind, settings).await?,
    };
    core.models
        .own(guild, &own)
        .map_err(|error| refused(&error.to_string()))
}

/// The owner's key, opened for this one answer; the built-in model needs none.
async fn key(
    core: &Core,
    guild: GuildId,
    kind: Kind,
    settings: &Settings,
) -> Result<SecretString, ModelError> {
    match kind {
        Kind::Offline => Ok(SecretString::from(String::new())),
        Kind::Openai | Kind::Anthropic | Kind::Gemini => {
            own_key::fetch(core, guild, settings).await
        }
    }
}
