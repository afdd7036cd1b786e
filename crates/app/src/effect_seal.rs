//! How an effect that is owed is written down: as JSON, and sealed where it carries the token of an interaction.
//!
//! Whoever reads the database, or a copy of it, could otherwise answer in the bot's name for a quarter of an hour. The
//! row's id is sealed in, so that a sealed effect opens in its own row alone.

use std::sync::Arc;

use chat::Effect;
use platform::{Entropy, Keyring, TextSeal};

/// What the key of these texts is derived for.
const KIND: &str = "guildhall owed effect 1";

/// Writes effects down and reads them again.
#[derive(Debug)]
pub struct EffectSeal {
    texts: TextSeal,
}

/// Why an effect can't be written down or read.
#[derive(Debug, thiserror::Error)]
pub enum EffectSealError {
    /// It does not open.
    #[error(
        "the effect does not open: its row was moved or changed, or it was sealed under a master key that is not at hand"
    )]
    DoesNotOpen,
    /// It is not what effects look like.
    #[error("the effect cannot be written down or read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// There was no entropy.
    #[error(transparent)]
    Entropy(#[from] platform::EntropyError),
}

impl EffectSeal {
    /// The seal under the master keys of this ring.
    #[must_use]
    pub fn new(ring: &Keyring, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            texts: TextSeal::new(ring, KIND, entropy),
        }
    }

    /// An effect as the row with this id keeps it.
    ///
    /// # Errors
    /// When it cannot be written as JSON, or there is no entropy.
    pub fn write(&self, row: i64, effect: &Effect) -> Result<String, EffectSealError> {
        let written = serde_json::to_string(effect)?;
        if !effect.carries_token() {
            return Ok(written);
        }
        Ok(self.texts.seal(&belonging(row), written.as_bytes())?)
    }

    /// The effect that the row with this id keeps. One with a token that is not sealed comes from a version before.
    ///
    /// # Errors
    /// When it does not open, or is no effect.
    pub fn read(&self, row: i64, written: &str) -> Result<Effect, EffectSealError> {
        if !TextSeal::is_sealed(written) {
            return Ok(serde_json::from_str(written)?);
        }
        let opened = self.texts.open(&belonging(row), written);
        let opened = opened.ok_or(EffectSealError::DoesNotOpen)?;
        Ok(serde_json::from_slice(&opened)?)
    }

    /// The effect of this row sealed anew, where a former key sealed it; else nothing.
    ///
    /// # Errors
    /// When there is no entropy.
    pub fn renewed(&self, row: i64, written: &str) -> Result<Option<String>, EffectSealError> {
        Ok(self.texts.renewed(&belonging(row), written)?)
    }
}

fn belonging(row: i64) -> [u8; 8] {
    row.to_be_bytes()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chat::{AnswerContent, Delete, Effect, InteractionAnswer, InteractionToken, Reply};
    use kernel::{Id, SeededChance};
    use platform::{Keyring, MasterKey};

    use super::{EffectSeal, EffectSealError};

    fn seal(key: u8) -> EffectSeal {
        let ring = Keyring::new(MasterKey::new(&[key; 32]));
        EffectSeal::new(&ring, Arc::new(SeededChance::new(1)))
    }

    fn answer() -> Effect {
        Effect::Answer(InteractionAnswer {
            interaction: Id::new(1).unwrap(),
            application: Id::new(2).unwrap(),
            token: InteractionToken::new("a-token-of-discord".to_owned()),
            asker: Id::new(3).unwrap(),
            channel: None,
            made_at_micros: 4,
            explained: false,
            content: AnswerContent::Reply(Reply::private("hello")),
        })
    }

    #[test]
    fn a6_an_effect_with_a_token_is_sealed_for_its_row_alone() {
        let (seal, effect) = (seal(1), answer());
        let written = seal.write(70, &effect).unwrap();
        assert!(!written.contains("a-token") && !written.contains("hello"));
        assert_eq!(seal.read(70, &written).unwrap(), effect);
        for (seal, row) in [(&seal, 71), (&self::seal(2), 70)] {
            let refused = seal.read(row, &written).unwrap_err();
            assert!(matches!(refused, EffectSealError::DoesNotOpen), "{refused}");
        }
    }

    #[test]
    fn a_sealed_effect_is_sealed_anew_after_an_exchange_of_keys_and_only_then() {
        let written = seal(1).write(70, &answer()).unwrap();
        let ring = Keyring::new(MasterKey::new(&[2; 32])).with_former(MasterKey::new(&[1; 32]));
        let both = EffectSeal::new(&ring, Arc::new(SeededChance::new(4)));
        let fresh = both.renewed(70, &written).unwrap().unwrap();
        assert_eq!(seal(2).read(70, &fresh).unwrap(), answer());
        assert!(seal(1).read(70, &fresh).is_err());
        for (row, text) in [(70, fresh.as_str()), (71, &written), (70, "{}")] {
            assert_eq!(both.renewed(row, text).unwrap(), None, "{text}");
        }
    }

    #[test]
    fn an_effect_without_a_token_is_kept_as_it_is() {
        let effect = Effect::Delete(Delete {
            channel: Id::new(1).unwrap(),
            messages: vec![Id::new(2).unwrap()],
            reason: "rule 1".to_owned(),
        });
        let written = seal(1).write(70, &effect).unwrap();
        assert_eq!(written, serde_json::to_string(&effect).unwrap());
        assert_eq!(seal(1).read(70, &written).unwrap(), effect);
    }
}
