//! Tables, the timeline, the receipt and the difference of the component page.

use maud::{Markup, html};

use super::{super::named, nowhere};
use crate::{
    components::{
        avatar::person,
        diff::{Change, diff},
        icon::Icon,
        notice::Notice,
        receipt::{Said, Step, receipt, said},
        shell::Frame,
        table::{Column, Rows, Table, number, table, text},
        tag::{Tone, tag},
        timeline::{Day, Event, timeline},
    },
    moment,
};

pub(super) fn tables() -> Markup {
    const COLUMNS: [Column; 4] = [
        text("Member"),
        text("Role"),
        number("Coins"),
        number("Days in a row"),
    ];
    let row = |id: u64, name: &str, role: &str, coins: &str, days: &str| {
        vec![
            person(&named(id, name), Some("#tables")),
            html! { (role) },
            html! { (coins) },
            html! { (days) },
        ]
    };
    let mut rows = vec![
        row(21, "Bram de Vries", "Moderator", "4,210", "17"),
        row(
            22,
            "A name that is as long as names can be",
            "Member",
            "1,204",
            "3",
        ),
        row(23, "氷室 凛", "Member", "980", "41"),
    ];
    rows.extend((4..10_u64).map(|place| {
        row(
            20 + place,
            &format!("Guest {place}"),
            "Member",
            &format!("{}", place * 7),
            "0",
        )
    }));
    let shown = |id, rows, is_whole| {
        table(&Table {
            id,
            caption: "Members",
            columns: &COLUMNS,
            rows,
            is_whole,
            first: (!is_whole).then(|| "#tables".to_owned()),
            next: (!is_whole).then(|| "#tables".to_owned()),
        })
    };
    let few = vec![row(21, "Bram de Vries", "Moderator", "4,210", "17")];
    let failure = Notice {
        tone: Tone::Danger,
        title: "The list could not be read.".to_owned(),
        text: "The database did not answer. Try again in a moment.".to_owned(),
        action: Some(("Try again".to_owned(), "#tables".to_owned())),
    };
    html! {
        (shown("whole", Rows::Here(rows), true))
        (shown("pages", Rows::Here(few), false))
        (shown("loading", Rows::Loading, true))
        (shown("failed", Rows::Failed(failure), true))
        (shown("none", Rows::Empty(nowhere()), true))
    }
}

pub(super) fn times(frame: &Frame) -> Markup {
    let event = |key: &str, icon, tone, title: &str, detail: &str, tags: &[(Tone, &str)]| Event {
        key: key.to_owned(),
        icon,
        tone,
        title: title.to_owned(),
        href: "#timeline".to_owned(),
        detail: detail.to_owned(),
        tags: tags
            .iter()
            .map(|(tone, text)| (*tone, (*text).to_owned()))
            .collect(),
        when: moment::clock(&frame.now, frame.now.at),
    };
    let today = Day {
        title: "Today".to_owned(),
        events: vec![
            event(
                "1",
                Icon::Shield,
                Tone::Danger,
                "A message of Bram de Vries was removed",
                "Rule “No spam” matched “free nitro”.",
                &[(Tone::Good, "done"), (Tone::Plain, "case 12")],
            ),
            event(
                "2",
                Icon::Spark,
                Tone::Accent,
                "Sage answered 氷室 凛",
                "Asked about the opening hours of the harbour library.",
                &[(Tone::Good, "done"), (Tone::Plain, "$0.0004")],
            ),
            event(
                "3",
                Icon::Settings,
                Tone::Info,
                "The settings were changed",
                "",
                &[(Tone::Plain, "revision 12")],
            ),
        ],
    };
    let before = Day {
        title: "Yesterday".to_owned(),
        events: vec![event(
            "4",
            Icon::Coins,
            Tone::Warning,
            "A transfer was held",
            "More than usual from one purse.",
            &[(Tone::Warning, "waiting")],
        )],
    };
    html! { div.card { (timeline(&[today, before])) } }
}

pub(super) fn slip(frame: &Frame) -> Markup {
    let words = |id: u64, name: &str, text: Result<&str, &'static str>, is_trigger| {
        said(&Said {
            who: html! { (person(&named(id, name), None)) (moment::clock(&frame.now, frame.now.at)) },
            text: text.map(str::to_owned),
            is_trigger,
        })
    };
    let saw = html! {
        (words(31, "Bram de Vries", Err("Erased. The digest of these words still stands in the chain."), false))
        (words(32, "Mallory", Ok("free nitro at evil.example"), true))
    };
    let steps = [
        Step {
            title: "What it saw",
            body: saw,
        },
        Step {
            title: "Rules in force",
            body: html! { div.row { (tag(Tone::Accent, "No spam")) (tag(Tone::Plain, "Shouting · shadow")) } },
        },
        Step {
            title: "Why",
            body: html! { p { "The rule “No spam” matched " code { "free nitro" } "." } },
        },
        Step {
            title: "What it did",
            body: html! { div.row { (tag(Tone::Good, "message removed")) (tag(Tone::Danger, "direct message: refused by the member")) } },
        },
    ];
    receipt(
        "A message was removed",
        &html! { (tag(Tone::Danger, "moderation")) span.soft { "No. 1042" } },
        &steps,
    )
}

pub(super) fn differences() -> Markup {
    let change = |label: &str, path: &str, old: Option<&str>, new: Option<&str>| Change {
        label: label.to_owned(),
        path: path.to_owned(),
        old: old.map(str::to_owned),
        new: new.map(str::to_owned),
    };
    let changes = [
        change(
            "Daily reward",
            "/economy/daily/amount",
            Some("100"),
            Some("150"),
        ),
        change(
            "Character",
            "/persona/prompt",
            Some("You are a calm keeper of a harbour light. Answer briefly."),
            Some(
                "You are a merry old keeper of a harbour light. Answer briefly, in rhyme where you can.",
            ),
        ),
        change(
            "Rule “Shouting”",
            "/moderation/rules/1",
            None,
            Some("caps, from 70 % of 12 letters on"),
        ),
        change("Keyword", "/persona/keywords/0", Some("lighthouse"), None),
    ];
    html! { div.card { (diff(&changes, 3)) } }
}
