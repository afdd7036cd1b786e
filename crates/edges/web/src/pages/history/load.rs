//! Reads the history and one revision, finds what was in force at a moment, and brings a revision back.

use app::flows::configure;
use axum::response::{IntoResponse, Redirect};
use kernel::{Fault, FaultKind, Locale, UserId};
use platform::{Author, ConfigError, Entry, HistoryCursor, Revision, RollbackOne, Target};
use serde::Deserialize;
use store::Tx;

use super::{Against, RevisionView, View, page, revision_page};
use crate::{
    did::Did,
    pages::{
        Trouble,
        settings::{BASE, NOTE, called, head},
    },
    query::{Named, Wanted},
    room::{Answer, Room},
    sent::Sent,
    settings::changes,
};

/// Revisions of one page.
const LINES: u32 = 25;

/// What is asked for in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    cursor: String,
    /// A moment on the viewer's clock.
    at: String,
    /// A revision to compare with.
    against: String,
}

/// `GET /dashboard/guilds/{guild_id}/settings/history`
pub(crate) async fn show(room: Room, Wanted(asked): Wanted<Asked>) -> Answer {
    if asked.at.is_empty() {
        return room.page(load(&room, &asked, None), page).await;
    }
    match then(&room, &asked.at).await? {
        Ok(revision) => {
            let to = room.at(&format!("/settings/history/{revision}"));
            Ok(Redirect::to(&to).into_response())
        }
        Err(wrong) => room.page(load(&room, &asked, Some(wrong)), page).await,
    }
}

/// The revision that was in force at a moment, or why there was none.
async fn then(room: &Room, moment: &str) -> Result<Result<Revision, String>, Trouble> {
    let Some(at) = room.now.read_local(moment) else {
        let words = "Write a day and a time, such as 2026-11-29 14:00.";
        return Ok(Err(words.to_owned()));
    };
    let guild = room.guild;
    let read = move |tx: &mut Tx<'_>| platform::config_at(tx, guild, at);
    let found = room.read("web.settings_at", read).await?;
    let nothing = || {
        let at = room.now.exact(at);
        format!("Nothing was set at {at} yet: the bot joined later.")
    };
    Ok(found.map(|found| found.entry.revision).ok_or_else(nothing))
}

async fn load(room: &Room, asked: &Asked, wrong_moment: Option<String>) -> Result<View, Trouble> {
    let head = head(room).await?;
    let cursor: Option<HistoryCursor> = asked.cursor.parse().ok();
    let guild = room.guild;
    let read = move |tx: &mut Tx<'_>| platform::history(tx, guild, cursor, LINES);
    let history = room.read("web.history", read).await?;
    let authors = history.items.iter().filter_map(|item| author(&item.entry));
    Ok(View {
        people: room.names(authors).await.people,
        items: history.items,
        next: history.next,
        is_first: cursor.is_none(),
        head: head.entry.revision.get(),
        wrong_moment,
    })
}

const fn author(entry: &Entry) -> Option<UserId> {
    match entry.author {
        Author::Member(user) => Some(user),
        Author::Token(_) | Author::System | Author::Erased => None,
    }
}

/// `GET /dashboard/guilds/{guild_id}/settings/history/{revision}`
pub(crate) async fn show_one(
    room: Room,
    Named((_, number)): Named<(String, String)>,
    Wanted(asked): Wanted<Asked>,
) -> Answer {
    let revision = revision(&number).ok_or(Trouble::NoPage)?;
    let view = load_one(&room, revision, &asked.against, None);
    room.page(view, revision_page).await
}

fn revision(number: &str) -> Option<Revision> {
    let number = number.parse().ok()?;
    Revision::new(number).ok()
}

async fn load_one(
    room: &Room,
    revision: Revision,
    against: &str,
    refused: Option<String>,
) -> Result<RevisionView, Trouble> {
    let (guild, head) = (room.guild, head(room).await?.entry.revision);
    let other = self::revision(against).filter(|other| *other != revision);
    let read = move |tx: &mut Tx<'_>| {
        let Some(found) = platform::config_fetch(tx, guild, Some(revision))? else {
            return Ok(None);
        };
        let changed = match revision.before() {
            Some(before) => platform::config_diff(tx, guild, before, revision)?,
            None => Vec::new(),
        };
        let back = platform::config_diff(tx, guild, head, revision)?;
        let compared = other.map(
            |other| match platform::config_diff(tx, guild, other, revision) {
                Ok(differing) => Ok(Some((other, differing))),
                Err(ConfigError::NoSuchRevision { .. }) => Ok(None),
                Err(error) => Err(error),
            },
        );
        let compared = compared.transpose()?.flatten();
        Ok::<_, ConfigError>(Some((found.entry, changed, back, compared)))
    };
    let found = room.core().database().read("web.revision", read).await;
    let found = found.map_err(|error| room.trouble(&error))?;
    let (entry, changed, back, compared) = found.ok_or(Trouble::NoPage)?;
    let called = called(room);
    let against = match (compared, against) {
        (Some((other, differing)), _) => {
            Against::Compared(other.get(), changes(&differing, &called))
        }
        (None, "") => Against::Nothing,
        (None, _) => Against::NoSuch,
    };
    Ok(RevisionView {
        people: room.names(author(&entry)).await.people,
        changes: changes(&changed, &called),
        back: changes(&back, &called),
        head: head.get(),
        against,
        refused,
        entry,
    })
}

/// `POST /dashboard/guilds/{guild_id}/settings/restore`
pub(crate) async fn restore(room: Room, sent: Sent) -> Answer {
    let to = sent.one("to").and_then(revision).ok_or(Trouble::NoPage)?;
    let base = sent.one(BASE).and_then(revision).ok_or(Trouble::Forged)?;
    let op = room.op("settings/restore", &sent)?;
    let command = RollbackOne {
        to: Target::Revision(to),
        base_revision: Some(base),
        note: sent.one(NOTE).unwrap_or_default().trim().to_owned(),
    };
    match configure::roll_one_back(room.core(), op, command).await {
        Ok(written) => {
            let new = written.revision.get();
            let did = if written.changes.is_empty() && new == base.get() {
                Did::Unchanged(new)
            } else {
                Did::Restored(new)
            };
            let to = room.at(&format!("/settings/history/{new}?{}", did.query()));
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) => match error.kind() {
            FaultKind::Invalid | FaultKind::Conflict => {
                let words = room.core().words().say(&Locale::english(), &error.told());
                let view = load_one(&room, to, "", Some(words));
                room.page(view, revision_page).await
            }
            FaultKind::NotFound => Err(Trouble::NoPage),
            _ => Err(room.trouble(&error)),
        },
    }
}
