//! Forms, the wizard and the dialog of the component page.

use maud::{Markup, html};

use crate::components::{
    dialog::{Dialog, dialog, opener},
    form::{Control, Field, Form, form, group},
    shell::Frame,
    wizard::wizard,
};

pub(super) fn forms(frame: &Frame) -> Markup {
    let shown = |id, may_write, body| {
        form(&Form {
            id,
            action: "#form",
            proof: &frame.proof,
            hidden: Vec::new(),
            body,
            save: "Save",
            look: None,
            is_begun: false,
            may_write,
        })
    };
    let look = [Field::of("look", "Symbol", line("🪙"))];
    html! {
        (shown("sample-form", frame.may_write, group("Coins", "What members see when they earn and pay.", &fields())))
        (shown("sample-look", false, group("Only to look at", "", &look)))
    }
}

const fn line(value: &str) -> Control<'_> {
    Control::Line {
        value,
        length_max: 32,
        is_needed: true,
    }
}

fn fields() -> [Field<'static>; 6] {
    let amount = Control::Number {
        value: "-1",
        min: 0,
        max: 1_000_000_000,
        unit: "coins",
    };
    let zone = Control::Choice {
        value: "utc",
        options: vec![("utc", "UTC"), ("berlin", "Europe/Berlin")],
    };
    let prompt = Control::Lines {
        value: "You keep the harbour light.",
        length_max: 6_000,
    };
    let triggers = Control::Many {
        values: vec!["mention"],
        options: vec![
            ("mention", "its name with an @"),
            ("reply", "a reply to its message"),
        ],
    };
    [
        Field::of("name", "Name of the coins", line("coins")).hint("Stands behind every number."),
        Field::of("amount", "Daily reward", amount)
            .hint("What the first day of a streak pays.")
            .wrong(Some("−1 is not a whole number from 0 to 1000000000")),
        Field::of("zone", "Zone", zone),
        Field::of("prompt", "Character", prompt).hint("Who the persona is, in its own words."),
        Field::of("on", "Economy", Control::Switch { on: true })
            .hint("Members earn, pay and are ranked."),
        Field::of("triggers", "Answers to", triggers),
    ]
}

pub(super) fn steps(frame: &Frame) -> Markup {
    let asked = Dialog {
        id: "sample-dialog",
        title: "Erase what is remembered about Mallory?",
        body: html! { p { "14 facts go for good, and 3 summaries are written anew. Cases and coins stay." } },
        action: "#steps".to_owned(),
        fields: Vec::new(),
        proof: &frame.proof,
        does: "Erase 14 facts",
        is_destructive: true,
    };
    html! {
        (wizard("Making a persona", &["Character", "Where it listens", "Preview", "Deploy"], 2))
        div.row { (opener("sample-dialog", &html! { "Open the dialog" }, "")) }
        (dialog(&asked))
    }
}
