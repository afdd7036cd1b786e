//! The servers that somebody may see, and what they are there.

use app::{SeenGuild, SeenGuilds};
use axum::response::{Html, IntoResponse};
use maud::{Markup, html};

use crate::{
    components::{
        avatar::{Named, server},
        empty::{Empty, empty},
        icon::Icon,
        notice::{Notice, notice},
        section::page_head,
        shell::{self, Frame, Head},
        tag::Tone,
    },
    lobby::Lobby,
    room::Answer,
    visit::word,
};

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) seen: SeenGuilds,
    /// Where the bot is brought into a server; nothing where Discord has not said yet which bot it is.
    pub(crate) invite: Option<String>,
    /// Where somebody signs in again.
    pub(crate) sign_in: String,
}

/// `GET /dashboard`
pub(crate) async fn show(lobby: Lobby) -> Answer {
    let web = &lobby.web;
    let seen = web.core().guilds_seen(&lobby.visit.viewer).await;
    let view = View {
        // Only what is looked up at this moment is offered, so a server that was left stands nowhere.
        seen,
        invite: web.installation().invite(),
        sign_in: super::trouble::sign_in(web.site(), crate::door::HOME),
    };
    let frame = Frame {
        servers: view.seen.guilds.iter().map(named).collect(),
        ..lobby.frame()
    };
    Ok(Html(page(&frame, &view).into_string()).into_response())
}

fn named(seen: &SeenGuild) -> Named {
    Named {
        id: seen.id.get(),
        name: seen.known.name.clone(),
    }
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let head = Head {
        title: "Your servers",
        ..Head::default()
    };
    let console = html! {
        @if frame.operates { a.button href={ (frame.root) "/operator" } { "Operator's console" } }
    };
    let main = html! {
        (page_head("Your servers", &lead(&view.seen), &console))
        (unknown(&view.seen))
        @if view.seen.guilds.is_empty() { (nowhere(view)) } @else { (listed(frame, &view.seen)) }
    };
    shell::page(frame, &head, &main)
}

fn lead(seen: &SeenGuilds) -> String {
    match seen.guilds.len() {
        0 => String::new(),
        1 => "Guildhall is in one server that you are in.".to_owned(),
        count => format!("Guildhall is in {count} servers that you are in."),
    }
}

fn listed(frame: &Frame, seen: &SeenGuilds) -> Markup {
    html! {
        ul.plain.tiles.servers {
            @for guild in &seen.guilds {
                li {
                    a.tile.with-mark href={ (frame.root) "/guilds/" (guild.id) } data-stop {
                        (server(&named(guild)))
                        span.two { strong.clip { (guild.known.name) } span.soft { "You are " (word(guild.standing)) " there." } }
                    }
                }
            }
        }
    }
}

/// What somebody does who sees no server.
fn nowhere(view: &View) -> Markup {
    let again = ("Sign in again", view.sign_in.clone());
    let (text, actions) = match &view.invite {
        Some(invite) => (
            "Guildhall is in no server that you are in. Do you manage one? Invite Guildhall, choose the server, then sign in \
             again: which servers you are in is asked of Discord at that moment alone.",
            vec![("Invite Guildhall", invite.clone()), again],
        ),
        None => (
            "Guildhall is in no server that you are in. Whoever manages a server can invite it; then sign in again: which \
             servers you are in is asked of Discord at that moment alone.",
            vec![again],
        ),
    };
    html! {
        h2.unseen { "Servers" }
        (empty(&Empty {
            icon: Icon::Grid,
            title: "No server yet",
            text,
            actions,
        }))
    }
}

fn unknown(seen: &SeenGuilds) -> Markup {
    html! {
        @if seen.unknown > 0 {
            (notice(&Notice {
                tone: Tone::Warning,
                title: "Some are missing.".to_owned(),
                text: format!(
                    "{} of your servers could not be looked up just now. Reload the page in a moment.",
                    seen.unknown
                ),
                action: None,
            }))
        }
    }
}
