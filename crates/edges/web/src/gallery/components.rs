//! Every component with all its states on one page.

mod charts;
mod forms;
mod lists;

use maud::{Markup, html};

use self::{
    charts::charts,
    forms::{forms, steps},
    lists::{differences, slip, tables, times},
};
use super::named;
use crate::components::{
    avatar::{avatar, person, server},
    code::code,
    empty::{Empty, empty},
    figure::{Figure, Trend, figures},
    icon::{Icon, icon},
    key::{key, keys},
    notice::{Notice, notice},
    section::{page_head, section},
    shell::{self, Frame, Head},
    tag::{Tone, tag},
    toast::{Toast, Undo, toast},
    tour,
};

/// The page.
pub(super) fn page(frame: &Frame) -> Markup {
    let mut frame = frame.clone();
    frame.troubles = vec![
        "The model provider is not answering since 14:02; the built-in model takes over."
            .to_owned(),
    ];
    let head = Head {
        title: "Components",
        ..Head::default()
    };
    let lead = "Everything that pages are made of, in every state. The values here are samples.";
    let main = html! {
        (page_head("Components", lead, &html! { button.button type="button" { "A button" } button.button.main type="button" { "The main one" } }))
        (section("buttons", "Buttons", &html! {}, &buttons()))
        (section("words", "Tags, people, keys, code", &html! {}, &words()))
        (section("notices", "Notices and toasts", &html! {}, &notices(&frame)))
        (section("figures", "Figures", &html! {}, &figures(&figure_samples())))
        (section("charts", "Charts", &html! {}, &charts()))
        (section("tables", "Tables", &html! {}, &tables()))
        (section("timeline", "Timeline", &html! {}, &times(&frame)))
        (section("receipt", "Receipt", &html! {}, &slip(&frame)))
        (section("diff", "Difference", &html! {}, &differences()))
        (section("form", "Form", &html! {}, &forms(&frame)))
        (section("steps", "Wizard and dialog", &html! {}, &steps(&frame)))
        (section("tours", "Tour", &html! {}, &tours(&frame)))
        (section("empty", "Empty", &html! {}, &nothing()))
    };
    shell::page(&frame, &head, &main)
}

fn buttons() -> Markup {
    html! {
        div.row {
            button.button.main type="button" { "Save" }
            button.button type="button" { (icon(Icon::Undo)) "Undo" }
            button.button.quiet type="button" { "Discard" }
            button.button.danger type="button" { "Erase" }
            button.button.danger.main type="button" { "Erase for good" }
            button.button type="button" disabled { "Not now" }
            button.button.slim type="button" { "Slim" }
        }
    }
}

fn words() -> Markup {
    html! {
        div.row {
            (tag(Tone::Plain, "shadow")) (tag(Tone::Good, "done")) (tag(Tone::Warning, "waiting"))
            (tag(Tone::Danger, "failed")) (tag(Tone::Info, "held back")) (tag(Tone::Accent, "ai"))
        }
        div.row {
            (person(&named(11, "Bram de Vries"), Some("#words"))) (person(&named(12, "氷室 凛"), None))
            (avatar(&named(13, "✨"))) (server(&named(14, "Tidewater Chess Club")))
        }
        div.row { span { "Press " (key("/")) } span { "or " (keys(&["g", "w"])) } }
        (code("A rule as it is stored", "{\n  \"kind\": \"words\",\n  \"words\": [\"free nitro\", \"c0ins*\"]\n}"))
    }
}

fn notices(frame: &Frame) -> Markup {
    let sample = |tone, title: &str, text: &str, action: Option<&str>| {
        notice(&Notice {
            tone,
            title: title.to_owned(),
            text: text.to_owned(),
            action: action.map(|words| (words.to_owned(), "#notices".to_owned())),
        })
    };
    let done = Toast {
        tone: Tone::Good,
        text: "Saved as revision 12.".to_owned(),
        undo: Some(Undo {
            action: "#notices".to_owned(),
            fields: Vec::new(),
        }),
    };
    let failed = Toast {
        tone: Tone::Danger,
        text: "Not saved: somebody saved revision 13 meanwhile.".to_owned(),
        undo: None,
    };
    html! {
        (sample(Tone::Info, "Shadow mode is on.", "Rules note what they would have done, and do nothing.", None))
        (sample(Tone::Good, "All books balance.", "Checked 12 minutes ago over 18,204 transfers.", None))
        (sample(Tone::Warning, "The bot can't time members out.", "Its role stands below Moderator. Drag it up in the server's role settings.", Some("How to")))
        (sample(Tone::Danger, "The page could not be read.", "The database did not answer. Try again in a moment.", Some("Try again")))
        (toast(&done, &frame.proof))
        (toast(&failed, &frame.proof))
    }
}

fn figure_samples() -> [Figure; 4] {
    let figure = |label: &str, value: &str, unit: &str, note: &str| Figure {
        label: label.to_owned(),
        value: value.to_owned(),
        unit: unit.to_owned(),
        note: note.to_owned(),
        ..Figure::default()
    };
    let trend = |text: &str, tone| {
        Some(Trend {
            text: text.to_owned(),
            tone,
        })
    };
    [
        Figure {
            trend: trend("+12", Tone::Good),
            spark: vec![31, 34, 30, 36, 41, 39, 48],
            href: Some("#figures".to_owned()),
            ..figure("Decisions today", "1,284", "", "since yesterday")
        },
        Figure {
            trend: trend("+3.1 %", Tone::Danger),
            spark: vec![100, 102, 101, 107, 110, 116, 121],
            ..figure("In circulation", "48,210", "🪙", "this week")
        },
        Figure {
            spark: vec![0, 0, 0, 2, 0, 1, 0],
            ..figure("Cost of answers", "$0.42", "", "of $1.00 a day")
        },
        figure("Waiting for you", "0", "", "Nothing needs you"),
    ]
}

/// The offer, and the first, a middle and the last step.
fn tours(frame: &Frame) -> Markup {
    html! {
        (tour::offered(frame, "tour-offer-sample"))
        div.columns {
            @for place in [0, 3, 4] { (tour::card(frame, &format!("tour-sample-{place}"), Some(place))) }
        }
    }
}

fn nothing() -> Markup {
    empty(&Empty {
        icon: Icon::Shield,
        title: "No rule yet",
        text: "A rule looks at every message and does what you say: remove it, warn, or only take note. New rules can run in shadow first.",
        actions: vec![
            ("Make a rule", "#empty".to_owned()),
            ("Start from a preset", "#empty".to_owned()),
        ],
    })
}

fn nowhere<'a>() -> Empty<'a> {
    Empty {
        icon: Icon::Empty,
        title: "No numbers yet",
        text: "They appear with the first decision.",
        actions: Vec::new(),
    }
}
