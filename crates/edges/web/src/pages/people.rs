//! Finding a member by the beginning of a name: for the search field, and for filters.

use axum::{Json, response::IntoResponse as _};
use kernel::UserId;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use crate::{
    components::shell::Frame,
    query::Wanted,
    room::{Answer, Room},
};

/// The most characters that are taken of what was typed.
const LENGTH_MAX: usize = 40;

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    named: String,
}

/// `GET /dashboard/guilds/{guild_id}/people`
pub(crate) async fn find(room: Room, Wanted(asked): Wanted<Asked>) -> Answer {
    let found = room.core().members_named(room.guild, &asked.named).await;
    let found = found.into_iter().map(|(user, name)| {
        json!({ "id": user.to_string(), "name": name, "href": room.at(&format!("/members/{user}")) })
    });
    Ok(Json(found.collect::<Vec<_>>()).into_response())
}

/// Who is meant by an id or a name: the one who is called exactly so, else the only one whose name begins so.
pub(crate) async fn meant(room: &Room, text: &str) -> Option<UserId> {
    let text = text.trim().trim_start_matches('@');
    if text.is_empty() {
        return None;
    }
    if let Ok(user) = text.parse() {
        return Some(user);
    }
    let found = room.core().members_named(room.guild, text).await;
    let wanted = text.to_lowercase();
    let exact: Vec<_> = found
        .iter()
        .filter(|(_, name)| name.to_lowercase() == wanted)
        .collect();
    match (exact.as_slice(), found.as_slice()) {
        ([(user, _)], _) | ([], [(user, _)]) => Some(*user),
        _ => None,
    }
}

/// The field of a filter that takes a member. Nobody is found where something was typed and nobody is meant.
pub(crate) fn field(frame: &Frame, id: &str, typed: &str, meant: Option<UserId>) -> Markup {
    let is_nobody = !typed.trim().is_empty() && meant.is_none();
    let wrong = format!("{id}-wrong");
    let names = format!("{id}-names");
    html! {
        div.field {
            label for=(id) { "Member" }
            input.input type="text" id=(id) name="member" value=(typed) maxlength=(LENGTH_MAX) placeholder="Name or id"
                autocomplete="off" list=(names) data-people=(frame.at("/people")) aria-invalid=[is_nobody.then_some("true")]
                aria-describedby=[is_nobody.then_some(wrong.as_str())];
            datalist id=(names) {}
            @if is_nobody { p.wrong id=(wrong) { "Nobody is called that, or several are: write the whole name, or the id." } }
        }
    }
}
