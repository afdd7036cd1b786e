//! Which servers need the operator: all of them with their health, their cost, and how much of the time they take.

use app::{Ailment, GuildState, GuildsAsked, SEARCH_LENGTH_MAX};
use maud::{Markup, html};
use serde::Deserialize;

use super::head;
use crate::{
    components::{
        avatar::{Named, person},
        empty::Empty,
        icon::Icon,
        section::page_head,
        shell::{self, Frame, Section},
        table::{Rows, Table, number, table, text},
        tag::{Tone, tag},
    },
    console::Console,
    numbers::{counted, dollars, grouped, took},
    pages::Trouble,
    query::{self, Wanted},
    room::Answer,
};

/// Servers of one page.
const PAGE: u32 = 25;
/// The order by what servers take of the time.
const BUSIEST: &str = "busiest";

/// What is asked for in the address; what makes no sense is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// A part of a name, or an id.
    pub(crate) text: String,
    pub(crate) order: String,
    pub(crate) cursor: String,
}

impl Asked {
    fn address(&self, frame: &Frame, cursor: &str) -> String {
        let pairs = [
            ("text", self.text.as_str()),
            ("order", &self.order),
            ("cursor", cursor),
        ];
        frame.at(&format!(
            "{}{}",
            Section::Servers.place(),
            query::string(&pairs)
        ))
    }

    fn is_busiest(&self) -> bool {
        self.order == BUSIEST
    }
}

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) asked: Asked,
    pub(crate) guilds: Vec<GuildState>,
    /// Behind which one there are more.
    pub(crate) next: Option<String>,
    /// How many the bot is in.
    pub(crate) known: usize,
}

/// `GET /dashboard/operator/servers`
pub(crate) async fn show(console: Console, Wanted(asked): Wanted<Asked>) -> Answer {
    console.page(load(&console, asked), page).await
}

async fn load(console: &Console, asked: Asked) -> Result<View, Trouble> {
    let core = console.core();
    let (guilds, next) = if asked.is_busiest() {
        let busiest = core
            .guilds_busiest(usize::try_from(PAGE).unwrap_or(0))
            .await;
        (busiest.map_err(|error| console.trouble(&error))?, None)
    } else {
        let wanted = GuildsAsked {
            search: asked.text.clone(),
            after: asked.cursor.parse().ok(),
            limit: PAGE,
        };
        let found = core.guild_states(wanted).await;
        let found = found.map_err(|error| console.trouble(&error))?;
        (found.guilds, found.next.map(|next| next.to_string()))
    };
    Ok(View {
        guilds,
        next,
        known: core.guilds().count(),
        asked,
    })
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let main = html! {
        (page_head("Servers", &lead(view), &orders(frame, view)))
        @if !view.asked.is_busiest() { (search(frame, view)) }
        section.section aria-labelledby="servers-title" {
            h2.unseen id="servers-title" { "Servers" }
            (list(frame, view))
        }
    };
    shell::page(frame, &head(frame, "Servers", Section::Servers), &main)
}

fn lead(view: &View) -> String {
    let known = i64::try_from(view.known).unwrap_or(i64::MAX);
    let known = counted(known, "server", "servers");
    if view.asked.is_busiest() {
        return format!(
            "Which of {known} took most of this process's time within the last hour, and how long their events waited for \
             their turn."
        );
    }
    format!(
        "The bot is in {known}. What needs somebody stands beside each; work is the time that this process spent on its \
         events within the last hour."
    )
}

fn orders(frame: &Frame, view: &View) -> Markup {
    let order = |order: &str| Asked {
        order: order.to_owned(),
        ..Asked::default()
    };
    html! {
        nav.segments aria-label="Order" {
            @for (name, words) in [("", "Newest"), (BUSIEST, "Busiest")] {
                a href=(order(name).address(frame, "")) aria-current=[(view.asked.is_busiest() == (name == BUSIEST)).then_some("true")] {
                    (words)
                }
            }
        }
    }
}

fn search(frame: &Frame, view: &View) -> Markup {
    html! {
        form.filters method="get" action=(frame.at(Section::Servers.place())) role="search" aria-label="Look for a server" {
            div.field {
                label for="server-text" { "Name or id" }
                input.input type="search" id="server-text" name="text" value=(view.asked.text) maxlength=(SEARCH_LENGTH_MAX)
                    autocomplete="off";
            }
            button.button type="submit" { "Search" }
            @if !view.asked.text.is_empty() { a.button.quiet href=(frame.at(Section::Servers.place())) { "Clear" } }
        }
    }
}

fn list(frame: &Frame, view: &View) -> Markup {
    let rows = if view.guilds.is_empty() {
        Rows::Empty(nothing(frame, view))
    } else {
        Rows::Here(view.guilds.iter().map(|guild| line(frame, guild)).collect())
    };
    table(&Table {
        id: "servers",
        caption: "Servers",
        columns: &[
            text("Server"),
            text("Health"),
            number("Members"),
            number("AI this month"),
            number("Decisions, 24 h"),
            number("Work, 1 h"),
        ],
        rows,
        is_whole: false,
        first: (!view.asked.cursor.is_empty()).then(|| view.asked.address(frame, "")),
        next: view
            .next
            .as_ref()
            .map(|next| view.asked.address(frame, next)),
    })
}

fn nothing(frame: &Frame, view: &View) -> Empty<'static> {
    if view.asked.is_busiest() {
        return Empty {
            icon: Icon::Clock,
            title: "Nothing happened within the last hour",
            text: "As soon as somebody writes or uses a command, their server stands here with what that took.",
            actions: vec![("All servers", frame.at(Section::Servers.place()))],
        };
    }
    if !view.asked.text.is_empty() || !view.asked.cursor.is_empty() {
        return Empty {
            icon: Icon::Search,
            title: "No server matches",
            text: "Names are those of servers that the bot is in; any other is found by its whole id.",
            actions: vec![("All servers", frame.at(Section::Servers.place()))],
        };
    }
    Empty {
        icon: Icon::Grid,
        title: "The bot is in no server yet",
        text: "Whoever manages a server invites it. Then the server stands here within a second.",
        actions: Vec::new(),
    }
}

fn line(frame: &Frame, guild: &GuildState) -> Vec<Markup> {
    let place = format!("/guilds/{}", guild.id);
    let time = guild.pace.map(|pace| {
        let wait = format!("longest wait {}", took(pace.waited_max));
        (took(pace.worked), wait)
    });
    vec![
        name(frame, guild, &place),
        health(&guild.ailments, guild.known.is_some()),
        html! {
            @if let Some(known) = &guild.known { (grouped(i64::try_from(known.members).unwrap_or(i64::MAX))) } @else { "–" }
        },
        two(
            &dollars(guild.month_micros),
            &format!(
                "today {} of {}",
                dollars(guild.today_micros),
                dollars(guild.day_max_micros)
            ),
        ),
        html! { (grouped(i64::try_from(guild.decisions).unwrap_or(i64::MAX))) },
        match time {
            Some((worked, wait)) => two(&worked, &wait),
            None => html! { span.soft { "quiet" } },
        },
    ]
}

fn name(frame: &Frame, guild: &GuildState, place: &str) -> Markup {
    html! {
        div.two {
            @if let Some(known) = &guild.known {
                (person(&Named { id: guild.id.get(), name: known.name.clone() }, Some(&frame.at(place))))
            } @else {
                span { "Unknown server" }
            }
            span.soft { (guild.id) }
        }
    }
}

/// A value above what explains it.
pub(super) fn two(value: &str, note: &str) -> Markup {
    html! { div.two { span { (value) } span.soft { (note) } } }
}

fn health(ailments: &[Ailment], is_there: bool) -> Markup {
    html! {
        div.tags {
            @if !is_there { (tag(Tone::Plain, "the bot is not there")) }
            @for ailment in ailments {
                @let (tone, words) = ailment_words(ailment);
                (tag(tone, &words))
            }
            @if is_there && ailments.is_empty() { (tag(Tone::Good, "well")) }
        }
    }
}

fn ailment_words(ailment: &Ailment) -> (Tone, String) {
    let many = |count: u64, one, many| counted(i64::try_from(count).unwrap_or(i64::MAX), one, many);
    match ailment {
        Ailment::CoinsStandStill { .. } => (Tone::Danger, "coins stand still".to_owned()),
        Ailment::Failed(count) => (
            Tone::Danger,
            many(*count, "decision failed", "decisions failed"),
        ),
        Ailment::Dead(count) => (
            Tone::Danger,
            many(*count, "effect failed for good", "effects failed for good"),
        ),
        Ailment::Lacks(names) => (Tone::Warning, format!("role lacks {}", names.join(", "))),
        Ailment::Retried(count) => (
            Tone::Warning,
            many(*count, "effect is tried again", "effects are tried again"),
        ),
        Ailment::RulesOff(_) => (Tone::Warning, "rules switched off".to_owned()),
        Ailment::Unseen => (Tone::Warning, "no log channel".to_owned()),
        Ailment::NoSettings => (Tone::Info, "settings not written yet".to_owned()),
    }
}
