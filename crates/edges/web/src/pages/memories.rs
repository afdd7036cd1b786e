//! What is remembered: each fact with where it came from, where it may be used and until when; and having one forgotten.
//!
//! What the bot remembers of a member stays between the two: others learn that there is something, and not what. A fact
//! of the server that was learnt where not everybody may read is told to whoever may read there.

use std::collections::BTreeSet;

use app::{
    Access, Role,
    flows::memories::{self, ForgetError},
};
use axum::response::{IntoResponse, Redirect};
use kernel::{ChannelId, UserId};
use maud::{Markup, html};
use memory::{Fact, FactId, Origin, Scope, Subject};
use serde::Deserialize;
use store::Tx;

use super::{
    Trouble,
    entry::{Names, member},
    people,
};
use crate::{
    components::{
        empty::{Empty, empty},
        filter::select,
        icon::{Icon, icon},
        notice::{Notice, notice},
        section::page_head,
        shell::{self, Frame, Head, Section},
        table::{Rows, Table, table, text},
        tag::{Tone, tag},
    },
    did::Did,
    moment, query,
    query::{Named, Wanted},
    room::{Answer, Room},
    sent::Sent,
};

/// Facts that one page looks at.
const PAGE: u32 = 50;
/// What one may look for.
const ABOUT: [(&str, &str); 2] = [("server", "The server"), ("members", "Members")];
const SCOPES: [(&str, &str); 2] = [("guild", "Everywhere"), ("channel", "In one channel")];

/// What is asked for in the address; what makes no sense is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    pub(crate) about: String,
    pub(crate) scope: String,
    pub(crate) member: String,
    pub(crate) cursor: String,
    /// Who that is; looked up.
    #[serde(skip)]
    pub(crate) meant: Option<UserId>,
}

impl Asked {
    fn address(&self, frame: &Frame, cursor: &str) -> String {
        let pairs = [
            ("about", self.about.as_str()),
            ("scope", &self.scope),
            ("member", &self.member),
            ("cursor", cursor),
        ];
        frame.at(&format!("/memory{}", query::string(&pairs)))
    }

    fn is_filtered(&self) -> bool {
        [&self.about, &self.scope, &self.member]
            .iter()
            .any(|text| !text.is_empty())
    }

    fn lets_through(&self, fact: &Fact) -> bool {
        let about = match self.about.as_str() {
            "server" => fact.subject == Subject::Guild,
            "members" => fact.subject == Subject::Member,
            _ => true,
        };
        about && (self.scope.is_empty() || fact.scope.name() == self.scope)
    }
}

/// A fact as a viewer sees it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) fact: Fact,
    /// Whether its words are the viewer's to read.
    pub(crate) is_readable: bool,
    /// Whether they may have it forgotten.
    pub(crate) may_forget: bool,
}

/// What the list shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) asked: Asked,
    pub(crate) facts: Vec<Seen>,
    pub(crate) next: Option<FactId>,
    /// Whether the viewer sees their own alone.
    pub(crate) is_own: bool,
    pub(crate) is_on: bool,
    pub(crate) names: Names,
}

/// One fact, before it is forgotten.
#[derive(Debug, Clone)]
pub(crate) struct OneView {
    pub(crate) seen: Seen,
    pub(crate) names: Names,
}

/// The fact in the path.
#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    memory_id: String,
}

/// Who looks, and what they may read.
struct Eyes {
    user: UserId,
    is_operator: bool,
    /// Whether they see what is known of the server, and that something is known of members.
    sees_all: bool,
    may_manage: bool,
    channels: BTreeSet<ChannelId>,
}

impl Eyes {
    async fn of(room: &Room) -> Self {
        let standing = room.standing();
        let viewer = room.viewer();
        Self {
            user: viewer.session.user,
            is_operator: viewer.is_operator,
            sees_all: standing.suffices(Role::Manager, Access::Read),
            may_manage: standing.suffices(Role::Manager, Access::Manage),
            channels: room.core().channels_read(room.guild, viewer).await,
        }
    }

    /// A fact as they see it; nothing where they do not learn that it is there.
    fn sees(&self, fact: Fact) -> Option<Seen> {
        let is_own = fact.user == self.user;
        if !is_own && !self.sees_all {
            return None;
        }
        let is_readable = match fact.subject {
            _ if is_own || self.is_operator => true,
            Subject::Member => false,
            Subject::Guild => fact.scope == Scope::Guild || self.channels.contains(&fact.channel),
        };
        Some(Seen {
            may_forget: is_own || self.may_manage,
            is_readable,
            fact,
        })
    }
}

/// `GET /dashboard/guilds/{guild_id}/memory`
pub(crate) async fn show(room: Room, Wanted(asked): Wanted<Asked>) -> Answer {
    room.page(load(&room, asked), page).await
}

async fn load(room: &Room, mut asked: Asked) -> Result<View, Trouble> {
    asked.meant = people::meant(room, &asked.member).await;
    let config = room.core().config(room.guild).await;
    let config = config.map_err(|error| room.trouble(&error))?;
    let eyes = Eyes::of(room).await;
    let wanted = asked.meant;
    let user = if eyes.sees_all {
        wanted
    } else {
        Some(eyes.user)
    };
    let (guild, before, now) = (room.guild, asked.cursor.parse().ok(), room.now.at);
    let read = move |tx: &mut Tx<'_>| memory::facts(tx, guild, user, before, PAGE, now);
    let found = room.read("dashboard.memory", read).await?;
    let facts = found.items.into_iter();
    let facts: Vec<Seen> = facts
        .filter(|fact| asked.lets_through(fact))
        .filter_map(|fact| eyes.sees(fact))
        .collect();
    let people: Vec<UserId> = facts.iter().map(|seen| seen.fact.user).collect();
    Ok(View {
        names: room.names(people.into_iter().chain(wanted)).await,
        facts,
        next: found.next,
        is_own: !eyes.sees_all,
        is_on: config.settings.memory.enabled,
        asked,
    })
}

/// `GET /dashboard/guilds/{guild_id}/memory/{memory_id}`
pub(crate) async fn show_one(room: Room, Named(which): Named<Which>) -> Answer {
    room.page(load_one(&room, &which), one_page).await
}

async fn load_one(room: &Room, which: &Which) -> Result<OneView, Trouble> {
    let id: FactId = which.memory_id.parse().map_err(|_| Trouble::NoPage)?;
    let guild = room.guild;
    let read = move |tx: &mut Tx<'_>| memory::fact(tx, guild, id);
    let fact = room.read("dashboard.fact", read).await?;
    let seen = Eyes::of(room).await.sees(fact.ok_or(Trouble::NoPage)?);
    let seen = seen.ok_or(Trouble::NoPage)?;
    Ok(OneView {
        names: room.names([seen.fact.user]).await,
        seen,
    })
}

/// `POST /dashboard/guilds/{guild_id}/memory/{memory_id}/forget`
pub(crate) async fn forget(room: Room, Named(which): Named<Which>, sent: Sent) -> Answer {
    let view = load_one(&room, &which).await?;
    if !view.seen.may_forget {
        return Err(Trouble::NotAllowed);
    }
    let id = view.seen.fact.id;
    let op = room.op(&format!("memories/{id}/forget"), &sent)?;
    match memories::forget(room.core(), op, id).await {
        Ok(()) => {
            let to = format!("/memory?{}", Did::Forgotten(1).query());
            Ok(Redirect::to(&room.at(&to)).into_response())
        }
        Err(ForgetError::NoSuchMemory { .. }) => Err(Trouble::NoPage),
        Err(error) => Err(room.trouble(&error)),
    }
}

/// The list.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let head = Head {
        title: "Memory",
        section: Some(Section::Memory),
        ..Head::default()
    };
    let (title, lead) = if view.is_own {
        (
            "What is remembered of you",
            "Everything that you said or added and that is remembered. You may have any of it forgotten.",
        )
    } else {
        (
            "What is remembered",
            "What the persona knows of the server, and of whom it knows something. What it knows of a member is theirs to read.",
        )
    };
    let main = html! {
        (page_head(title, lead, &html! {}))
        (off(frame, view))
        @if !view.is_own { (filters(frame, view)) }
        section.section aria-labelledby="facts-title" {
            h2.unseen id="facts-title" { "Facts" }
            (list(frame, view))
        }
    };
    shell::page(frame, &head, &main)
}

fn off(frame: &Frame, view: &View) -> Markup {
    if view.is_on {
        return html! {};
    }
    notice(&Notice {
        tone: Tone::Info,
        title: "Memory is off.".to_owned(),
        text: "Nothing new is learnt, and what stands here is not used until it is on again."
            .to_owned(),
        action: frame
            .opens(Section::Settings)
            .then(|| ("Settings".to_owned(), frame.at("/settings/memory"))),
    })
}

fn filters(frame: &Frame, view: &View) -> Markup {
    let asked = &view.asked;
    html! {
        form.filters method="get" action=(frame.at("/memory")) data-applies aria-label="Filter facts" {
            (select("fact-about", "about", "About", "Everything", &ABOUT, &asked.about))
            (select("fact-scope", "scope", "Used", "Wherever", &SCOPES, &asked.scope))
            (people::field(frame, "fact-member", &asked.member, asked.meant))
            button.button type="submit" { "Apply" }
            @if asked.is_filtered() { a.button.quiet href=(frame.at("/memory")) { "Clear" } }
        }
    }
}

fn list(frame: &Frame, view: &View) -> Markup {
    let first = (!view.asked.cursor.is_empty()).then(|| view.asked.address(frame, ""));
    let next = view
        .next
        .map(|next| view.asked.address(frame, &next.to_string()));
    if view.facts.is_empty() {
        return html! {
            (nothing(view))
            @if next.is_some() || first.is_some() {
                nav.pager aria-label="Pages of facts" {
                    @if let Some(first) = &first { a href=(first) { "Newest" } } @else { span {} }
                    @if let Some(next) = &next { a.button.slim href=(next) rel="next" { "Older" } }
                }
            }
        };
    }
    table(&Table {
        id: "facts",
        caption: "Facts, newest first",
        columns: &[
            text("Fact"),
            text("About"),
            text("Used"),
            text("How sure"),
            text("Until"),
            text("Forget"),
        ],
        rows: Rows::Here(
            view.facts
                .iter()
                .map(|seen| row(frame, view, seen))
                .collect(),
        ),
        is_whole: false,
        first,
        next,
    })
}

fn row(frame: &Frame, view: &View, seen: &Seen) -> Vec<Markup> {
    let fact = &seen.fact;
    let address = frame.at(&format!("/memory/{}", fact.id));
    vec![
        html! { a.whole.said-short href=(address) data-stop dir="auto" { (words(seen)) } },
        about(frame, &view.names, fact),
        html! { (used(fact, &view.names)) },
        html! { (sure(fact)) },
        moment::day_and_clock(&frame.now, fact.expires_at),
        html! { @if seen.may_forget { a href=(address) { "Forget…" } } },
    ]
}

/// What a fact says, for whom that is to read.
fn words(seen: &Seen) -> Markup {
    html! {
        @if seen.is_readable { (seen.fact.text) } @else { em { "Not yours to read" } }
    }
}

fn about(frame: &Frame, names: &Names, fact: &Fact) -> Markup {
    match fact.subject {
        Subject::Guild => html! { "the server" },
        Subject::Member => member(fact.user, names, frame),
    }
}

fn used(fact: &Fact, names: &Names) -> String {
    match fact.scope {
        Scope::Guild => "everywhere".to_owned(),
        Scope::Channel => format!("in {} alone", names.channel(fact.channel)),
    }
}

fn sure(fact: &Fact) -> String {
    match fact.origin {
        Origin::Added => "added by hand".to_owned(),
        Origin::Said => format!("{} %", fact.confidence_permille / 10),
    }
}

fn nothing(view: &View) -> Markup {
    if view.next.is_some() {
        return empty(&Empty {
            icon: Icon::Search,
            title: "Not found yet",
            text: "Nothing on this page fits. “Older” looks further.",
            actions: Vec::new(),
        });
    }
    if view.asked.is_filtered() {
        return empty(&Empty {
            icon: Icon::Search,
            title: "No fact fits",
            text: "Take a filter away.",
            actions: Vec::new(),
        });
    }
    empty(&Empty {
        icon: Icon::Book,
        title: "Nothing is remembered",
        text: "Tell the persona something, such as “remember that my cat is called Miso”, or use /memory add in Discord. It stands here within seconds.",
        actions: Vec::new(),
    })
}

/// One fact, and what forgetting it means.
pub(crate) fn one_page(frame: &Frame, view: &OneView) -> Markup {
    let fact = &view.seen.fact;
    let head = Head {
        title: "A fact",
        section: Some(Section::Memory),
        crumbs: vec![("Memory", frame.at("/memory"))],
        is_live: false,
    };
    let main = html! {
        (page_head("A fact", "Where it came from, and where it is used.", &html! {}))
        div.card {
            blockquote.said.trigger { span dir="auto" { (words(&view.seen)) } }
            dl.facts.start {
                dt { "About" } dd { (about(frame, &view.names, fact)) }
                @if fact.subject == Subject::Guild { dt { "Told by" } dd { (member(fact.user, &view.names, frame)) } }
                dt { "Learnt in" } dd { (view.names.channel(fact.channel)) ", " (moment::when(&frame.now, fact.at)) }
                dt { "From" } dd { (source(fact)) }
                dt { "Used" } dd { (used(fact, &view.names)) }
                dt { "How sure" } dd { (sure(fact)) }
                dt { "Until" } dd { (moment::day_and_clock(&frame.now, fact.expires_at)) }
            }
        }
        @if view.seen.may_forget { (forgetting(frame, fact)) }
    };
    shell::page(frame, &head, &main)
}

fn source(fact: &Fact) -> Markup {
    match (fact.origin, fact.source) {
        (Origin::Added, _) => html! { "a command, " code { "/memory add" } },
        (Origin::Said, Some(message)) => html! { "message " code { (message) } },
        (Origin::Said, None) => html! { "a talk" },
    }
}

fn forgetting(frame: &Frame, fact: &Fact) -> Markup {
    let whose = match fact.subject {
        Subject::Guild => "It touches every answer about the server.",
        Subject::Member => "It touches answers to this member alone.",
    };
    html! {
        section.section aria-labelledby="forget-title" {
            h2 id="forget-title" { "Have it forgotten" }
            div.card {
                p { (whose) " With it go the older facts that it took the place of. It can't be brought back; said again, it is learnt anew." }
                form method="post" action=(frame.at(&format!("/memory/{}/forget", fact.id))) {
                    (frame.proof.fields())
                    div.row {
                        button.button.main.danger type="submit" { "Forget it" }
                        a.button.quiet href=(frame.at("/memory")) { (icon(Icon::Undo)) "Keep it" }
                    }
                }
            }
        }
        @if fact.scope == Scope::Channel { p.row { (tag(Tone::Info, "in one channel")) span.soft { "It was learnt where not everybody may read, so it is never used elsewhere." } } }
    }
}
