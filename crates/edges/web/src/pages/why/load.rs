//! Reads the decisions that were asked for, as far as the viewer may see them.

use audit::{Cursor, Filter, Kind, Outcome, Rank};
use store::Tx;

use super::{Asked, TEXT_MAX, View, page};
use crate::{
    moment::Now,
    pages::{Trouble, entry},
    query::Wanted,
    range::Range,
    room::{Answer, Room},
};

/// Decisions of one page.
const LINES: u32 = 30;
/// The longest name of an action.
const ACTION_MAX: usize = 40;

/// `GET /dashboard/guilds/{guild_id}/why`
pub(crate) async fn show(room: Room, Wanted(asked): Wanted<Asked>) -> Answer {
    room.page(load(&room, asked), page).await
}

async fn load(room: &Room, asked: Asked) -> Result<View, Trouble> {
    let asked = asked.sensible(&room.now);
    let (guild, eyes, filter) = (room.guild, room.eyes(), filter(room, &asked));
    let cursor: Option<Cursor> = asked.cursor.parse().ok();
    let read = move |tx: &mut Tx<'_>| audit::search_seen(tx, guild, &eyes, &filter, cursor, LINES);
    let found = room.read("web.why", read).await?;
    let entries = if asked.kind == Kind::Access.name() {
        found.entries
    } else {
        entry::without_echoes(found.entries)
    };
    let mut people = entry::people(&entries);
    people.extend(asked.user.parse::<kernel::UserId>());
    Ok(View {
        is_own: room.eyes().rank == Rank::Member,
        names: room.names(people).await,
        entries,
        next: found.next,
        asked,
    })
}

pub(crate) fn filter(room: &Room, asked: &Asked) -> Filter {
    let range = Range::of_name(&asked.range);
    let (from, to) = (room.now.read_day(&asked.from), room.now.read_day(&asked.to));
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Filter {
        kind: Kind::of_name(&asked.kind),
        action: text(&asked.action),
        user: asked.user.parse().ok(),
        message: asked.message.parse().ok(),
        case: asked.case.parse().ok(),
        outcome: Outcome::of_name(&asked.outcome),
        since: range
            .map(|range| range.since(&room.now))
            .or(from.map(|(began, _)| began)),
        until: to.map(|(_, ended)| ended),
        text: text(&asked.text),
        ..Filter::default()
    }
}

impl Asked {
    /// The same without what makes no sense, so that the page shows no filter that does nothing.
    pub(crate) fn sensible(self, now: &Now) -> Self {
        let keep = |text: String, makes_sense: bool| if makes_sense { text } else { String::new() };
        let number = |text: String| {
            let fits = text.parse::<u64>().is_ok_and(|number| number > 0);
            keep(text, fits)
        };
        let text = self.text.trim().chars().take(TEXT_MAX).collect();
        Self {
            outcome: keep(
                self.outcome.clone(),
                Outcome::of_name(&self.outcome).is_some(),
            ),
            kind: keep(self.kind.clone(), Kind::of_name(&self.kind).is_some()),
            range: keep(self.range.clone(), Range::of_name(&self.range).is_some()),
            action: keep(self.action.clone(), self.action.len() <= ACTION_MAX),
            from: keep(self.from.clone(), now.read_day(&self.from).is_some()),
            to: keep(self.to.clone(), now.read_day(&self.to).is_some()),
            user: number(self.user),
            message: number(self.message),
            case: number(self.case),
            cursor: keep(self.cursor.clone(), self.cursor.parse::<Cursor>().is_ok()),
            text,
        }
    }
}
