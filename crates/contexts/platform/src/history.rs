//! The history of a guild's configuration, newest first, each revision with what it changed.
//!
//! A page is bounded in entries, changes and text: what is left off is counted, and [`crate::config_diff`] has it
//! whole.

use std::{fmt, str::FromStr};

use ::store::{DbError, Tx};
use kernel::GuildId;
use serde_json::Value;

use crate::{
    diff::{Change, diff},
    document::{Document, canonical},
    revision::{Entry, Revision},
    store::revisions::{self, Listed},
};

/// The most revisions of one page.
pub const HISTORY_LIMIT_MAX: u32 = 200;
/// The most changes that a page shows of one revision.
pub const CHANGES_SHOWN_MAX: usize = 100;
/// The most bytes of a value in a page.
pub const VALUE_SHOWN_MAX: usize = 1_000;
/// The most bytes of all changes in a page; it ends before the revision that would go beyond, but holds at least one.
pub const PAGE_BYTES_MAX: usize = 1024 * 1024;

/// A page of the history.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Its revisions, newest first.
    pub items: Vec<HistoryItem>,
    /// Where it goes on, where it does.
    pub next: Option<HistoryCursor>,
}

/// A revision and what it changed.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryItem {
    /// All about it but its document.
    pub entry: Entry,
    /// What differs from the revision before; none in the first.
    pub changes: Vec<Change>,
    /// How many changes are not shown.
    pub changes_left_off: usize,
}

/// Where a page goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryCursor(Revision);

/// Why a text is no cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this cursor is none of ours: take it from `next` of the page before")]
pub struct HistoryCursorError;

impl fmt::Display for HistoryCursor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl FromStr for HistoryCursor {
    type Err = HistoryCursorError;

    fn from_str(text: &str) -> Result<Self, HistoryCursorError> {
        text.parse().map(Self).map_err(|_| HistoryCursorError)
    }
}

/// A page of a guild's history.
///
/// # Errors
/// When the database fails.
pub fn history(
    tx: &mut Tx<'_>,
    guild: GuildId,
    from: Option<HistoryCursor>,
    limit: u32,
) -> Result<History, DbError> {
    let limit = limit.clamp(1, HISTORY_LIMIT_MAX);
    let below = from.map_or(i64::MAX, |cursor| cursor.0.get());
    // One more, for what the last of the page is compared with.
    let listed = revisions::entry_list(tx, guild, below, limit + 1)?;
    let shown = usize::try_from(limit)
        .unwrap_or(usize::MAX)
        .min(listed.len());
    let mut items = Vec::with_capacity(shown);
    let mut bytes = 0;
    let mut kept: Option<(i64, Document)> = None;
    for (place, one) in listed.iter().enumerate().take(shown) {
        let compared = compare(tx, guild, one, listed.get(place + 1), &mut kept)?;
        let item = clipped(one.entry.clone(), compared);
        bytes += item.changes.iter().map(weight).sum::<usize>();
        if bytes > PAGE_BYTES_MAX && !items.is_empty() {
            break;
        }
        items.push(item);
    }
    let next = listed
        .get(items.len())
        .and(items.last())
        .map(|last: &HistoryItem| HistoryCursor(last.entry.revision));
    Ok(History { items, next })
}

/// What a revision changed. `kept` holds the older document of the last comparison, which is the newer one of this.
fn compare(
    tx: &mut Tx<'_>,
    guild: GuildId,
    newer: &Listed,
    older: Option<&Listed>,
    kept: &mut Option<(i64, Document)>,
) -> Result<Vec<Change>, DbError> {
    let Some(older) = older.filter(|older| older.document != newer.document) else {
        return Ok(Vec::new());
    };
    let new = match kept.take() {
        Some((number, document)) if number == newer.document => document,
        _ => revisions::content_fetch(tx, guild, newer.document)?,
    };
    let old = revisions::content_fetch(tx, guild, older.document)?;
    let changes = diff(old.value(), new.value());
    *kept = Some((older.document, old));
    Ok(changes)
}

fn clipped(entry: Entry, mut changes: Vec<Change>) -> HistoryItem {
    let changes_left_off = changes.len().saturating_sub(CHANGES_SHOWN_MAX);
    changes.truncate(CHANGES_SHOWN_MAX);
    for change in &mut changes {
        change.old = change.old.take().map(shortened);
        change.new = change.new.take().map(shortened);
    }
    HistoryItem {
        entry,
        changes,
        changes_left_off,
    }
}

/// How many bytes a change has as text.
fn weight(change: &Change) -> usize {
    let values = change.old.iter().chain(&change.new);
    change.path.len() + values.map(|value| canonical(value).len()).sum::<usize>()
}

/// A value, or the beginning of its text where it is long.
fn shortened(value: Value) -> Value {
    let text = match &value {
        Value::Null | Value::Bool(_) | Value::Number(_) => return value,
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => canonical(&value),
    };
    if text.len() <= VALUE_SHOWN_MAX {
        return value;
    }
    let bytes = text.len();
    let start: String = text.chars().take(VALUE_SHOWN_MAX / 4).collect();
    Value::String(format!("{start}… ({bytes} bytes in all)"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{HistoryCursor, VALUE_SHOWN_MAX, shortened};

    #[test]
    fn long_values_are_shortened_and_say_so() {
        assert_eq!(shortened(json!({"a": 1})), json!({"a": 1}));
        let long = shortened(json!(vec!["word"; 1_000]));
        let text = long.as_str().unwrap();
        assert!(text.starts_with(r#"["word","word""#) && text.ends_with("… (7001 bytes in all)"));
        assert!(text.len() < VALUE_SHOWN_MAX);
    }

    #[test]
    fn cursors_are_checked() {
        let cursor: HistoryCursor = "12".parse().unwrap();
        assert_eq!(cursor.to_string(), "12");
        assert!("12 OR 1=1".parse::<HistoryCursor>().is_err());
    }
}
