//! Messages in a person's language.
//!
//! Each context brings its own catalogue of messages; [`Words`] joins them and puts a [`Told`] into words. A
//! language without a message falls back to English; a key without any text is a defect, and reads as its key.

use std::{borrow::Cow, collections::HashMap};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use crate::{Told, ToldArg};

/// A language, as a tag such as `en` or `pt-BR`; always well-formed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Locale(LanguageIdentifier);

impl Locale {
    /// English, the language every message exists in.
    #[must_use]
    pub fn english() -> Self {
        Self(LanguageIdentifier::from_bytes(b"en").expect("`en` is a well-formed language tag"))
    }

    /// The language of a tag, or English where the tag is not well-formed.
    #[must_use]
    pub fn of_tag(tag: &str) -> Self {
        if tag.len() > 35 {
            return Self::english();
        }
        tag.parse().map_or_else(|_| Self::english(), Self)
    }

    fn language(&self) -> &str {
        self.0.language.as_str()
    }
}

impl std::fmt::Display for Locale {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(out)
    }
}

/// Why catalogues could not be joined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// The text is no Fluent catalogue.
    #[error("the catalogue for `{language}` does not parse: {reason}")]
    Unreadable {
        /// The catalogue's language.
        language: String,
        /// What the parser said first.
        reason: String,
    },
    /// Two catalogues of one language hold the same key.
    #[error("a message of `{language}` is defined twice: {reason}")]
    Doubled {
        /// The catalogue's language.
        language: String,
        /// Which message.
        reason: String,
    },
}

/// Every message, in every language there is.
pub struct Words {
    languages: HashMap<String, FluentBundle<FluentResource>>,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Words")
            .field("languages", &self.languages.keys())
            .finish_non_exhaustive()
    }
}

impl Words {
    /// Joins catalogues, each a language and its Fluent text.
    ///
    /// # Errors
    /// When a catalogue does not parse, or two of them define the same message.
    pub fn join(catalogues: &[(&str, &str)]) -> Result<Self, WordsError> {
        let mut languages = HashMap::new();
        for (language, text) in catalogues {
            let bundle = languages
                .entry((*language).to_owned())
                .or_insert_with(|| empty_bundle(language));
            add_catalogue(bundle, language, text)?;
        }
        Ok(Self { languages })
    }

    /// The message in words.
    #[must_use]
    pub fn say(&self, locale: &Locale, told: &Told) -> String {
        let spoken = [locale.language(), "en"].into_iter().find_map(|language| {
            let bundle = self.languages.get(language)?;
            let pattern = bundle.get_message(told.key())?.value()?;
            let args = arguments(told);
            let mut errors = Vec::new();
            let text = bundle.format_pattern(pattern, Some(&args), &mut errors);
            errors.is_empty().then(|| text.into_owned())
        });
        spoken.unwrap_or_else(|| told.key().to_owned())
    }

    /// Whether English has this message.
    #[must_use]
    pub fn knows(&self, key: &str) -> bool {
        self.languages
            .get("en")
            .is_some_and(|bundle| bundle.has_message(key))
    }
}

fn empty_bundle(language: &str) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![Locale::of_tag(language).0]);
    // Isolation marks would be copied along with names and amounts out of a chat.
    bundle.set_use_isolating(false);
    bundle
}

fn add_catalogue(
    bundle: &mut FluentBundle<FluentResource>,
    language: &str,
    text: &str,
) -> Result<(), WordsError> {
    let resource =
        FluentResource::try_new(text.to_owned()).map_err(|(_, errors)| WordsError::Unreadable {
            language: language.to_owned(),
            reason: errors.first().map(ToString::to_string).unwrap_or_default(),
        })?;
    bundle
        .add_resource(resource)
        .map_err(|errors| WordsError::Doubled {
            language: language.to_owned(),
            reason: errors.first().map(ToString::to_string).unwrap_or_default(),
        })
}

fn arguments(told: &Told) -> FluentArgs<'_> {
    let mut args = FluentArgs::new();
    for (name, value) in told.args() {
        match value {
            ToldArg::Text(text) => args.set(*name, FluentValue::String(Cow::Borrowed(text))),
            ToldArg::Number(number) => args.set(*name, *number),
        }
    }
    args
}

#[cfg(test)]
mod tests {
    use super::{Locale, Words, WordsError};
    use crate::Told;

    #[test]
    fn a_message_is_said_in_the_language_or_in_english() {
        let words = Words::join(&[
            ("en", "paid = Paid { $amount } to { $whom }."),
            ("en", "poor = Too poor."),
            ("de", "paid = { $amount } an { $whom } gezahlt."),
        ])
        .unwrap();
        let told = Told::new("paid")
            .with("amount", 1_234_567_i64)
            .with("whom", "Ada");
        assert_eq!(
            words.say(&Locale::of_tag("de-AT"), &told),
            "1234567 an Ada gezahlt."
        );
        assert_eq!(
            words.say(&Locale::of_tag("xx"), &told),
            "Paid 1234567 to Ada."
        );
        assert_eq!(
            words.say(&Locale::of_tag("de"), &Told::new("poor")),
            "Too poor."
        );
        assert_eq!(words.say(&Locale::english(), &Told::new("none")), "none");
    }

    #[test]
    fn a_message_defined_twice_is_refused() {
        let joined = Words::join(&[("en", "paid = A"), ("en", "paid = B")]);
        assert!(matches!(joined, Err(WordsError::Doubled { .. })));
    }
}
