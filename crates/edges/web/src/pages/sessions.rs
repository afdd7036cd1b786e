//! Where somebody is signed in, and how to end it there.

use app::flows::enter;
use maud::{Markup, html};
use platform::{Session, SessionId};

use super::Trouble;
use crate::{
    components::{
        section::page_head,
        shell::{self, Frame, Head},
        table::{Rows, Table, table, text},
        tag::{Tone, tag},
    },
    lobby::Lobby,
    moment,
    room::Answer,
};

/// Somebody's sessions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Own<'a> {
    /// The one used last first.
    pub(crate) sessions: &'a [Session],
    /// The one that asks.
    pub(crate) present: SessionId,
    /// The page to come back to.
    pub(crate) back: &'a str,
}

/// `GET /dashboard/sessions`
pub(crate) async fn show(lobby: Lobby) -> Answer {
    let viewer = &lobby.visit.viewer;
    let view = async {
        let sessions = enter::sessions(lobby.web.core(), viewer).await;
        sessions.map_err(|error| Trouble::of_fault(&lobby.web, &error))
    };
    let present = viewer.session.id;
    let draw = |frame: &Frame, sessions: &Vec<Session>| page(frame, sessions, present);
    lobby.page(view, draw).await
}

/// The page.
pub(crate) fn page(frame: &Frame, sessions: &[Session], present: SessionId) -> Markup {
    let head = Head {
        title: "Sessions",
        crumbs: vec![("Your servers", frame.root.clone())],
        ..Head::default()
    };
    let own = Own {
        sessions,
        present,
        back: "/dashboard/sessions",
    };
    let main = html! {
        (page_head("Sessions", "You are signed in at these places.", &html! {}))
        (listed(frame, &own))
    };
    shell::page(frame, &head, &main)
}

/// The sessions, each with the way to end it.
pub(super) fn listed(frame: &Frame, own: &Own<'_>) -> Markup {
    let line = |session: &Session| {
        let agent = if session.agent.is_empty() {
            "A browser without a name"
        } else {
            &session.agent
        };
        vec![
            html! { span.clip title=(agent) { (browser(agent)) } },
            moment::when(&frame.now, session.began_at),
            moment::when(&frame.now, session.seen_at),
            html! {
                @if session.id == own.present { (tag(Tone::Good, "this one")) } @else { (end(frame, own, Some(session), "End")) }
            },
        ]
    };
    html! {
        (table(&Table {
            id: "own-sessions",
            caption: "Your sessions",
            columns: &[text("Browser"), text("Since"), text("Last seen"), text("Sign out")],
            rows: Rows::Here(own.sessions.iter().map(line).collect()),
            is_whole: true,
            first: None,
            next: None,
        }))
        @if own.sessions.len() > 1 { div.row { (end(frame, own, None, "End all others")) } }
        p.soft.small { "A session ends by itself after half a day without a visit, and after a week in any case." }
    }
}

fn end(frame: &Frame, own: &Own<'_>, session: Option<&Session>, words: &str) -> Markup {
    html! {
        form method="post" action={ (frame.root) "/sessions/end" } {
            (frame.proof.fields())
            input type="hidden" name="back" value=(own.back);
            @if let Some(session) = session { input type="hidden" name="session" value=(session.id.get()); }
            button.button.slim type="submit" { (words) }
        }
    }
}

/// What a browser calls itself, short: its own name and the system's, where both are plain.
fn browser(agent: &str) -> String {
    let names = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let first = |known: &[(&str, &'static str)]| {
        let found = known.iter().find(|(mark, _)| agent.contains(mark));
        found.map(|(_, name)| *name)
    };
    match (first(&names), first(&systems)) {
        (Some(name), Some(system)) => format!("{name} on {system}"),
        (Some(name), None) => name.to_owned(),
        (None, _) => agent.chars().take(60).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn a_browser_is_named_shortly_or_as_it_names_itself() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";
        assert_eq!(browser(chrome), "Chrome on Linux");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1";
        assert_eq!(browser(phone), "Safari on iPhone");
        assert_eq!(browser("A browser/1.0"), "A browser/1.0");
    }
}
