//! What a model's answer leads to: never more than can be taken back.
//!
//! A model alone removes nothing for good: `delete` becomes `hold`. It neither kicks nor bans, and points that it
//! gave lead to neither (see `enforce`). An answer that makes no sense leads to nothing.

use serde::{Deserialize, Serialize};

use crate::{
    judge::Hit,
    settings::{Action, Settings, Trigger},
};

/// What a model answered to an `Ask`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Whether the message breaks the rules.
    pub violates: bool,
    /// Which of them, in the model's words.
    pub rule: Option<String>,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
    /// Why.
    pub reasoning: String,
}

/// No more of a model's reasons are kept.
const REASONING_LENGTH_MAX: usize = 1_000;

/// What an answer about this rule leads to; nothing where it finds no fault, is not sure enough, or makes no sense.
#[must_use]
pub fn judgement(settings: &Settings, rule_id: &str, answer: &Answer) -> Option<Hit> {
    let rule = settings
        .rules
        .iter()
        .find(|rule| rule.id == rule_id && rule.enabled)?;
    let Trigger::Model { threshold, .. } = rule.trigger else {
        return None;
    };
    let sure = (0.0..=1.0).contains(&answer.confidence) && answer.confidence >= threshold;
    if !settings.enabled || !answer.violates || !sure {
        return None;
    }
    Some(Hit {
        rule_id: rule.id.clone(),
        name: rule.title().to_owned(),
        trigger: rule.trigger.kind().to_owned(),
        mode: rule.mode,
        matched: Vec::new(),
        actions: rule.actions.iter().map(undoable).collect(),
        reasoning: reasoning(rule.title(), answer),
        confidence: answer.confidence,
        messages: Vec::new(),
    })
}

fn undoable(action: &Action) -> Action {
    match action {
        Action::Delete {} => Action::Hold {},
        other => other.clone(),
    }
}

fn reasoning(name: &str, answer: &Answer) -> String {
    let mut text = format!("Rule “{name}” (model)");
    if let Some(rule) = &answer.rule {
        text.push_str(", ");
        text.extend(one_line(rule).take(200));
    }
    text.push_str(": ");
    text.extend(one_line(&answer.reasoning).take(REASONING_LENGTH_MAX));
    text
}

fn one_line(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
}
