//! Who gets in, and who did what: the roles that open this dashboard, the changes that were made, the tokens of programs,
//! and where the viewer is signed in.

use app::{Access, Role, Standing, flows::enter};
use audit::{Entry, Filter, Kind, Rank};
use kernel::UserId;
use maud::{Markup, html};
use platform::{ApiToken, Session};
use store::Tx;

use super::{
    Trouble,
    entry::{self, Names, days},
    token,
};
use crate::{
    components::{
        empty::{Empty, empty},
        icon::Icon,
        section::{live, page_head, section},
        shell::{self, Frame, Head, Section},
        table::{Rows, Table, table, text},
        tag::{Tone, tag},
        timeline::timeline,
    },
    moment,
    room::{Answer, Room},
    visit::word,
};

/// Changes that are shown.
const LINES: u32 = 12;

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// The roles that open more than a member sees.
    pub(crate) roles: Vec<(String, Standing)>,
    /// The tokens of programs, the newest first.
    pub(crate) tokens: Vec<ApiToken>,
    pub(crate) changes: Vec<Entry>,
    /// Whether writes from outside are among them.
    pub(crate) has_writes: bool,
    pub(crate) names: Names,
    /// The viewer's own sessions, and which of them this one is.
    pub(crate) sessions: Vec<Session>,
    pub(crate) present: platform::SessionId,
    /// Where this page is, within the site.
    pub(crate) back: String,
}

/// `GET /dashboard/guilds/{guild_id}/access`
pub(crate) async fn show(room: Room) -> Answer {
    room.page(load(&room), page).await
}

async fn load(room: &Room) -> Result<View, Trouble> {
    let (guild, eyes, core) = (room.guild, room.eyes(), room.core());
    let roles = core.roles_that_open(guild).await;
    let sessions = enter::sessions(core, room.viewer()).await;
    let read = move |tx: &mut Tx<'_>| {
        let mut found = Vec::new();
        for kind in [Kind::Config, Kind::Access] {
            let filter = Filter {
                kind: Some(kind),
                ..Filter::default()
            };
            found.extend(audit::search_seen(tx, guild, &eyes, &filter, None, LINES)?.entries);
        }
        Ok(found)
    };
    let mut changes = room.read("web.access", read).await?;
    changes.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.id)));
    changes.truncate(usize::try_from(LINES).unwrap_or(usize::MAX));
    let tokens = token::all(room).await?;
    let makers = tokens.iter().filter_map(|token| token.made_by.parse().ok());
    let people: Vec<UserId> = entry::people(&changes).into_iter().chain(makers).collect();
    Ok(View {
        roles: roles.map_err(|error| room.trouble(&error))?,
        has_writes: eyes.rank == Rank::Operator,
        names: room.names(people).await,
        tokens,
        changes,
        sessions: sessions.map_err(|error| room.trouble(&error))?,
        present: room.viewer().session.id,
        back: format!("/dashboard/guilds/{guild}/access"),
    })
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let head = Head {
        title: "Access",
        section: Some(Section::Access),
        is_live: true,
        ..Head::default()
    };
    let lead = "Who may look in here, what they changed, and where you are signed in yourself.";
    let main = html! {
        (page_head("Who gets in, and who did what?", lead, &html! {}))
        (section("changes", "Who changed what", &all(frame), &live("changes", &changes(frame, view))))
        (section("roles", "Who may look in here", &html! {}, &roles(view)))
        (section("tokens-part", "Programs that get in", &new_token(frame), &token::listed(frame, &view.tokens, &view.names)))
        (section("sessions", "Where you are signed in", &html! {}, &sessions(frame, view)))
    };
    shell::page(frame, &head, &main)
}

fn new_token(frame: &Frame) -> Markup {
    html! { @if frame.may_write { a.button.slim href=(frame.at("/access/new-token")) { "New token" } } }
}

fn all(frame: &Frame) -> Markup {
    html! { a href=(frame.at("/why?kind=config")) { "All changes" } }
}

fn changes(frame: &Frame, view: &View) -> Markup {
    if view.changes.is_empty() {
        return empty(&Empty {
            icon: Icon::Settings,
            title: "Nothing was changed yet",
            text: "Each change of the settings stands here, with who made it and a receipt.",
            actions: Vec::new(),
        });
    }
    html! {
        div.card { (timeline(&days(frame, &view.names, &view.changes))) }
        @if view.has_writes {
            p.soft.small {
                "As the operator you also see what was written through the dashboard, the API and the command line, with the "
                "session or token that wrote it."
            }
        }
    }
}

const fn opens(standing: Standing) -> &'static str {
    match (standing.role, standing.access) {
        (Role::Manager | Role::Operator, Access::Manage) => "Everything, and may change it",
        (Role::Manager | Role::Operator, Access::Read) => "Everything, to look at",
        (Role::Moderator, _) if standing.keeps_cases => "All decisions, and may take cases back",
        (Role::Moderator, _) => "All decisions",
        (Role::Member, _) => "What concerns themselves",
    }
}

fn roles(view: &View) -> Markup {
    let line =
        |who: Markup, what: &str, opens: &str| vec![who, html! { (what) }, html! { (opens) }];
    let mut rows = vec![line(
        html! { strong { "The owner of the server" } },
        "manager",
        "Everything, and may change it",
    )];
    rows.extend(view.roles.iter().map(|(name, standing)| {
        let name = html! { span.clip dir="auto" { (name) } };
        line(name, word(*standing), opens(*standing))
    }));
    rows.push(line(
        html! { "Everybody else in the server" },
        "member",
        "What concerns themselves",
    ));
    html! {
        (table(&Table {
            id: "roles",
            caption: "Roles and what they open",
            columns: &[text("Who"), text("Is here"), text("Sees")],
            rows: Rows::Here(rows),
            is_whole: true,
            first: None,
            next: None,
        }))
        p.soft.small {
            "This follows from the permissions in Discord: who may manage the server changes settings, who may time out members or "
            "delete messages keeps order. A role that is taken away there is gone here within a minute."
        }
    }
}

fn sessions(frame: &Frame, view: &View) -> Markup {
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
                @if session.id == view.present { (tag(Tone::Good, "this one")) } @else { (end(frame, view, Some(session), "End")) }
            },
        ]
    };
    html! {
        (table(&Table {
            id: "own-sessions",
            caption: "Your sessions",
            columns: &[text("Browser"), text("Since"), text("Last seen"), text("Sign out")],
            rows: Rows::Here(view.sessions.iter().map(line).collect()),
            is_whole: true,
            first: None,
            next: None,
        }))
        @if view.sessions.len() > 1 { div.row { (end(frame, view, None, "End all others")) } }
        p.soft.small { "A session ends by itself after half a day without a visit, and after a week in any case." }
    }
}

fn end(frame: &Frame, view: &View, session: Option<&Session>, words: &str) -> Markup {
    html! {
        form method="post" action={ (frame.root) "/sessions/end" } {
            (frame.proof.fields())
            input type="hidden" name="back" value=(view.back);
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
