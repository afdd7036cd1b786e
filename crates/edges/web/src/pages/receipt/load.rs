//! Reads a decision with what belongs to it, as far as the viewer may see both.

use app::{Access, Role};
use audit::{EntryId, Filter};
use moderation::{CaseError, CaseState};
use store::{DbError, Tx};

use super::{
    Case, View,
    again::{Again, can_be, made},
    page,
};
use crate::{
    pages::{Trouble, entry},
    query::{Named, Wanted},
    room::{Answer, Room},
};

/// Others that are shown beside it.
const OTHERS: u32 = 12;

/// `GET /dashboard/guilds/{guild_id}/why/{entry_id}`
pub(crate) async fn show(
    room: Room,
    Named((_, id)): Named<(String, String)>,
    Wanted(again): Wanted<Again>,
) -> Answer {
    room.page(load(&room, &id, &again), page).await
}

async fn load(room: &Room, id: &str, again: &Again) -> Result<View, Trouble> {
    let id: EntryId = id.parse().map_err(|_| Trouble::NoPage)?;
    let (guild, eyes) = (room.guild, room.eyes());
    let read = move |tx: &mut Tx<'_>| {
        let Some(entry) = audit::fetch(tx, guild, id)?.and_then(|entry| eyes.sees(&entry)) else {
            return Ok(None);
        };
        let case = entry.case.map(|number| case(tx, guild, number));
        let case = case.transpose()?.flatten();
        let others = together(tx, &eyes, &entry)?;
        Ok(Some((entry, case, others)))
    };
    let found = room.read("web.receipt", read).await?;
    let (entry, case, others) = found.ok_or(Trouble::NoPage)?;
    let mut people = entry::people(&others);
    people.extend(entry::people(std::slice::from_ref(&entry)));
    let json = audit::json::entry(&entry);
    // The rules, and what watches in the shadow, are for those who keep order.
    let may_repeat = can_be(&entry) && room.standing().suffices(Role::Moderator, Access::Read);
    let again = match may_repeat {
        true => made(room, &entry, again).await?,
        false => None,
    };
    Ok(View {
        may_repeat,
        again,
        json: serde_json::to_string_pretty(&json).unwrap_or_default(),
        names: room.names(people).await,
        case,
        others,
        entry,
    })
}

/// How the case of a decision stands; nothing where it is gone.
fn case(tx: &mut Tx<'_>, guild: kernel::GuildId, number: i64) -> Result<Option<Case>, DbError> {
    match moderation::case_fetch(tx, guild, number) {
        Ok(case) => Ok(Some(Case {
            number,
            is_undone: case.state == CaseState::Undone,
        })),
        Err(CaseError::Store(error)) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Decisions of the same case or message, without this one.
fn together(
    tx: &mut Tx<'_>,
    eyes: &audit::Viewer,
    entry: &audit::Entry,
) -> Result<Vec<audit::Entry>, DbError> {
    let filter = match (entry.case, entry.trigger.message) {
        (Some(case), _) => Filter {
            case: Some(case),
            ..Filter::default()
        },
        (None, Some(message)) => Filter {
            message: Some(message),
            ..Filter::default()
        },
        (None, None) => return Ok(Vec::new()),
    };
    let mut found = audit::search_seen(tx, entry.guild, eyes, &filter, None, OTHERS)?.entries;
    found.retain(|other| other.id != entry.id);
    Ok(found)
}
