//! The key of a server's own model provider: written and forgotten, never shown.

use app::flows::{
    own_key::{OwnKey, own_key},
    secrets::{self, KeepError, KeepSecret},
};
use axum::response::{IntoResponse, Redirect};
use kernel::{Fault, FaultKind, Locale};
use maud::{Markup, html};
use platform::SecretName;
use secrecy::SecretString;

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

pub(super) async fn kept(room: &Room) -> Result<OwnKey, Trouble> {
    let config = room.core().config(room.guild).await;
    let config = config.map_err(|error| room.trouble(&error))?;
    let found = own_key(room.core(), room.guild, &config.settings.ai).await;
    found.map_err(|error| room.trouble(&error))
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
                p.lead { "It is kept sealed and never shown again. It is sent to the provider and address that are set when you write it, and to no \
                    other: save those first, with Provider set to your own." }
                (state(frame, key))
                div.field {
                    label for="ai-key" { "Key" }
                    input.input.middle type="password" id="ai-key" name=(VALUE) autocomplete="off"
                        maxlength=(platform::SECRET_BYTES_MAX) spellcheck="false";
                }
                @if frame.may_write {
                    div.row {
                        button.button type="submit" { "Keep this key" }
                        @if key != OwnKey::None { button.button.danger type="submit" name=(FORGET) value="yes" { "Forget the key" } }
                    }
                }
            }
        }
    }
}

fn state(frame: &Frame, key: OwnKey) -> Markup {
    match key {
        OwnKey::None => html! { p.row { (tag(Tone::Plain, "no key")) } },
        OwnKey::Fits(at) => html! {
            p.row { (tag(Tone::Good, "a key is kept")) span.soft { "since " (moment::when(&frame.now, at)) } }
        },
        OwnKey::ForAnother(at) => html! {
            p.row {
                (tag(Tone::Warning, "not used"))
                span.soft {
                    "A key was written " (moment::when(&frame.now, at))
                    " for another provider or address. Write it again to have it used for the one that is set now."
                }
            }
        },
    }
}
