//! Differences between lists: elements are matched by what names them, and what changed its order is moved.
//!
//! An element that is taken away is named by its place in the old list, every other by its place in the new one.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::{ApplyError, Change, Grouped, Step};
use crate::document::canonical;

/// How many elements of a list are compared before it is given as a whole.
const ELEMENTS_MAX: usize = 20_000;

pub(crate) fn collect(old: &[Value], new: &[Value], path: &str, changes: &mut Vec<Change>) {
    let names = |items: &[Value], of: fn(&Value) -> Option<String>| -> Option<Vec<String>> {
        let names: Vec<String> = items.iter().map(of).collect::<Option<_>>()?;
        let distinct: HashSet<&String> = names.iter().collect();
        (distinct.len() == names.len()).then_some(names)
    };
    let named = |of| Some((names(old, of)?, names(new, of)?));
    if old.len().max(new.len()) > ELEMENTS_MAX {
        return whole(old, new, path, changes);
    }
    if let Some((was, is)) = named(id).or_else(|| named(scalar)) {
        return matched(old, new, (&was, &is), path, changes);
    }
    if old.len() == new.len() {
        for (place, (old, new)) in old.iter().zip(new).enumerate() {
            super::collect(old, new, &format!("{path}/{place}"), changes);
        }
        return;
    }
    match named(content) {
        Some((was, is)) => matched(old, new, (&was, &is), path, changes),
        None => whole(old, new, path, changes),
    }
}

fn whole(old: &[Value], new: &[Value], path: &str, changes: &mut Vec<Change>) {
    changes.push(Change {
        path: path.to_owned(),
        old: Some(Value::from(old)),
        new: Some(Value::from(new)),
    });
}

fn id(item: &Value) -> Option<String> {
    item.get("id")
        .filter(|id| id.is_string() || id.is_number())
        .map(canonical)
}

fn scalar(item: &Value) -> Option<String> {
    (!item.is_array() && !item.is_object()).then(|| canonical(item))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one of three ways to name an element"
)]
fn content(item: &Value) -> Option<String> {
    Some(canonical(item))
}

fn matched(
    old: &[Value],
    new: &[Value],
    (was, is): (&[String], &[String]),
    path: &str,
    changes: &mut Vec<Change>,
) {
    let places: HashMap<&String, usize> = was.iter().zip(0..).collect();
    let places: Vec<Option<usize>> = is.iter().map(|name| places.get(name).copied()).collect();
    let kept = rising(&places);
    let stayed: HashSet<usize> = kept.iter().flatten().copied().collect();
    for (place, old) in old.iter().enumerate() {
        if !stayed.contains(&place) {
            changes.push(Change {
                path: format!("{path}/{place}"),
                old: Some(old.clone()),
                new: None,
            });
        }
    }
    for (place, (new, from)) in new.iter().zip(&kept).enumerate() {
        let path = format!("{path}/{place}");
        match from {
            Some(from) => super::collect(&old[*from], new, &path, changes),
            None => changes.push(Change {
                path,
                old: None,
                new: Some(new.clone()),
            }),
        }
    }
}

/// Keeps of the old places a longest series that rises; the others have moved.
fn rising(places: &[Option<usize>]) -> Vec<Option<usize>> {
    // The ends of the best series of each length, and before each element the one it follows.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; places.len()];
    for (at, place) in places.iter().enumerate() {
        let Some(place) = place else { continue };
        let length = ends.partition_point(|end| places[*end] < Some(*place));
        before[at] = length.checked_sub(1).map(|shorter| ends[shorter]);
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut kept = vec![None; places.len()];
    let mut at = ends.last().copied();
    while let Some(place) = at {
        kept[place] = places[place];
        at = before[place];
    }
    kept
}

/// The list that comes of another by these steps.
pub(super) fn applied(items: &[Value], grouped: Grouped<'_>) -> Result<Value, ApplyError> {
    let mut gone = HashSet::new();
    let mut added: BTreeMap<usize, &Value> = BTreeMap::new();
    let mut inner: BTreeMap<usize, Vec<Step<'_>>> = BTreeMap::new();
    for (token, steps) in grouped {
        for step in steps {
            let place: usize = token.parse().map_err(|_| step.misfit())?;
            match (step.rest.is_empty(), &step.change.old, &step.change.new) {
                (true, Some(old), None) => {
                    if items.get(place) != Some(old) {
                        return Err(step.misfit());
                    }
                    gone.insert(place);
                }
                (true, None, Some(new)) => {
                    added.insert(place, new);
                }
                _ => inner.entry(place).or_default().push(step),
            }
        }
    }
    let left = items.iter().enumerate();
    let mut items: Vec<Value> = left
        .filter(|(place, _)| !gone.contains(place))
        .map(|(_, item)| item.clone())
        .collect();
    for (place, new) in added {
        if place > items.len() {
            let path = format!("/{place}");
            return Err(ApplyError { path });
        }
        items.insert(place, new.clone());
    }
    for (place, steps) in inner {
        let first = steps[0];
        let item = items.get_mut(place).ok_or_else(|| first.misfit())?;
        *item = super::applied(item, steps)?;
    }
    Ok(Value::Array(items))
}
