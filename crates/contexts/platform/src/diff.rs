//! What differs between two JSON values, place by place, and how a difference is applied.
//!
//! A place is a JSON pointer. It leads through the new value, except where something was taken away: then through
//! the old one. The elements of a list are matched by their `id`; other lists by their elements' content, or place by
//! place, or the list is given as a whole. Always `apply(a, diff(a, b)) == b`.

mod lists;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::document::{escaped, unescaped};

/// One place that differs. Nothing in `old` means that it was added, nothing in `new` that it was taken away.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// A JSON pointer.
    pub path: String,
    /// What stood there.
    pub old: Option<Value>,
    /// What stands there now.
    pub new: Option<Value>,
}

/// Why changes do not apply to a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the change at `{path}` does not fit the value it is applied to")]
pub struct ApplyError {
    /// Where it does not fit.
    pub path: String,
}

/// What differs, in the order of the new value.
#[must_use]
pub fn diff(old: &Value, new: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    collect(old, new, "", &mut changes);
    changes
}

pub(crate) fn collect(old: &Value, new: &Value, path: &str, changes: &mut Vec<Change>) {
    if old == new {
        return;
    }
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => objects(old, new, path, changes),
        (Value::Array(old), Value::Array(new)) => lists::collect(old, new, path, changes),
        _ => changes.push(Change {
            path: path.to_owned(),
            old: Some(old.clone()),
            new: Some(new.clone()),
        }),
    }
}

fn objects(
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    path: &str,
    changes: &mut Vec<Change>,
) {
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let path = format!("{path}/{}", escaped(key));
        match (old.get(key), new.get(key)) {
            (Some(old), Some(new)) => collect(old, new, &path, changes),
            (old, new) => changes.push(Change {
                path,
                old: old.cloned(),
                new: new.cloned(),
            }),
        }
    }
}

/// The value that comes of another by these changes.
///
/// # Errors
/// When a change names a place that is not there.
pub fn apply(value: &Value, changes: &[Change]) -> Result<Value, ApplyError> {
    let steps = changes
        .iter()
        .map(|change| Step {
            change,
            rest: &change.path,
        })
        .collect();
    applied(value, steps)
}

/// A change, and what of its path is still ahead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step<'a> {
    pub(crate) change: &'a Change,
    pub(crate) rest: &'a str,
}

impl<'a> Step<'a> {
    pub(crate) fn misfit(self) -> ApplyError {
        ApplyError {
            path: self.change.path.clone(),
        }
    }

    /// The next part of the path, and the step behind it.
    fn next(self) -> Result<(String, Self), ApplyError> {
        let rest = self.rest.strip_prefix('/').ok_or_else(|| self.misfit())?;
        let (token, behind) = match rest.find('/') {
            Some(end) => rest.split_at(end),
            None => (rest, ""),
        };
        let step = Step {
            rest: behind,
            ..self
        };
        Ok((unescaped(token), step))
    }
}

/// The steps of one container, by key or index.
pub(crate) type Grouped<'a> = BTreeMap<String, Vec<Step<'a>>>;

pub(crate) fn applied(value: &Value, steps: Vec<Step<'_>>) -> Result<Value, ApplyError> {
    let Some(first) = steps.first().copied() else {
        return Ok(value.clone());
    };
    if let Some(whole) = steps.iter().find(|step| step.rest.is_empty()) {
        let fits = steps.len() == 1 && whole.change.old.as_ref() == Some(value);
        let new = whole.change.new.clone().filter(|_| fits);
        return new.ok_or_else(|| whole.misfit());
    }
    let mut grouped = Grouped::new();
    for step in steps {
        let (token, behind) = step.next()?;
        grouped.entry(token).or_default().push(behind);
    }
    match value {
        Value::Object(map) => applied_object(map, grouped),
        Value::Array(items) => lists::applied(items, grouped),
        _ => Err(first.misfit()),
    }
}

fn applied_object(map: &Map<String, Value>, grouped: Grouped<'_>) -> Result<Value, ApplyError> {
    let mut map = map.clone();
    for (key, steps) in grouped {
        let first = steps[0];
        let here = map.get(&key);
        let added = first.rest.is_empty() && first.change.old.is_none();
        let removed = first.rest.is_empty() && first.change.new.is_none();
        if added {
            let new = first.change.new.clone().filter(|_| here.is_none());
            map.insert(key, new.ok_or_else(|| first.misfit())?);
        } else if removed {
            if here != first.change.old.as_ref() {
                return Err(first.misfit());
            }
            map.remove(&key);
        } else {
            let here = here.ok_or_else(|| first.misfit())?;
            let value = applied(here, steps)?;
            map.insert(key, value);
        }
    }
    Ok(Value::Object(map))
}

#[cfg(test)]
mod tests;
