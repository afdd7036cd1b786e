//! Lists of the dashboard as files: the same rows for the same people, by the same filters, as far as the list goes.

mod coins;
mod order;
mod why;

pub(crate) use coins::{holders, movements, statement};
pub(crate) use order::cases;
pub(crate) use why::decisions;

use std::collections::{BTreeMap, BTreeSet};

use kernel::UserId;
use maud::{Markup, html};

use crate::{components::shell::Frame, csv::Line, room::Room};

/// Rows that are read at once.
const PART: u32 = 200;
/// People whose names are looked up for one file. Whoever comes after that stands there by id, as whoever has left does:
/// nobody waits for the names of sixty thousand.
const NAMES_MAX: usize = 2_000;

/// What people are called who were met so far in a file.
#[derive(Debug, Clone, Default)]
struct Met {
    asked: BTreeSet<UserId>,
    names: BTreeMap<UserId, String>,
}

impl Met {
    /// Looks up who is new among these.
    async fn meet(&mut self, room: &Room, people: impl IntoIterator<Item = UserId>) {
        let new: BTreeSet<UserId> = people
            .into_iter()
            .filter(|user| !self.asked.contains(user))
            .take(NAMES_MAX.saturating_sub(self.asked.len()))
            .collect();
        if new.is_empty() {
            return;
        }
        self.asked.extend(&new);
        self.names
            .extend(room.core().member_names(room.guild, new).await);
    }

    /// Two cells: a name where it is known, and an id.
    fn cells(&self, line: &mut Line<'_>, user: Option<UserId>) {
        let name = user.and_then(|user| self.names.get(&user));
        line.text(name.map_or("", String::as_str)).maybe(user);
    }
}

/// The way to a list as a file.
pub(crate) fn link(frame: &Frame, place: &str) -> Markup {
    html! { a.button.slim href=(frame.at(place)) download { "Download CSV" } }
}
