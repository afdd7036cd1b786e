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
    sessions::{self, Own},
    token,
};
use crate::{
    components::{
        empty::{Empty, empty},
        icon::Icon,
        section::{live, page_head, section},
        shell::{self, Frame, Head, Section},
        table::{Rows, Table, table, text},
        timeline::timeline,
    },
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
    let own = Own {
        sessions: &view.sessions,
        present: view.present,
        back: &view.back,
    };
    let lead = "Who may look in here, what they changed, and where you are signed in yourself.";
    let main = html! {
        (page_head("Who gets in, and who did what?", lead, &html! {}))
        (section("changes", "Who changed what", &all(frame), &live("changes", &changes(frame, view))))
        (section("roles", "Who may look in here", &html! {}, &roles(view)))
        (section("tokens-part", "Programs that get in", &new_token(frame), &token::listed(frame, &view.tokens, &view.names)))
        (section("sessions", "Where you are signed in", &html! {}, &sessions::listed(frame, &own)))
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
