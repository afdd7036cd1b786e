//! An entry as JSON, with exactly the names that scripts rely on. What was erased, or may not be seen, is `null`.

use serde_json::{Value as Json, json};

use crate::entry::{ActorSeen, EffectSeen, EffectState, Entry, Kept, RuleSeen, Words};

/// The entry. Ids are strings, moments are RFC 3339.
#[must_use]
pub fn entry(entry: &Entry) -> Json {
    let link = entry.link;
    json!({
        "id": entry.id.to_string(),
        "seq": link.map(|link| link.seq),
        "at": entry.at.to_string(),
        "concluded_at": entry.concluded_at.map(|at| at.to_string()),
        "kind": entry.kind.name(),
        "action": entry.action,
        "outcome": entry.outcome.name(),
        "actor": actor(&entry.actor),
        "cause": entry.cause,
        "trigger": {
            "kind": entry.trigger.kind.name(),
            "user_id": entry.trigger.user.map(|user| user.to_string()),
            "channel_id": entry.trigger.channel.map(|channel| channel.to_string()),
            "message_id": entry.trigger.message.map(|message| message.to_string()),
        },
        "subject_id": entry.subject.map(|user| user.to_string()),
        "input": {
            "content": entry.input.content.as_ref().and_then(Words::text),
            "history": entry.input.history.iter().map(said).collect::<Vec<Json>>(),
            "memories": entry.input.memories.iter().map(memory).collect::<Vec<Json>>(),
        },
        "active_rules": entry.active_rules.iter().map(rule).collect::<Vec<Json>>(),
        "rule_id": entry.rule,
        "matched": entry.matched.iter().map(Words::text).collect::<Vec<Option<&str>>>(),
        "reasoning": entry.reasoning.as_ref().and_then(Words::text),
        "answer": entry.answer.as_ref().and_then(Words::text),
        "confidence": entry.confidence.map(|confidence| confidence.share()),
        "model": entry.model,
        "prompt_version": entry.prompt_version,
        "config_revision": entry.config_revision,
        "cost": entry.cost.as_ref().map(|cost| json!({"currency": cost.currency, "micros": cost.micros})),
        "effects": entry.effects.iter().map(effect).collect::<Vec<Json>>(),
        "case": entry.case,
        "prev_hash": link.map(|link| link.prev_hash.to_string()),
        "hash": link.map(|link| link.hash.to_string()),
        "conclusion": entry.conclusion_link.map(|link| json!({
            "seq": link.seq, "prev_hash": link.prev_hash.to_string(), "hash": link.hash.to_string(),
        })),
    })
}

fn actor(actor: &ActorSeen) -> Json {
    match actor {
        ActorSeen::Member(user) => {
            json!({"kind": "member", "user_id": user.map(|user| user.to_string())})
        }
        ActorSeen::Token(name) => json!({"kind": "token", "name": name}),
        ActorSeen::System => json!({"kind": "system"}),
    }
}

fn state(words: &Words) -> &'static str {
    match words.text {
        Kept::Here(_) => "here",
        Kept::Gone => "gone",
        Kept::Withheld => "withheld",
    }
}

fn said(words: &Words) -> Json {
    json!({
        "user_id": words.author.map(|author| author.to_string()),
        "message_id": label(words),
        "content": words.text(),
        "state": state(words),
    })
}

fn memory(words: &Words) -> Json {
    json!({
        "id": label(words),
        "user_id": words.author.map(|about| about.to_string()),
        "content": words.text(),
        "state": state(words),
    })
}

fn label(words: &Words) -> Option<&str> {
    Some(words.label.as_str()).filter(|label| !label.is_empty())
}

fn rule(rule: &RuleSeen) -> Json {
    json!({"id": rule.id, "name": rule.name, "mode": rule.mode})
}

fn effect(effect: &EffectSeen) -> Json {
    let (state, error) = match &effect.state {
        EffectState::Pending => ("pending", None),
        EffectState::Done => ("done", None),
        EffectState::Failed { error } => ("failed", Some(error.as_str())),
    };
    json!({"id": effect.id.to_string(), "kind": effect.kind, "state": state, "error": error})
}
