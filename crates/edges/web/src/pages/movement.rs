//! A movement of coins in words: between whom, what for, because of what. What pages about coins share.

use economy::{AccountKind, AccountName, FlowEnd, Party, Record, TransferKind};
use kernel::{CauseKind, UserId};
use maud::{Markup, html};

use super::entry::Names;
use crate::{
    components::{
        avatar::person,
        empty::Empty,
        shell::{Frame, Section},
        table::{Rows, Table, number, table, text},
    },
    moment,
    numbers::grouped,
};

/// The sorts of movements that one may look for.
pub(crate) const KINDS: [(&str, &str); 8] = [
    ("daily", "Daily reward"),
    ("pay", "Payment"),
    ("grant", "Grant"),
    ("revoke", "Taken back by staff"),
    ("revert", "Reversal"),
    ("debt", "Debt"),
    ("start", "Start balance"),
    ("transfer", "Transfer by staff"),
];

/// What a movement was for.
pub(crate) fn kind_name(kind: &TransferKind) -> String {
    let known = KINDS.iter().find(|(name, _)| *name == kind.name());
    known.map_or_else(|| spoken(kind.name()), |(_, words)| (*words).to_owned())
}

/// A name in the books as words: `daily_bonus` is *Daily bonus*.
fn spoken(name: &str) -> String {
    let words = name.replace(['_', '-'], " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "Unnamed".to_owned(),
    }
}

/// What a faucet is called: what one gets coins for.
fn faucet_name(label: &str) -> String {
    match label {
        "daily" => "Daily rewards".to_owned(),
        "start" => "Start balances".to_owned(),
        "grant" => "Grants by staff".to_owned(),
        other => spoken(other),
    }
}

/// What a sink is called: what one gives coins for.
fn sink_name(label: &str) -> String {
    match label {
        "revoke" => "Taken back by staff".to_owned(),
        other => spoken(other),
    }
}

/// One end of a flow.
pub(crate) fn end_name(end: &FlowEnd) -> String {
    match end {
        FlowEnd::Members => "Members".to_owned(),
        FlowEnd::Treasury => "Treasury".to_owned(),
        FlowEnd::Escrow => "Held between two sides".to_owned(),
        FlowEnd::Faucet(name) => faucet_name(name),
        FlowEnd::Sink(name) => sink_name(name),
    }
}

/// A line of the supply, by the name that it has in the books.
pub(crate) fn account_name(name: &str) -> String {
    match name.split_once(':') {
        Some(("faucet", label)) => format!("Given: {}", lowered(&faucet_name(label))),
        Some(("sink", label)) => format!("Gone: {}", lowered(&sink_name(label))),
        _ => match name {
            "purses" => "Members' purses".to_owned(),
            "banks" => "Members' banks".to_owned(),
            "treasury" => "The server's treasury".to_owned(),
            "escrows" => "Held between two sides".to_owned(),
            "debts" => "Owed by members".to_owned(),
            other => spoken(other),
        },
    }
}

fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// A member, with a way to more about them for whom that is open to.
pub(crate) fn about(user: UserId, names: &Names, frame: &Frame) -> Markup {
    let is_own = frame
        .viewer
        .as_ref()
        .is_some_and(|viewer| viewer.id == user.get());
    let href = (is_own || frame.opens(Section::Moderation)).then(|| frame.member(user));
    person(&names.member(user), href.as_deref())
}

/// Where a member's statement is.
pub(crate) fn statement_of(frame: &Frame, user: UserId) -> String {
    frame.at(&format!("/members/{user}/statement"))
}

/// One side of a movement.
pub(crate) fn party(party: &Party, names: &Names, frame: &Frame) -> Markup {
    let whose = |user: &UserId, what: &str| {
        html! {
            (about(*user, names, frame))
            @if !what.is_empty() { " " span.soft { (what) } }
        }
    };
    match party {
        Party::Known(AccountName::Purse(user)) => whose(user, ""),
        Party::Known(AccountName::Bank(user)) => whose(user, "bank"),
        Party::Known(AccountName::Debt(user)) => whose(user, "debt"),
        other => html! { (party_name(other)) },
    }
}

/// What an account is called that is no member's.
pub(crate) fn party_name(party: &Party) -> String {
    match party {
        Party::Known(AccountName::Treasury) => "Treasury".to_owned(),
        Party::Known(AccountName::Faucet(label)) => faucet_name(label.as_str()),
        Party::Known(AccountName::Sink(label)) => sink_name(label.as_str()),
        Party::Known(_) => "Held between two sides".to_owned(),
        Party::Erased(kind) => format!("Somebody who was forgotten{}", erased(*kind)),
    }
}

const fn erased(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Bank => ", bank",
        AccountKind::Debt => ", debt",
        _ => "",
    }
}

/// What asked for a movement.
pub(crate) fn cause(record: &Record) -> String {
    let Some(cause) = record.cause() else {
        return "not known any more".to_owned();
    };
    let kind = match cause.kind {
        CauseKind::Interaction => "a command or button in Discord",
        CauseKind::Message => "a message",
        CauseKind::Api if cause.id.starts_with("dashboard:") => "this dashboard",
        CauseKind::Api => "a request of a program",
        CauseKind::Job => "the schedule",
        CauseKind::Round => "a round of a game",
        CauseKind::Cli => "the operator at the command line",
    };
    kind.to_owned()
}

/// The page of a movement.
pub(crate) fn address(frame: &Frame, record: &Record) -> String {
    frame.at(&format!("/economy/transfers/{}", record.seq))
}

/// The members whom movements concern.
pub(crate) fn people(records: &[Record]) -> impl Iterator<Item = UserId> {
    let sides = records.iter().flat_map(|record| [&record.from, &record.to]);
    sides.filter_map(Party::user)
}

/// Movements to be listed.
pub(crate) struct List<'a> {
    pub(crate) id: &'a str,
    pub(crate) caption: &'a str,
    pub(crate) records: &'a [Record],
    pub(crate) names: &'a Names,
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
    pub(crate) nothing: Empty<'a>,
}

/// Movements, newest first, each leading to its page.
pub(crate) fn listed(frame: &Frame, list: &List<'_>) -> Markup {
    let row = |record: &Record| {
        vec![
            moment::when(&frame.now, record.at),
            what(frame, record),
            party(&record.from, list.names, frame),
            party(&record.to, list.names, frame),
            html! { (grouped(record.amount.get())) },
        ]
    };
    table(&Table {
        id: list.id,
        caption: list.caption,
        columns: &[
            text("When"),
            text("What"),
            text("From"),
            text("To"),
            number("Coins"),
        ],
        rows: if list.records.is_empty() {
            Rows::Empty(list.nothing.clone())
        } else {
            Rows::Here(list.records.iter().map(row).collect())
        },
        is_whole: false,
        first: list.first.clone(),
        next: list.next.clone(),
    })
}

/// What a movement was for, with the words of whoever asked.
pub(crate) fn what(frame: &Frame, record: &Record) -> Markup {
    html! {
        // One whole, so that a card on a narrow screen does not tear it apart.
        span {
            a href=(address(frame, record)) data-stop { (kind_name(&record.kind)) }
            @if !record.reason.is_empty() { " " span.soft dir="auto" { (record.reason) } }
        }
    }
}
