//! All movements of coins, newest first, by what one knows of them.

use economy::{Record, Search, TransferKind};
use kernel::UserId;
use maud::{Markup, html};
use serde::Deserialize;
use store::Tx;

use super::{
    Trouble,
    entry::Names,
    files::link,
    movement::{self, KINDS, List, listed},
    people,
};
use crate::{
    components::{
        empty::Empty,
        filter::select,
        icon::Icon,
        section::page_head,
        shell::{self, Frame, Head, Section},
    },
    query::{self, Wanted},
    range::Range,
    room::{Answer, Room},
};

/// Movements of one page.
const PAGE: u32 = 50;

/// What is asked for in the address; what makes no sense is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    pub(crate) kind: String,
    pub(crate) member: String,
    pub(crate) range: String,
    pub(crate) cursor: String,
    /// Who that is; looked up.
    #[serde(skip)]
    pub(crate) meant: Option<UserId>,
}

impl Asked {
    /// The same, knowing who is meant.
    pub(crate) async fn settled(self, room: &Room) -> Self {
        let meant = people::meant(room, &self.member).await;
        Self { meant, ..self }
    }

    fn address(&self, frame: &Frame, cursor: &str) -> String {
        frame.at(&format!("/economy/transfers{}", self.query(cursor)))
    }

    fn query(&self, cursor: &str) -> String {
        let pairs = [
            ("kind", self.kind.as_str()),
            ("member", &self.member),
            ("range", &self.range),
            ("cursor", cursor),
        ];
        query::string(&pairs)
    }

    fn is_filtered(&self) -> bool {
        [&self.kind, &self.member, &self.range]
            .iter()
            .any(|text| !text.is_empty())
    }
}

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) asked: Asked,
    pub(crate) records: Vec<Record>,
    /// Where the next page begins.
    pub(crate) next: Option<String>,
    pub(crate) names: Names,
}

/// `GET /dashboard/guilds/{guild_id}/economy/transfers`
pub(crate) async fn show(room: Room, Wanted(asked): Wanted<Asked>) -> Answer {
    room.page(load(&room, asked), page).await
}

async fn load(room: &Room, asked: Asked) -> Result<View, Trouble> {
    let asked = asked.settled(room).await;
    let (records, next) = found(room, &asked, PAGE).await?;
    let people: Vec<UserId> = movement::people(&records).chain(asked.meant).collect();
    Ok(View {
        asked,
        records,
        next,
        names: room.names(people).await,
    })
}

type Found = (Vec<Record>, Option<String>);

/// A part of the list, and where the next one begins.
pub(crate) async fn found(room: &Room, asked: &Asked, limit: u32) -> Result<Found, Trouble> {
    match asked.meant {
        Some(member) => of_member(room, asked, member, limit).await,
        None => of_all(room, asked, limit).await,
    }
}

async fn of_all(room: &Room, asked: &Asked, limit: u32) -> Result<Found, Trouble> {
    let guild = room.guild;
    let search = Search {
        kind: TransferKind::of_name(&asked.kind),
        since: Range::of_name(&asked.range).map(|range| range.since(&room.now)),
    };
    let before = asked.cursor.parse().ok();
    let read = move |tx: &mut Tx<'_>| economy::search(tx, guild, &search, before, limit);
    let found = room.read("dashboard.transfers", read).await?;
    Ok((found.records, found.next.map(|next| next.to_string())))
}

/// A member's own chain, of which the page shows what fits.
async fn of_member(
    room: &Room,
    asked: &Asked,
    member: UserId,
    limit: u32,
) -> Result<Found, Trouble> {
    let (guild, from) = (room.guild, asked.cursor.parse().ok());
    let read = move |tx: &mut Tx<'_>| economy::statement(tx, guild, member, from, limit);
    let found = room.read("dashboard.transfers", read).await?;
    let since = Range::of_name(&asked.range).map(|range| range.since(&room.now));
    let is_old = |record: &Record| since.is_some_and(|since| record.at < since);
    // Rows stand in the order of their moments, so behind an old one there are only older ones.
    let is_over = found.records.last().is_some_and(is_old);
    let mut records = found.records;
    records.retain(|record| {
        let fits = asked.kind.is_empty() || record.kind.name() == asked.kind;
        fits && !is_old(record)
    });
    let next = found.next.filter(|_| !is_over);
    Ok((records, next.map(|next| next.to_string())))
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let head = Head {
        title: "Movements",
        section: Some(Section::Economy),
        crumbs: vec![("Economy", frame.at("/economy"))],
        is_live: false,
    };
    let lead = "Every movement of coins, newest first. Nothing is ever changed here: a correction is a new movement.";
    let main = html! {
        (page_head("Movements of coins", lead, &link(frame, &format!("/economy/transfers.csv{}", view.asked.query("")))))
        (filters(frame, view))
        section.section aria-labelledby="movements-title" {
            h2.unseen id="movements-title" { "Movements" }
            (list(frame, view))
        }
    };
    shell::page(frame, &head, &main)
}

fn filters(frame: &Frame, view: &View) -> Markup {
    let asked = &view.asked;
    let ranges = Range::ALL.map(|range| (range.name(), range.words()));
    html! {
        form.filters method="get" action=(frame.at("/economy/transfers")) data-applies aria-label="Filter movements" {
            (select("movement-kind", "kind", "What", "Everything", &KINDS, &asked.kind))
            (select("movement-range", "range", "When", "Any time", &ranges, &asked.range))
            (people::field(frame, "movement-member", &asked.member, asked.meant))
            button.button type="submit" { "Apply" }
            @if asked.is_filtered() { a.button.quiet href=(frame.at("/economy/transfers")) { "Clear" } }
        }
        @if let Some(member) = asked.meant {
            p.row {
                span.soft { "Only of " } (movement::about(member, &view.names, frame))
                a href=(movement::statement_of(frame, member)) { "Statement with balances" }
            }
        }
    }
}

fn list(frame: &Frame, view: &View) -> Markup {
    let asked = &view.asked;
    let first = (!asked.cursor.is_empty()).then(|| asked.address(frame, ""));
    let next = view.next.as_deref().map(|next| asked.address(frame, next));
    let is_between = view.records.is_empty() && next.is_some();
    html! {
        (listed(frame, &List {
            id: "movements",
            caption: "Movements of coins",
            records: &view.records,
            names: &view.names,
            first: first.clone(),
            next: next.clone(),
            nothing: nothing(frame, view, is_between),
        }))
        @if is_between || (view.records.is_empty() && first.is_some()) {
            nav.pager aria-label="Pages of movements" {
                @if let Some(first) = &first { a href=(first) { "Newest" } } @else { span {} }
                @if let Some(next) = &next { a.button.slim href=(next) rel="next" { "Older" } }
            }
        }
    }
}

fn nothing(frame: &Frame, view: &View, is_between: bool) -> Empty<'static> {
    let all = || vec![("Show all movements", frame.at("/economy/transfers"))];
    if is_between {
        return Empty {
            icon: Icon::Search,
            title: "Not found yet",
            text: "Nothing in this part of the journal matches. Older movements are looked through with “Older”.",
            actions: Vec::new(),
        };
    }
    if view.asked.is_filtered() || !view.asked.cursor.is_empty() {
        return Empty {
            icon: Icon::Search,
            title: "No movement matches",
            text: "Take a filter away, or look over a longer time.",
            actions: all(),
        };
    }
    Empty {
        icon: Icon::Coins,
        title: "No coin has moved yet",
        text: "Every reward, payment and correction stands here from the first one on.",
        actions: vec![("Back to the economy", frame.at("/economy"))],
    }
}
