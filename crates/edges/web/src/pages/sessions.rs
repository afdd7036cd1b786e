//! Where somebody is signed in, and how to end it there.

use app::flows::enter;
use axum::{extract::State, response::Html};
use maud::{Markup, html};
use platform::Session;

use super::{Trouble, plain, servers::account};
use crate::{Site, Web, shield::TOKEN_FIELD, visit::Visit};

/// `GET /dashboard/sessions`
pub(crate) async fn show(State(web): State<Web>, visit: Visit) -> Result<Html<String>, Trouble> {
    let sessions = enter::sessions(web.core(), &visit.viewer).await;
    let sessions = sessions.map_err(|error| Trouble::of_fault(&web, &error))?;
    let site = web.site();
    let main = html! {
        p { "You are signed in at these places. A session ends by itself after half a day without a visit, and after a \
            week in any case." }
        ul.sessions { @for session in &sessions { (line(site, &visit, session)) } }
        @if sessions.len() > 1 {
            form method="post" action=(site.link("/dashboard/sessions/end")) {
                input type="hidden" name=(TOKEN_FIELD) value=(visit.csrf);
                button { "End all others" }
            }
        }
        (account(site, &visit))
    };
    Ok(plain::page(site, "Sessions", &main))
}

fn line(site: &Site, visit: &Visit, session: &Session) -> Markup {
    let is_this = session.id == visit.viewer.session.id;
    html! {
        li {
            span.name { @if session.agent.is_empty() { "A browser without a name" } @else { (session.agent) } }
            span.label { "since " (session.began_at) ", last seen " (session.seen_at) }
            @if is_this {
                span.label { "this one" }
            } @else {
                form method="post" action=(site.link("/dashboard/sessions/end")) {
                    input type="hidden" name=(TOKEN_FIELD) value=(visit.csrf);
                    button name="session" value=(session.id.get()) { "End" }
                }
            }
        }
    }
}
