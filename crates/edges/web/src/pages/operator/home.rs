//! What needs the operator now, and the few figures that say how the installation is.

mod needs;

use app::{
    GuildState, Providers,
    installation::{Bot, Connection, Part, PartState, Program, Storage},
};
use maud::{Markup, html};
use store::letters::LetterCounts;

use super::{head, storage::newest_good};
use crate::{
    components::{
        figure::{Figure, figures},
        section::{page_head, section},
        shell::{self, Frame, Section},
        table::{Rows, Table, table, text},
        tag::{Tone, tag},
        to_do::{Need, to_do, verdict},
    },
    console::Console,
    moment,
    numbers::{counted, dollars, grouped, lasting, took},
    pages::Trouble,
    room::Answer,
};

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) needs: Vec<Need>,
    /// How many servers the bot is in.
    pub(crate) servers: usize,
    /// The server that took most of the time, where any took some.
    pub(crate) busiest: Option<GuildState>,
    pub(crate) bots: Vec<Bot>,
    /// How many rows of jobs and of effects there are.
    pub(crate) counts: (LetterCounts, LetterCounts),
    pub(crate) providers: Providers,
    pub(crate) storage: Storage,
    pub(crate) parts: Vec<Part>,
    pub(crate) program: Program,
}

/// `GET /dashboard/operator`
pub(crate) async fn show(console: Console) -> Answer {
    console.page(load(&console), page).await
}

async fn load(console: &Console) -> Result<View, Trouble> {
    let (core, installation) = (console.core(), console.installation());
    let failed = |error: store::DbError| console.trouble(&error);
    let mut view = View {
        needs: Vec::new(),
        servers: core.guilds().count(),
        busiest: core.guilds_busiest(1).await.map_err(failed)?.pop(),
        bots: installation.bots(),
        counts: core.letter_counts().await.map_err(failed)?,
        providers: core.providers().await.map_err(failed)?,
        storage: installation.storage().await,
        parts: installation.parts(),
        program: installation.program(),
    };
    let books = core.books().await.map_err(failed)?;
    view.needs = needs::all(console, &view, &books);
    Ok(view)
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let main = html! {
        (page_head("This installation", &verdict(&view.needs), &running(frame, view)))
        (to_do(&view.needs))
        (figures(&numbers(frame, view)))
        (section("parts", "Parts of the server", &html! { span.soft { "as /readyz tells of them" } }, &parts(frame, view)))
    };
    shell::page(
        frame,
        &head(frame, "Overview", Section::Installation),
        &main,
    )
}

fn running(frame: &Frame, view: &View) -> Markup {
    let time = lasting(frame.now.at.since(view.program.started_at));
    html! {
        a href=(frame.at(Section::Versions.place())) { "Version " (view.program.version) }
        span.soft { "running for " (time) }
    }
}

fn numbers(frame: &Frame, view: &View) -> Vec<Figure> {
    let at = |section: Section| Some(frame.at(section.place()));
    let (jobs, effects) = view.counts;
    let month = view.providers.month.iter().map(|(_, spent)| spent.micros);
    let live = view.bots.iter();
    let live = live.filter(|bot| bot.state == Connection::Live);
    vec![
        Figure {
            label: "Servers".to_owned(),
            value: size(view.servers),
            note: busiest(view),
            href: at(Section::Servers),
            ..Figure::default()
        },
        Figure {
            label: "Bots connected".to_owned(),
            value: size(live.count()),
            unit: format!("of {}", size(view.bots.len())),
            note: shards(view),
            href: at(Section::Bots),
            ..Figure::default()
        },
        Figure {
            label: "Failed for good".to_owned(),
            value: count(jobs.dead + effects.dead),
            note: format!("{} tried again", count(jobs.retried + effects.retried)),
            href: at(Section::Jobs),
            ..Figure::default()
        },
        Figure {
            label: "Models this month".to_owned(),
            value: dollars(month.sum()),
            note: "of all servers".to_owned(),
            href: at(Section::Providers),
            ..Figure::default()
        },
        backup(frame, view),
    ]
}

fn busiest(view: &View) -> String {
    let wait = view.busiest.as_ref().and_then(|guild| guild.pace);
    match wait {
        Some(pace) => format!("longest wait {}", took(pace.waited_max)),
        None => "quiet within the last hour".to_owned(),
    }
}

fn shards(view: &View) -> String {
    let shards: usize = view.bots.iter().map(|bot| bot.shards.len()).sum();
    counted(i64::try_from(shards).unwrap_or(i64::MAX), "shard", "shards")
}

fn backup(frame: &Frame, view: &View) -> Figure {
    let newest = newest_good(&view.storage.backups);
    let (value, note) = match newest {
        Some(backup) => (
            lasting(frame.now.at.since(backup.at)),
            "since the newest good one".to_owned(),
        ),
        None => ("–".to_owned(), "none is there yet".to_owned()),
    };
    Figure {
        label: "Backup".to_owned(),
        value,
        note,
        href: Some(frame.at(Section::Storage.place())),
        ..Figure::default()
    }
}

fn size(count: usize) -> String {
    grouped(i64::try_from(count).unwrap_or(i64::MAX))
}

fn count(count: u64) -> String {
    grouped(i64::try_from(count).unwrap_or(i64::MAX))
}

fn parts(frame: &Frame, view: &View) -> Markup {
    let line = |part: &Part| {
        let state = match part.state {
            PartState::Ready => tag(Tone::Good, "ready"),
            PartState::Degraded => tag(Tone::Danger, "degraded"),
            PartState::Starting => tag(Tone::Info, "starting"),
        };
        vec![
            html! { (part.name) },
            state,
            html! { @if let Some(reason) = &part.reason { (reason) } @else { span.soft { "nothing is the matter" } } },
            moment::when(&frame.now, part.since),
        ]
    };
    table(&Table {
        id: "part-rows",
        caption: "Parts of the server",
        columns: &[text("Part"), text("State"), text("Why"), text("Since")],
        rows: Rows::Here(view.parts.iter().map(line).collect()),
        is_whole: true,
        first: None,
        next: None,
    })
}
