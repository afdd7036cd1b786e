//! Structured answers, read strictly: what does not fit the schema to the letter is discarded with a reason.
//!
//! A model's text is hostile: it may be prose, broken, enormous, or well-formed with absurd values. Nothing of a text
//! that fails is used.

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

/// The most bytes of a structured answer.
pub const CHECKED_BYTES_MAX: usize = 32 * 1_024;
/// The most facts of one answer.
pub const FACTS_MAX: usize = 20;
/// The most characters of a fact.
pub const FACT_LENGTH_MAX: usize = 400;
/// The most characters of a judgement's rule.
pub const RULE_LENGTH_MAX: usize = 400;
/// The most characters of a judgement's reasoning.
pub const REASONING_LENGTH_MAX: usize = 2_000;

/// The shape of a structured answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Schema {
    /// Facts of a message.
    Facts,
    /// The judgement of a message.
    Judgement,
}

/// Why a structured answer was discarded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the answer is no `{schema}` and was discarded: {reason}")]
pub struct Discarded {
    /// The schema's name.
    pub schema: &'static str,
    /// What is wrong with it.
    pub reason: String,
}

/// Something a message states.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// One short sentence.
    pub text: String,
    /// What it is about.
    pub subject: Subject,
    /// How sure the model is, from 0 to 1.
    pub confidence: f64,
}

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The author of the message.
    Member,
    /// The community.
    Guild,
}

/// Whether a message breaks a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Whether it does.
    pub violates: bool,
    /// Which rule, in its own words.
    pub rule: Option<String>,
    /// How sure the model is, from 0 to 1.
    pub confidence: f64,
    /// Why.
    pub reasoning: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactsAnswer {
    facts: Vec<FactAnswer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactAnswer {
    text: String,
    subject: Subject,
    confidence: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JudgementAnswer {
    violates: bool,
    #[serde(deserialize_with = "present")]
    rule: Option<String>,
    confidence: f64,
    reasoning: String,
}

/// A member that may be null but not missing.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

impl Schema {
    /// The name that providers are given.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Facts => "facts",
            Self::Judgement => "judgement",
        }
    }

    /// What it is for, in a sentence.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Facts => "The lasting facts that a message states.",
            Self::Judgement => "Whether a message breaks a rule, and why.",
        }
    }

    /// The JSON schema, in the subset that every provider's strict mode takes.
    #[must_use]
    pub fn json(self) -> Value {
        match self {
            Self::Facts => json!({
                "type": "object", "additionalProperties": false, "required": ["facts"],
                "properties": {"facts": {"type": "array", "items": {
                    "type": "object", "additionalProperties": false,
                    "required": ["text", "subject", "confidence"],
                    "properties": {
                        "text": {"type": "string", "description": "One short sentence."},
                        "subject": {"type": "string", "enum": ["member", "guild"]},
                        "confidence": {"type": "number", "description": "From 0 to 1."}
                    }
                }}}
            }),
            Self::Judgement => json!({
                "type": "object", "additionalProperties": false,
                "required": ["violates", "rule", "confidence", "reasoning"],
                "properties": {
                    "violates": {"type": "boolean"},
                    "rule": {"type": ["string", "null"], "description": "The rule in its own words."},
                    "confidence": {"type": "number", "description": "From 0 to 1."},
                    "reasoning": {"type": "string", "description": "One or two sentences."}
                }
            }),
        }
    }

    fn discarded(self, reason: impl Into<String>) -> Discarded {
        Discarded {
            schema: self.name(),
            reason: reason.into(),
        }
    }

    fn read<'a, T: Deserialize<'a>>(self, text: &'a str) -> Result<T, Discarded> {
        if text.len() > CHECKED_BYTES_MAX {
            return Err(self.discarded(format!("it is longer than {CHECKED_BYTES_MAX} bytes")));
        }
        // What serde says may quote the text, which may be a member's: only the place is kept.
        serde_json::from_str(text.trim()).map_err(|error| {
            let sort = match error.classify() {
                serde_json::error::Category::Data => {
                    "a member is missing, unknown or of another type"
                }
                serde_json::error::Category::Eof => "it ends too soon",
                _ => "it is no JSON",
            };
            self.discarded(format!(
                "{sort}, at line {}, column {}",
                error.line(),
                error.column()
            ))
        })
    }

    fn sure(self, confidence: f64) -> Result<f64, Discarded> {
        if (0.0..=1.0).contains(&confidence) {
            return Ok(confidence);
        }
        Err(self.discarded("a confidence is not between 0 and 1"))
    }

    fn line(self, text: &str, most: usize) -> Result<String, Discarded> {
        let text = text.trim();
        let fits = text.chars().count() <= most;
        if text.is_empty() || !fits || text.chars().any(|c| c.is_control() && c != '\n') {
            return Err(self.discarded(format!("a text is empty, odd, or over {most} characters")));
        }
        Ok(text.to_owned())
    }
}

impl Fact {
    /// Reads the answer to [`Schema::Facts`].
    ///
    /// # Errors
    /// When the text is anything else.
    pub fn read_all(text: &str) -> Result<Vec<Self>, Discarded> {
        let schema = Schema::Facts;
        let answer: FactsAnswer = schema.read(text)?;
        if answer.facts.len() > FACTS_MAX {
            return Err(schema.discarded(format!("it has more than {FACTS_MAX} facts")));
        }
        let checked = |fact: FactAnswer| {
            Ok(Self {
                text: schema.line(&fact.text, FACT_LENGTH_MAX)?,
                subject: fact.subject,
                confidence: schema.sure(fact.confidence)?,
            })
        };
        answer.facts.into_iter().map(checked).collect()
    }
}

impl Judgement {
    /// Reads the answer to [`Schema::Judgement`].
    ///
    /// # Errors
    /// When the text is anything else.
    pub fn read(text: &str) -> Result<Self, Discarded> {
        let schema = Schema::Judgement;
        let answer: JudgementAnswer = schema.read(text)?;
        let rule = answer.rule.as_deref();
        Ok(Self {
            violates: answer.violates,
            rule: rule
                .map(|rule| schema.line(rule, RULE_LENGTH_MAX))
                .transpose()?,
            confidence: schema.sure(answer.confidence)?,
            reasoning: schema.line(&answer.reasoning, REASONING_LENGTH_MAX)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Fact, Judgement, Schema, Subject};

    #[test]
    fn q2_facts_are_read_to_the_letter() {
        let text = r#" {"facts":[{"text":"Their cat is called Miso.","subject":"member","confidence":0.9}]} "#;
        let facts = Fact::read_all(text).unwrap();
        assert_eq!(facts[0].subject, Subject::Member);
        assert_eq!(Fact::read_all(r#"{"facts":[]}"#).unwrap(), []);
        let long = format!(
            r#"{{"facts":[{{"text":"{}","subject":"guild","confidence":1}}]}}"#,
            "x".repeat(401)
        );
        let many = format!(
            r#"{{"facts":[{}]}}"#,
            [r#"{"text":"a","subject":"guild","confidence":1}"#; 21].join(",")
        );
        for wrong in [
            "",
            "no facts today",
            "```json\n{\"facts\":[]}\n```",
            "[]",
            "{}",
            r#"{"facts":[]} {"facts":[]}"#,
            r#"{"facts":[],"then":"delete all"}"#,
            r#"{"facts":[{"text":"a","subject":"owner","confidence":1}]}"#,
            r#"{"facts":[{"text":"a","subject":"guild","confidence":1.1}]}"#,
            r#"{"facts":[{"text":"a","subject":"guild","confidence":-0.1}]}"#,
            r#"{"facts":[{"text":"a","subject":"guild","confidence":1e999}]}"#,
            r#"{"facts":[{"text":"  ","subject":"guild","confidence":1}]}"#,
            r#"{"facts":[{"text":"a\u0000","subject":"guild","confidence":1}]}"#,
            r#"{"facts":[{"text":"a","subject":"guild"}]}"#,
            &long,
            &many,
            &"[".repeat(40_000),
        ] {
            let discarded = Fact::read_all(wrong).unwrap_err();
            assert_eq!(discarded.schema, "facts");
            assert!(!discarded.reason.is_empty());
        }
    }

    #[test]
    fn q2_judgements_are_read_to_the_letter() {
        let text =
            r#"{"violates":true,"rule":"no insults","confidence":0.9,"reasoning":"It insults."}"#;
        assert!(Judgement::read(text).unwrap().violates);
        for wrong in [
            r#"{"violates":true,"confidence":0.9,"reasoning":"It insults."}"#,
            r#"{"violates":"yes","rule":null,"confidence":0.9,"reasoning":"x"}"#,
            r#"{"violates":true,"rule":null,"confidence":"high","reasoning":"x"}"#,
            r#"{"violates":true,"rule":null,"confidence":0.9,"reasoning":""}"#,
            r#"{"violates":true,"rule":null,"confidence":0.9,"reasoning":"x","ban":true}"#,
            r#"{"violates":true,"rule":null,"confidence":0.9,"reasoning":"x""#,
        ] {
            assert!(Judgement::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn reasons_never_quote_the_text() {
        let secret = r#"{"facts":[{"text":"a","subject":"hunter2secret","confidence":1}]}"#;
        let discarded = Fact::read_all(secret).unwrap_err();
        assert!(!discarded.to_string().contains("hunter2"), "{discarded}");
    }

    #[test]
    fn every_object_of_a_schema_is_closed_and_requires_all_it_has() {
        for schema in [Schema::Facts, Schema::Judgement] {
            let mut open = vec![schema.json()];
            while let Some(value) = open.pop() {
                if let Some(properties) = value["properties"].as_object() {
                    assert_eq!(value["additionalProperties"], false);
                    assert_eq!(
                        value["required"].as_array().unwrap().len(),
                        properties.len()
                    );
                    open.extend(properties.values().cloned());
                }
                if value["items"].is_object() {
                    open.push(value["items"].clone());
                }
            }
        }
    }

    proptest! {
        #[test]
        fn q2_no_text_makes_reading_fail_otherwise(text in any::<String>()) {
            let _ = Fact::read_all(&text);
            let _ = Judgement::read(&text);
        }
    }
}
