//! The engines with nothing around them: the words in one Aho-Corasick automaton, the patterns in one set.

use aho_corasick::AhoCorasick;
use anyhow::Result;
use moderation::{Settings, Trigger};
use regex::{RegexSet, RegexSetBuilder};

/// What any moderation of such words and patterns has to do at least.
#[derive(Debug)]
pub(super) struct Bare {
    words: AhoCorasick,
    patterns: RegexSet,
}

impl Bare {
    /// The words and patterns of these settings.
    pub(super) fn of(settings: &Settings) -> Result<Self> {
        let (mut words, mut patterns) = (Vec::new(), Vec::new());
        for rule in &settings.rules {
            match &rule.trigger {
                Trigger::Words { words: more } => {
                    words.extend(more.iter().map(|word| word.replace('*', "")));
                }
                Trigger::Regex { patterns: more } => patterns.extend(more.iter().cloned()),
                _ => {}
            }
        }
        Ok(Self {
            words: AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .build(words)?,
            patterns: RegexSetBuilder::new(patterns)
                .case_insensitive(true)
                .size_limit(moderation::PATTERNS_SIZE_MAX)
                .build()?,
        })
    }

    /// How many words and patterns stand in a text.
    pub(super) fn found(&self, text: &str) -> usize {
        self.words.find_iter(text).count() + self.patterns.matches(text).iter().count()
    }
}

#[cfg(test)]
mod tests {
    use super::Bare;
    use crate::moderation::rules;

    #[test]
    fn words_and_patterns_are_found() {
        let bare = Bare::of(&rules::settings(5)).unwrap();
        let word = rules::words(5)[50].clone();
        assert!(bare.found(&format!("a {} b", word.to_uppercase())) >= 1);
        assert_eq!(bare.found("a plain line"), 0);
        assert_eq!(bare.found("FREE  nitro 0"), 1);
    }
}
