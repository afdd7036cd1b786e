//! The servers that somebody may see, and what they are there.

use app::SeenGuilds;
use axum::{extract::State, response::Html};
use maud::{Markup, html};

use super::plain;
use crate::{
    Site, Web,
    visit::{Visit, word},
};

/// `GET /dashboard`
pub(crate) async fn show(State(web): State<Web>, visit: Visit) -> Html<String> {
    let seen = web.core().guilds_seen(&visit.viewer).await;
    plain::page(
        web.site(),
        "Your servers",
        &listed(web.site(), &visit, &seen),
    )
}

fn listed(site: &Site, visit: &Visit, seen: &SeenGuilds) -> Markup {
    html! {
        @if seen.guilds.is_empty() {
            p { "Guildhall is in no server that you are in. Whoever manages a server can invite it; then sign in again." }
        } @else {
            ul.servers {
                @for guild in &seen.guilds {
                    li {
                        a href=(site.link(&format!("/dashboard/guilds/{}", guild.id))) {
                            span.name { (guild.known.name) }
                            span.label { (word(guild.standing)) }
                        }
                    }
                }
            }
        }
        @if visit.viewer.is_operator {
            p { a.button href=(site.link("/dashboard/operator")) { "Operator's console" } }
        }
        @if seen.unknown > 0 {
            p.note { (seen.unknown) " of your servers could not be looked up just now. Reload the page in a moment." }
        }
        (account(site, visit))
    }
}

/// Who is signed in, and the ways out.
pub(crate) fn account(site: &Site, visit: &Visit) -> Markup {
    html! {
        form.account method="post" action=(site.link("/auth/logout")) {
            input type="hidden" name=(crate::shield::TOKEN_FIELD) value=(visit.csrf);
            span { "Signed in as " strong { (visit.viewer.session.name) } }
            a href=(site.link("/dashboard/sessions")) { "Sessions" }
            button { "Sign out" }
        }
    }
}
