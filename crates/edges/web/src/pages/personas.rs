//! Who answers here: the persona in force, what it costs, its versions, and the characters that one may start from.

use app::flows::{
    audition::{self, FORECAST_DAYS, Forecast},
    persona::{self, PersonaError, Wanted},
};
use axum::response::{IntoResponse, Redirect};
use bots::{
    Settings, Version, VersionError, VersionState,
    presets::{PRESETS, Preset},
};
use kernel::UserId;
use maud::{Markup, html};
use serde::Deserialize;
use store::Tx;

use super::{Trouble, entry::Names, order::by};
use crate::{
    components::{
        diff::{Change, diff},
        empty::Empty,
        figure::{Figure, figures},
        icon::{Icon, icon},
        section::{page_head, section},
        shell::{self, Frame, Head, Section},
        table::{Rows, Table, table, text},
        tag::{Tone, tag},
    },
    did::Did,
    moment,
    numbers::{counted, dollars, grouped},
    query::Named,
    room::{Answer, Room},
    sent::Sent,
    settings::{label, told},
};

/// Versions that are listed.
const LISTED: u32 = 30;

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// The persona in force.
    pub(crate) persona: Settings,
    pub(crate) forecast: Forecast,
    /// Newest first.
    pub(crate) versions: Vec<Version>,
    pub(crate) names: Names,
}

/// One version, beside the persona in force.
#[derive(Debug, Clone)]
pub(crate) struct VersionView {
    pub(crate) version: Version,
    /// What putting it in force would change.
    pub(crate) changes: Vec<Change>,
    pub(crate) names: Names,
}

/// The version in the path.
#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    version: String,
}

/// `GET /dashboard/guilds/{guild_id}/personas`
pub(crate) async fn show(room: Room) -> Answer {
    room.page(load(&room), page).await
}

async fn load(room: &Room) -> Result<View, Trouble> {
    let config = room.core().config(room.guild).await;
    let config = config.map_err(|error| room.trouble(&error))?;
    let persona = config.settings.persona.clone();
    let forecast = audition::forecast(room.core(), room.guild, &persona).await;
    let guild = room.guild;
    let read = move |tx: &mut Tx<'_>| bots::versions(tx, guild, None, LISTED);
    let versions = room.read("dashboard.personas", read).await?;
    Ok(View {
        persona,
        forecast: forecast.map_err(|error| room.trouble(&error))?,
        names: room.names(versions.iter().filter_map(author)).await,
        versions,
    })
}

fn author(version: &Version) -> Option<UserId> {
    version.author.parse().ok()
}

/// `GET /dashboard/guilds/{guild_id}/personas/versions/{version}`
pub(crate) async fn show_version(room: Room, Named(which): Named<Which>) -> Answer {
    room.page(load_version(&room, &which), version_page).await
}

async fn load_version(room: &Room, which: &Which) -> Result<VersionView, Trouble> {
    let config = room.core().config(room.guild).await;
    let config = config.map_err(|error| room.trouble(&error))?;
    let number: i64 = which.version.parse().map_err(|_| Trouble::NoPage)?;
    let guild = room.guild;
    let read = move |tx: &mut Tx<'_>| bots::version(tx, guild, number);
    let version = room.read("dashboard.version", read).await?;
    let version = version.ok_or(Trouble::NoPage)?;
    let changes = bots::difference(&config.settings.persona, &version.persona);
    let change = |one: bots::Difference| {
        let path = format!("/persona{}", one.path);
        Change {
            label: label(&path),
            path,
            old: Some(told(&one.old)),
            new: Some(told(&one.new)),
        }
    };
    Ok(VersionView {
        changes: changes.into_iter().map(change).collect(),
        names: room.names(author(&version)).await,
        version,
    })
}

/// `POST /dashboard/guilds/{guild_id}/personas/versions/{version}/deploy`
pub(crate) async fn deploy(room: Room, Named(which): Named<Which>, sent: Sent) -> Answer {
    let view = load_version(&room, &which).await?;
    let number = view.version.number;
    if view.version.state != VersionState::Deployed {
        put_in_force(&room, number, &sent).await?;
    }
    let to = format!("/personas?{}", Did::Deployed(number).query());
    Ok(Redirect::to(&room.at(&to)).into_response())
}

/// Puts a version in force.
async fn put_in_force(room: &Room, number: i64, sent: &Sent) -> Result<(), Trouble> {
    let op = room.op(&format!("personas/{number}/deploy"), sent)?;
    let done = persona::deploy(room.core(), op, Wanted::Number(number)).await;
    match done {
        Ok(_) => Ok(()),
        Err(PersonaError::Version(VersionError::NoSuchVersion(_))) => Err(Trouble::NoPage),
        Err(error) => Err(room.trouble(&error)),
    }
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let head = Head {
        title: "Personas",
        section: Some(Section::Personas),
        ..Head::default()
    };
    let change = format!("/personas/new?preset={}", view.persona.base().id);
    let beside = html! {
        @if view.persona.enabled { (tag(Tone::Good, "answers")) } @else { (tag(Tone::Plain, "off")) }
        @if frame.may_write { a.button href=(frame.at(&change)) { "Change it" } }
    };
    let title = format!(
        "{} {}",
        view.persona.base().emoji,
        view.persona.shown_name()
    );
    let main = html! {
        (page_head(&title, view.persona.base().pitch, &beside))
        (figures(&numbers(view)))
        @if frame.may_write {
            (section("characters", "Start from a character", &html! { span.soft { "heard before anybody else hears it" } }, &characters(frame)))
        }
        (section("versions", "Versions", &html! { span.soft { "nothing is lost: any of them can be put in force again" } }, &versions(frame, view)))
    };
    shell::page(frame, &head, &main)
}

fn numbers(view: &View) -> Vec<Figure> {
    let forecast = &view.forecast;
    vec![
        Figure {
            label: "Answers".to_owned(),
            value: grouped(forecast.answers),
            note: format!("in {FORECAST_DAYS} days"),
            ..Figure::default()
        },
        month(forecast),
        Figure {
            label: "One answer".to_owned(),
            value: dollars(forecast.answer_most_micros),
            note: "at most".to_owned(),
            ..Figure::default()
        },
        Figure {
            label: "Listens to".to_owned(),
            value: counted(
                i64::try_from(view.persona.channels.len()).unwrap_or(i64::MAX),
                "channel",
                "channels",
            ),
            note: listens(&view.persona),
            ..Figure::default()
        },
    ]
}

/// What a month would cost, and what it can never exceed.
pub(super) fn month(forecast: &Forecast) -> Figure {
    let cap = dollars(forecast.day_cap_micros);
    let (value, note) = match forecast.month_micros() {
        Some(micros) => (
            format!("about {}", dollars(micros)),
            format!("at your traffic; never more than {cap} a day"),
        ),
        None => (
            "–".to_owned(),
            format!("no traffic to go by yet; never more than {cap} a day"),
        ),
    };
    Figure {
        label: "A month".to_owned(),
        value,
        note,
        ..Figure::default()
    }
}

fn listens(persona: &Settings) -> String {
    let words = persona.triggers.iter().map(|trigger| match trigger {
        bots::TriggerName::Mention => "mentions",
        bots::TriggerName::Reply => "replies",
        bots::TriggerName::Reaction => "reactions",
    });
    let words: Vec<&str> = words.chain(["/chat"]).collect();
    format!("and to {}", words.join(", "))
}

fn characters(frame: &Frame) -> Markup {
    let tile = |preset: &Preset| {
        let href = frame.at(&format!("/personas/new?preset={}", preset.id));
        html! {
            a.tile href=(href) data-stop {
                strong { (preset.emoji) " " (preset.name) }
                span.soft { (preset.pitch) }
            }
        }
    };
    html! { ul.plain.tiles { @for preset in PRESETS { li { (tile(preset)) } } } }
}

fn state(state: VersionState) -> Markup {
    match state {
        VersionState::Draft => tag(Tone::Plain, "draft"),
        VersionState::Deployed => tag(Tone::Good, "in force"),
        VersionState::Retired => tag(Tone::Plain, "was in force"),
    }
}

fn versions(frame: &Frame, view: &View) -> Markup {
    let row = |version: &Version| {
        let href = frame.at(&format!("/personas/versions/{}", version.number));
        vec![
            html! { a.whole href=(href) data-stop { "Version " (version.number) } },
            state(version.state),
            html! { (version.persona.base().emoji) " " (version.persona.shown_name()) },
            html! { span.said-short dir="auto" { @if version.note.is_empty() { span.faint { "–" } } @else { (version.note) } } },
            by(&version.author, &view.names, frame),
            moment::when(&frame.now, version.at),
        ]
    };
    let nothing = Empty {
        icon: Icon::Spark,
        title: "No version yet",
        text: "The persona is the one that every server begins with. The first change writes version 1.",
        actions: Vec::new(),
    };
    table(&Table {
        id: "versions",
        caption: "Versions of the persona, newest first",
        columns: &[
            text("Version"),
            text("State"),
            text("Who"),
            text("Note"),
            text("By"),
            text("When"),
        ],
        rows: if view.versions.is_empty() {
            Rows::Empty(nothing)
        } else {
            Rows::Here(view.versions.iter().map(row).collect())
        },
        is_whole: false,
        first: None,
        next: None,
    })
}

/// One version.
pub(crate) fn version_page(frame: &Frame, view: &VersionView) -> Markup {
    let version = &view.version;
    let title = format!("Version {}", version.number);
    let head = Head {
        title: &title,
        section: Some(Section::Personas),
        crumbs: vec![("Personas", frame.at("/personas"))],
        is_live: false,
    };
    let lead = format!(
        "{} {}, written on {}.",
        version.persona.base().emoji,
        version.persona.shown_name(),
        frame.now.exact(version.at)
    );
    let is_deployed = version.state == VersionState::Deployed;
    let main = html! {
        (page_head(&title, &lead, &state(version.state)))
        @if !version.note.is_empty() { blockquote.said { span dir="auto" { (version.note) } } }
        p.row { span.soft { "By" } (by(&version.author, &view.names, frame)) }
        (section("changes", "What putting it in force would change", &html! {}, &html! { div.card {
            @if view.changes.is_empty() { p.soft { "Nothing: it says what is in force." } } @else { (diff(&view.changes, 0)) }
        } }))
        @if frame.may_write && !is_deployed {
            form method="post" action=(frame.at(&format!("/personas/versions/{}/deploy", version.number))) {
                (frame.proof.fields())
                div.row {
                    button.button.main type="submit" { (icon(Icon::Undo)) "Put version " (version.number) " in force" }
                    span.soft { "At once and everywhere. The version before stays, and can be put in force again." }
                }
            }
        }
    };
    shell::page(frame, &head, &main)
}
