//! Reads the settings, looks at what a form would change, and saves it.

use app::{
    Problem,
    flows::configure::{self, Configure, ConfigureError},
};
use axum::response::{IntoResponse, Redirect};
use kernel::{Fault, FaultKind, Locale, Span};
use platform::{Author, ConfigError, Revision, Snapshot};
use serde_json::Value;
use store::Tx;

use super::{BASE, DO, NOTE, PREVIEW, Refused, View, WHOLE, key, page};
use crate::{
    components::toast::Undo,
    did::Did,
    pages::Trouble,
    query::Named,
    room::{Answer, Room},
    sent::Sent,
    settings::{Called, Filled, SECTIONS, Section, changes},
};

/// So long the page after a save offers to take it back.
const UNDO_OFFERED: Span = Span::minutes(10);

/// `GET /dashboard/guilds/{guild_id}/settings`
pub(crate) async fn first(room: Room) -> Answer {
    shown(room, Some(SECTIONS[0])).await
}

/// `GET /dashboard/guilds/{guild_id}/settings/{section}`
pub(crate) async fn show(room: Room, Named((_, name)): Named<(String, String)>) -> Answer {
    let section = section(&name)?;
    shown(room, section).await
}

async fn shown(mut room: Room, section: Option<Section>) -> Answer {
    let head = head(&room).await?;
    let undo = undo_of(&room, &head);
    if let Some(toast) = room.toast.as_mut().filter(|_| undo.is_some()) {
        toast.undo = undo;
    }
    let view = view(&room, section, &head).await?;
    room.page(std::future::ready(Ok(view)), page).await
}

/// A section as it is in force.
pub(super) async fn view(
    room: &Room,
    section: Option<Section>,
    head: &Snapshot,
) -> Result<View, Trouble> {
    let has_key = section.is_some_and(|section| section.name == key::SECTION);
    let key = match has_key {
        true => Some(key::kept(room).await?),
        false => None,
    };
    Ok(View {
        section,
        document: head.document.value().clone(),
        revision: head.entry.revision.get(),
        refused: None,
        key,
        channels: channels(room),
        roles: roles(room),
    })
}

/// `POST /dashboard/guilds/{guild_id}/settings/{section}`
pub(crate) async fn save(
    room: Room,
    Named((_, name)): Named<(String, String)>,
    sent: Sent,
) -> Answer {
    let section = section(&name)?;
    let head = head(&room).await?;
    let base = base(&room, &sent, &head).await?;
    let asked = Asked {
        section,
        sent: &sent,
        base: &base,
        head: &head,
    };
    match written(&room, &asked).await? {
        Ok(did) => {
            let to = room.at(&format!("/settings/{name}?{}", did.query()));
            Ok(Redirect::to(&to).into_response())
        }
        Err(refused) => {
            let view = refused_view(&room, &asked, refused).await?;
            room.page(std::future::ready(Ok(view)), page).await
        }
    }
}

/// A form that was sent, with what it is compared with.
struct Asked<'a> {
    section: Option<Section>,
    sent: &'a Sent,
    /// What its author looked at.
    base: &'a Snapshot,
    /// What is in force.
    head: &'a Snapshot,
}

impl Asked<'_> {
    fn filled<'f>(&'f self, section: &'f Section) -> Filled<'f> {
        Filled {
            section,
            sent: self.sent,
            base: self.base.document.value(),
            head: self.head.document.value(),
        }
    }

    /// The document that is asked for.
    fn document(&self) -> Result<Value, Vec<Problem>> {
        if let Some(section) = &self.section {
            return self.filled(section).document();
        }
        let text = self.sent.one(WHOLE).unwrap_or_default();
        serde_json::from_str(text).map_err(|error| {
            let reason = format!("this is no JSON: {error}");
            let pointer = String::new();
            vec![Problem { pointer, reason }]
        })
    }
}

/// Saves what is asked for, or says why nothing was written.
async fn written(room: &Room, asked: &Asked<'_>) -> Result<Result<Did, Refused>, Trouble> {
    let (base, head) = (asked.base.entry.revision, asked.head.entry.revision);
    let document = match asked.document() {
        Ok(document) => document,
        Err(problems) => return Ok(Err(Refused::Wrong(problems))),
    };
    let checked = match configure::check(room.core(), room.guild, &document) {
        Ok(checked) => checked,
        Err(error) => return refused(room, &error).map(Err),
    };
    if base != head {
        return Ok(Err(Refused::Stale(head.get())));
    }
    let differing = platform::diff(asked.head.document.value(), checked.value());
    if asked.sent.one(DO) == Some(PREVIEW) {
        return Ok(Err(Refused::Previewed(changes(&differing, &called(room)))));
    }
    if differing.is_empty() {
        return Ok(Ok(Did::Unchanged(head.get())));
    }
    let name = asked.section.map_or(WHOLE, |section| section.name);
    let op = room.op(&format!("settings/{name}"), asked.sent)?;
    let command = Configure {
        document,
        note: asked.sent.one(NOTE).unwrap_or_default().trim().to_owned(),
        base_revision: Some(base),
    };
    match configure::configure(room.core(), op, command).await {
        Ok(written) => Ok(Ok(Did::Saved(written.revision.get()))),
        Err(error) => refused(room, &error).map(Err),
    }
}

/// What a refusal is to the author; a failure is a trouble.
pub(in crate::pages) fn refused(room: &Room, error: &ConfigureError) -> Result<Refused, Trouble> {
    Ok(match error {
        ConfigureError::Wrong(problems) => Refused::Wrong(problems.clone()),
        ConfigureError::Policy(refusals) => {
            let problem = |refusal: &platform::Refusal| Problem {
                pointer: refusal.pointer.clone(),
                reason: format!("{} ({})", refusal.reason, refusal.rule.stands()),
            };
            Refused::Wrong(refusals.iter().map(problem).collect())
        }
        ConfigureError::Config(ConfigError::Stale { head, .. }) => Refused::Stale(head.get()),
        ConfigureError::Config(error) => match error.kind() {
            FaultKind::Invalid | FaultKind::Conflict => {
                let words = room.core().words();
                Refused::Told(words.say(&Locale::english(), &error.told()))
            }
            _ => return Err(room.trouble(error)),
        },
    })
}

async fn refused_view(room: &Room, asked: &Asked<'_>, refused: Refused) -> Result<View, Trouble> {
    let mut sent = match (&refused, &asked.section) {
        (Refused::Stale(_), Some(section)) => asked.filled(section).merged(),
        _ => asked.sent.clone(),
    };
    if let (Refused::Stale(_), Some(note)) = (&refused, asked.sent.one(NOTE)) {
        sent.0.push((NOTE.to_owned(), note.to_owned()));
    }
    Ok(View {
        revision: asked.base.entry.revision.get(),
        refused: Some((Some(sent), refused)),
        ..view(room, asked.section, asked.head).await?
    })
}

/// The section of a name; nothing for the document as a whole.
fn section(name: &str) -> Result<Option<Section>, Trouble> {
    if name == WHOLE {
        return Ok(None);
    }
    let mut all = SECTIONS.iter();
    let found = all.find(|section| section.name == name);
    found.copied().map(Some).ok_or(Trouble::NoPage)
}

/// What is in force.
pub(in crate::pages) async fn head(room: &Room) -> Result<Snapshot, Trouble> {
    let guild = room.guild;
    // A guild that the bot has only just joined gets its first revision.
    let begun = room.core().config(guild).await;
    begun.map_err(|error| room.trouble(&error))?;
    let read = move |tx: &mut Tx<'_>| platform::config_fetch(tx, guild, None);
    let head = room.read("web.settings", read).await?;
    head.ok_or(Trouble::NoPage)
}

/// What the author of a form looked at.
async fn base(room: &Room, sent: &Sent, head: &Snapshot) -> Result<Snapshot, Trouble> {
    let named = sent.one(BASE).and_then(|text| text.parse().ok());
    let named = named.and_then(|number| Revision::new(number).ok());
    let named = named.filter(|named| *named != head.entry.revision);
    let Some(named) = named else {
        return Ok(head.clone());
    };
    let guild = room.guild;
    let read = move |tx: &mut Tx<'_>| platform::config_fetch(tx, guild, Some(named));
    let base = room.read("web.settings_base", read).await?;
    Ok(base.unwrap_or_else(|| head.clone()))
}

/// The way back from what the viewer has just saved.
fn undo_of(room: &Room, head: &Snapshot) -> Option<Undo> {
    let (Some(Did::Saved(number)), entry) = (room.did, &head.entry) else {
        return None;
    };
    let is_theirs = entry.author == Author::Member(room.viewer().session.user);
    let is_fresh = room.now.at.since(entry.at) < UNDO_OFFERED;
    let before = entry.revision.before()?;
    (number == entry.revision.get() && is_theirs && is_fresh).then(|| Undo {
        action: room.at("/settings/restore"),
        fields: vec![
            ("to".to_owned(), before.to_string()),
            (BASE.to_owned(), number.to_string()),
        ],
    })
}

/// What channels and roles are called.
pub(in crate::pages) fn called(room: &Room) -> Called {
    channels(room).into_iter().chain(roles(room)).collect()
}

/// The channels that can be chosen, as they stand in Discord.
pub(in crate::pages) fn channels(room: &Room) -> Vec<(String, String)> {
    let Some(view) = room.core().guild_view(room.guild) else {
        return Vec::new();
    };
    let channels = view.channels.iter();
    let mut channels: Vec<_> = channels
        .filter(|channel| channel.kind.holds_messages() && !channel.kind.is_thread())
        .collect();
    channels.sort_by_key(|channel| (channel.position, channel.id));
    let channels = channels.into_iter();
    channels
        .map(|channel| (channel.id.to_string(), format!("#{}", channel.name)))
        .collect()
}

/// The roles that can be chosen, the highest first.
pub(in crate::pages) fn roles(room: &Room) -> Vec<(String, String)> {
    let Some(view) = room.core().guild_view(room.guild) else {
        return Vec::new();
    };
    let roles = view.roles.iter();
    let mut roles: Vec<_> = roles
        .filter(|role| role.id.get() != room.guild.get() && !role.is_managed)
        .collect();
    roles.sort_by_key(|role| (std::cmp::Reverse(role.position), role.id));
    let roles = roles.into_iter();
    roles
        .map(|role| (role.id.to_string(), role.name.clone()))
        .collect()
}
