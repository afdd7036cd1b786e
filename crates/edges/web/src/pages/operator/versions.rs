//! What runs here, and with which settings: the program, how long it has run, and what the operator has set.

use app::installation::{Given, Program, Setting};
use maud::{Markup, html};

use super::head;
use crate::{
    components::{
        section::{page_head, section},
        shell::{self, Frame, Section},
        table::{Rows, Table, table, text},
        tag::{Tone, tag},
    },
    console::Console,
    numbers::lasting,
    room::Answer,
};

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) program: Program,
    pub(crate) settings: Vec<Setting>,
}

/// `GET /dashboard/operator/versions`
pub(crate) async fn show(console: Console) -> Answer {
    let view = async {
        let installation = console.installation();
        Ok(View {
            program: installation.program(),
            settings: installation.settings(),
        })
    };
    console.page(view, page).await
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let lead = "What runs here, and what it was started with. A setting is changed where it was given; then restart.";
    let main = html! {
        (page_head("Versions", lead, &html! {}))
        div.card { (program(frame, &view.program)) }
        (section("settings", "Settings", &html! {}, &settings(view)))
    };
    shell::page(frame, &head(frame, "Versions", Section::Versions), &main)
}

fn program(frame: &Frame, program: &Program) -> Markup {
    html! {
        dl.facts.start {
            dt { "Guildhall" } dd { (program.version) @if program.is_demo { " · the demo, on a simulated Discord" } }
            dt { "Commit" } dd {
                @if let Some(commit) = &program.commit { code { (commit) } } @else { span.soft { "not told by this build" } }
            }
            dt { "Running" } dd {
                "for " (lasting(frame.now.at.since(program.started_at))) ", since " (frame.now.short(program.started_at))
            }
            dt { "Address" } dd { (program.url) }
        }
    }
}

fn settings(view: &View) -> Markup {
    let line = |setting: &Setting| {
        vec![
            html! { div.two { code { (setting.name) } span.soft { (setting.meaning) } } },
            value(setting),
        ]
    };
    table(&Table {
        id: "settings",
        caption: "Settings of the operator",
        columns: &[text("Setting"), text("Value")],
        rows: Rows::Here(view.settings.iter().map(line).collect()),
        is_whole: true,
        first: None,
        next: None,
    })
}

fn value(setting: &Setting) -> Markup {
    let given = match &setting.given {
        Given::Nothing => return html! { span.soft { "not set" } },
        Given::Secret => tag(Tone::Good, "set"),
        Given::Text(text) => html! { code dir="auto" { (text) } },
    };
    html! {
        div.tags {
            (given)
            @if !setting.has_effect { (tag(Tone::Info, "no effect in this version")) }
        }
    }
}
