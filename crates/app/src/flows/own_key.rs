//! The key of a server's own model provider: kept with the provider that it was written for, and sent to no other.
//!
//! Who may set the provider's address is not always who knows the key. Without this tie, whoever changes the address,
//! or goes back to settings with another one, has the key sent there.

use ai::{ModelError, Sent, Settings};
use kernel::{GuildId, Timestamp};
use platform::{Owner, SecretError, SecretName};
use secrecy::{ExposeSecret, SecretString};
use store::Tx;

use crate::Core;

/// Whether a server has a key of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnKey {
    /// There is none.
    None,
    /// One for the provider that is set, since then.
    Fits(Timestamp),
    /// One that was written for another provider or address, and is not used.
    ForAnother(Timestamp),
}

/// Whether the guild has a key for the provider that these settings name.
///
/// # Errors
/// When the key can't be opened, or the database fails.
pub async fn own_key(
    core: &Core,
    guild: GuildId,
    settings: &Settings,
) -> Result<OwnKey, SecretError> {
    let (keyring, provider) = (core.keyring(), provider(settings));
    let look = move |tx: &mut Tx<'_>| {
        let (owner, name) = (Owner::Guild(guild), SecretName::ai_key());
        let lines = platform::secrets_list(tx, owner)?;
        let Some(line) = lines.into_iter().find(|line| line.name == name) else {
            return Ok(OwnKey::None);
        };
        let kept = platform::secret_fetch(tx, &keyring, owner, &name)?;
        let fits = kept.is_some_and(|kept| loose(&provider, &kept).is_some());
        Ok(if fits {
            OwnKey::Fits(line.at)
        } else {
            OwnKey::ForAnother(line.at)
        })
    };
    core.database.read("ai-key-state", look).await
}

/// The guild's key, opened for one answer of the provider that these settings name.
///
/// # Errors
/// When there is none, it was written for another provider, or it can't be opened.
pub(super) async fn fetch(
    core: &Core,
    guild: GuildId,
    settings: &Settings,
) -> Result<SecretString, ModelError> {
    let keyring = core.keyring();
    let fetch = move |tx: &mut Tx<'_>| {
        platform::secret_fetch(tx, &keyring, Owner::Guild(guild), &SecretName::ai_key())
    };
    let found = core.database.read("ai-key", fetch).await;
    let kept = found.map_err(|error: SecretError| ModelError::Unavailable {
        reason: format!("the server's own key can't be opened: {error}"),
        sent: Sent::No,
    })?;
    let refused = |reason: &str| ModelError::Refused {
        reason: reason.to_owned(),
    };
    let kept = kept.ok_or_else(|| refused("no key is kept for the server's own model"))?;
    loose(&provider(settings), &kept).ok_or_else(|| {
        refused(
            "the server's key was written for another provider or address; write it again for the one that is set now",
        )
    })
}

/// The key as it is kept: behind the provider that is set when it is written.
pub(super) fn tied(settings: &Settings, key: &SecretString) -> SecretString {
    let provider = provider(settings);
    SecretString::from(format!("{provider} {}", key.expose_secret()))
}

fn loose(provider: &str, kept: &SecretString) -> Option<SecretString> {
    let behind = kept.expose_secret().strip_prefix(provider)?;
    let key = behind.strip_prefix(' ')?;
    Some(SecretString::from(key.to_owned()))
}

/// Kind and address, in words without spaces, so that none can be the beginning of another.
fn provider(settings: &Settings) -> String {
    let kind = settings.kind.map_or("-", ai::Kind::name);
    let address = settings.base_url.as_deref().unwrap_or("-");
    format!("{kind} {address}")
}

#[cfg(test)]
mod tests {
    use ai::{Kind, Settings};
    use secrecy::{ExposeSecret, SecretString};

    use super::{loose, provider, tied};

    fn at(kind: Kind, address: Option<&str>) -> Settings {
        Settings {
            kind: Some(kind),
            base_url: address.map(str::to_owned),
            ..Settings::default()
        }
    }

    #[test]
    fn a_key_comes_loose_for_its_own_provider_alone() {
        let own = at(Kind::Openai, Some("https://models.example.com/v1"));
        let kept = tied(&own, &SecretString::from("sk 1".to_owned()));
        let opened = loose(&provider(&own), &kept).unwrap();
        assert_eq!(opened.expose_secret(), "sk 1");
        for other in [
            at(Kind::Openai, Some("https://evil.example/v1")),
            at(Kind::Openai, Some("https://models.example.com")),
            at(Kind::Openai, None),
            at(Kind::Anthropic, Some("https://models.example.com/v1")),
            Settings::default(),
        ] {
            assert!(loose(&provider(&other), &kept).is_none(), "{other:?}");
        }
    }
}
