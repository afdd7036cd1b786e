//! A rule as a form holds it: each trigger with its own fields, and what follows as a few choices instead of a list.

mod sorts;
#[cfg(test)]
mod tests;

use app::Problem;
use moderation::{Action, Mode, Rule};
use serde_json::{Map, Value, json};

pub(crate) use sorts::{MODEL, SORTS, Sort, begun, sort_of, sort_of_trigger};

/// Where what follows stands in the form.
const DO: &str = "do";

/// A rule as its form shows it.
pub(crate) fn shown(rule: &Rule) -> Value {
    let mut trigger = serde_json::to_value(&rule.trigger).unwrap_or_default();
    if let Some(fields) = trigger.as_object_mut() {
        fields.remove("kind");
    }
    json!({
        "name": rule.name,
        "enabled": rule.enabled,
        "mode": match rule.mode { Mode::Act => "act", Mode::Shadow => "shadow" },
        "trigger": trigger,
        "do": follows(&rule.actions),
        "include_moderators": rule.include_moderators,
        "exempt_role_ids": rule.exempt_role_ids,
        "exempt_channel_ids": rule.exempt_channel_ids,
    })
}

fn follows(actions: &[Action]) -> Value {
    let (mut message, mut member, mut points, mut minutes, mut card) =
        ("leave", "nothing", 1, 0, false);
    for action in actions {
        match action {
            Action::Delete {} if message == "leave" => message = "delete",
            Action::Delete {} => {}
            Action::Hold {} => message = "hold",
            Action::Warn { points: given } => (member, points) = ("warn", *given),
            Action::Points { points: given } => (member, points) = ("points", *given),
            Action::Timeout { minutes: given } => minutes = *given,
            Action::Log {} => card = true,
        }
    }
    json!({ "message": message, "member": member, "points": points, "minutes": minutes, "card": card })
}

/// A form's rule as the document spells it.
pub(crate) fn spelt(sort: &Sort, form: &Value) -> Value {
    let mut rule = form.as_object().cloned().unwrap_or_default();
    let follows = rule.remove(DO).unwrap_or_default();
    if let Some(trigger) = rule.get_mut("trigger").and_then(Value::as_object_mut) {
        trigger.insert("kind".to_owned(), sort.kind.into());
    }
    let actions = actions(&follows).into_iter().map(|(_, action)| action);
    rule.insert("actions".to_owned(), actions.collect());
    Value::Object(rule)
}

/// What follows as a list, each with the field that asks for it.
fn actions(follows: &Value) -> Vec<(&'static str, Value)> {
    let text = |name: &str| {
        follows
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let number = |name: &str| follows.get(name).cloned().unwrap_or_default();
    let kind = |kind: &str, more: &[(&str, Value)]| {
        let mut action = Map::from_iter([("kind".to_owned(), Value::from(kind))]);
        action.extend(
            more.iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone())),
        );
        Value::Object(action)
    };
    let mut all = Vec::new();
    match text("message") {
        "delete" => all.push(("/do/message", kind("delete", &[]))),
        "hold" => all.push(("/do/message", kind("hold", &[]))),
        _ => {}
    }
    if number("minutes") != 0 {
        let minutes = [("minutes", number("minutes"))];
        all.push(("/do/minutes", kind("timeout", &minutes)));
    }
    let points = [("points", number("points"))];
    match text("member") {
        "warn" => all.push(("/do/points", kind("warn", &points))),
        "points" => all.push(("/do/points", kind("points", &points))),
        _ => {}
    }
    if follows.get("card") == Some(&Value::Bool(true)) {
        all.push(("/do/card", kind("log", &[])));
    }
    all
}

/// What is wrong with a rule, in the places of its form.
pub(crate) fn placed(form: &Value, problems: Vec<Problem>) -> Vec<Problem> {
    let actions = actions(form.get(DO).unwrap_or(&Value::Null));
    let place = |pointer: &str| {
        let rest = pointer.strip_prefix("/actions/")?;
        let at: usize = rest.split('/').next()?.parse().ok()?;
        actions.get(at).map(|(field, _)| (*field).to_owned())
    };
    let placed = problems.into_iter().map(|problem| Problem {
        pointer: place(&problem.pointer).unwrap_or(problem.pointer),
        ..problem
    });
    placed.collect()
}

/// An id for a new rule, made from its name, that no other has.
pub(crate) fn fresh_id<'a>(
    name: &str,
    sort: &Sort,
    taken: impl Iterator<Item = &'a str>,
) -> String {
    let taken: Vec<&str> = taken.collect();
    let plain = |letter: char| {
        let letter = letter.to_ascii_lowercase();
        if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '-'
        }
    };
    let name: String = name.chars().take(48).map(plain).collect();
    let words: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).collect();
    let base = if words.is_empty() {
        sort.kind.replace('_', "-")
    } else {
        words.join("-")
    };
    let numbered = (2..).map(|number: u32| format!("{base}-{number}"));
    let mut all = std::iter::once(base.clone()).chain(numbered);
    all.find(|id| !taken.contains(&id.as_str())).unwrap_or(base)
}
