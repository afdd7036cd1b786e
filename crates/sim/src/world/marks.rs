//! Which records changed since they were last written down.
//! What always holds: every function that changes a record touches its key first; without a place to write to,
//! nothing is collected.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::Snowflake;

/// The name of one stored record; those that others need come first in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Key {
    User(Snowflake),
    Application(Snowflake),
    Guild(Snowflake),
    Role(Snowflake, Snowflake),
    Member(Snowflake, Snowflake),
    Ban(Snowflake, Snowflake),
    Audit(Snowflake, Snowflake),
    Channel(Snowflake),
    Message(Snowflake, Snowflake),
    Webhook(Snowflake),
    Command(Snowflake, Snowflake),
    Interaction(Snowflake),
    Grant(Snowflake),
}

/// The changed records.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    kept: bool,
    changed: HashSet<Key>,
}

impl Marks {
    /// Collects only where the state is kept.
    pub(crate) fn new(kept: bool) -> Self {
        Self {
            kept,
            changed: HashSet::new(),
        }
    }

    pub(super) fn touch(&mut self, key: Key) {
        if self.kept {
            self.changed.insert(key);
        }
    }

    /// What changed since the last call.
    pub(crate) fn take(&mut self) -> HashSet<Key> {
        std::mem::take(&mut self.changed)
    }
}
