//! The key of a server's own model provider: written and forgotten, never shown.

use app::flows::secrets::{self, KeepError, KeepSecret};
use axum::response::{IntoResponse, Redirect};
use kernel::{Fault, FaultKind, Locale, Timestamp};
use maud::{Markup, html};
use platform::{Owner, SecretError, SecretName};
use secrecy::SecretString;
use store::Tx;

use super::{Refused, View, load};
use crate::{
    components::{
        shell::Frame,
        tag::{Tone, tag},
    },
    did::Did,
    moment,
    pages::Trouble,
    room::{Answer, Room},
    sent::Sent,
    settings::SECTIONS,
};

/// The section on whose page it stands.
pub(super) const SECTION: &str = "ai";
const VALUE: &str = "key";
const FORGET: &str = "forget";

/// Whether a key is kept, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    None,
    Since(Timestamp),
}

pub(super) async fn kept(room: &Room) -> Result<Key, Trouble> {
    let guild = room.guild;
    let read = move |tx: &mut Tx<'_>| -> Result<_, SecretError> {
        let all = platform::secrets_list(tx, Owner::Guild(guild))?;
        let name = SecretName::ai_key();
        Ok(all.into_iter().find(|line| line.name == name))
    };
    let found = room.core().database().read("web.ai_key", read).await;
    let found = found.map_err(|error| room.trouble(&error))?;
    Ok(found.map_or(Key::None, |line| Key::Since(line.at)))
}

/// `POST /dashboard/guilds/{guild_id}/settings/ai/key`
pub(crate) async fn write(room: Room, sent: Sent) -> Answer {
    let op = room.op("settings/ai/key", &sent)?;
    let name = SecretName::ai_key();
    let (done, did) = if sent.one(FORGET).is_some() {
        let done = secrets::delete(room.core(), op, name).await;
        (done, Did::KeyForgotten)
    } else {
        let value = sent.one(VALUE).unwrap_or_default().trim();
        let value = SecretString::from(value.to_owned());
        let done = secrets::keep(room.core(), op, KeepSecret { name, value }).await;
        (done, Did::KeyKept)
    };
    match done {
        // One that is gone already is forgotten.
        Ok(()) | Err(KeepError::NoSuchSecret { .. }) => {
            let to = room.at(&format!("/settings/{SECTION}?{}", did.query()));
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) => refused(&room, &error).await,
    }
}

async fn refused(room: &Room, error: &KeepError) -> Answer {
    if !matches!(
        error.kind(),
        FaultKind::Invalid | FaultKind::Exhausted | FaultKind::Conflict
    ) {
        return Err(room.trouble(error));
    }
    let words = room.core().words().say(&Locale::english(), &error.told());
    let section = SECTIONS.iter().find(|section| section.name == SECTION);
    let head = load::head(room).await?;
    let mut view = load::view(room, section.copied(), &head).await?;
    view.refused = Some((None, Refused::Told(words)));
    room.page(std::future::ready(Ok(view)), super::page).await
}

/// The form, on the page of its section.
pub(super) fn form(frame: &Frame, view: &View) -> Markup {
    let Some(key) = view.key else {
        return html! {};
    };
    html! {
        form.form method="post" action=(frame.at("/settings/ai/key")) autocomplete="off" {
            (frame.proof.fields())
            fieldset.group disabled[!frame.may_write] {
                legend { "Your provider's key" }
                p.lead { "It is kept sealed, used for your server alone, and never shown again. With it set Provider to your own." }
                (state(frame, key))
                div.field {
                    label for="ai-key" { "Key" }
                    input.input.middle type="password" id="ai-key" name=(VALUE) autocomplete="off"
                        maxlength=(platform::SECRET_BYTES_MAX) spellcheck="false";
                }
                @if frame.may_write {
                    div.row {
                        button.button type="submit" { "Keep this key" }
                        @if key != Key::None { button.button.danger type="submit" name=(FORGET) value="yes" { "Forget the key" } }
                    }
                }
            }
        }
    }
}

fn state(frame: &Frame, key: Key) -> Markup {
    match key {
        Key::None => html! { p.row { (tag(Tone::Plain, "no key")) } },
        Key::Since(at) => html! {
            p.row { (tag(Tone::Good, "a key is kept")) span.soft { "since " (moment::when(&frame.now, at)) } }
        },
    }
}
