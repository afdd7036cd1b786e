//! Do the models answer, and what do they cost: each shared provider with its circuit, and this month's spending.

use ai::{Circuit, Condition, Spent};
use app::Providers;
use kernel::Timestamp;
use maud::{Markup, html};

use super::{head, servers::two};
use crate::{
    components::{
        empty::{Empty, empty},
        icon::Icon,
        notice::{Notice, notice},
        section::{page_head, section},
        shell::{self, Frame, Section},
        table::{Rows, Table, number, table, text},
        tag::{Tone, tag},
    },
    console::Console,
    moment,
    numbers::{counted, dollars, grouped, lasting, took},
    room::Answer,
};

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) providers: Providers,
}

/// `GET /dashboard/operator/providers`
pub(crate) async fn show(console: Console) -> Answer {
    let view = async {
        let providers = console.core().providers().await;
        Ok(View {
            providers: providers.map_err(|error| console.trouble(&error))?,
        })
    };
    console.page(view, page).await
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let providers = &view.providers;
    let main = html! {
        (page_head("Model providers", &lead(providers), &html! {}))
        @if providers.conditions.is_empty() {
            section.section aria-labelledby="built-in" { h2.unseen id="built-in" { "Shared providers" } (built_in(frame)) }
        }
        @for (place, condition) in providers.conditions.iter().enumerate() { (one(frame, place, condition)) }
        (section("month", "This month", &html! { span.soft { "since the first day, in UTC" } }, &month(providers)))
    };
    shell::page(frame, &head(frame, "Providers", Section::Providers), &main)
}

fn lead(providers: &Providers) -> String {
    let spent: i64 = providers.month.iter().map(|(_, spent)| spent.micros).sum();
    let conditions = providers.conditions.iter();
    let away = conditions.filter(|condition| condition.circuit == Circuit::Open);
    let answer = match (providers.conditions.len(), away.count()) {
        (0, _) => "The built-in model answers; nobody is asked over a network.",
        (_, 0) => "The providers are asked as usual.",
        (_, _) => "A provider is left alone for a while, because it failed in a row.",
    };
    format!(
        "{answer} Models have cost {} this month, of all servers together.",
        dollars(spent)
    )
}

fn built_in(frame: &Frame) -> Markup {
    empty(&Empty {
        icon: Icon::Spark,
        title: "No provider is configured",
        text: "Personas speak through the built-in model, which costs nothing and knows little. GUILDHALL_AI_KIND, \
               GUILDHALL_AI_API_KEY and GUILDHALL_AI_MODEL name a provider.",
        actions: vec![("Settings", frame.at(Section::Versions.place()))],
    })
}

fn one(frame: &Frame, place: usize, condition: &Condition) -> Markup {
    html! {
        section.section aria-labelledby={ "provider-" (place) } {
            header {
                h2 id={ "provider-" (place) } dir="auto" { (condition.provider) }
                div.row { (state(condition.circuit)) span.soft { (since(frame, condition.since)) } }
            }
            @if condition.circuit == Circuit::Open {
                (notice(&Notice {
                    tone: Tone::Warning,
                    title: "It is left alone for a while.".to_owned(),
                    text: "It failed several times in a row. It is tried again by itself within a minute; meanwhile personas \
                           say that they cannot answer. The failures below say what to look at."
                        .to_owned(),
                    action: None,
                }))
            }
            div.card { (facts(condition)) }
            @if !condition.failures.is_empty() { (failures(frame, place, condition)) }
        }
    }
}

fn since(frame: &Frame, at: Timestamp) -> Markup {
    html! { "for " time datetime=(at.to_string()) title=(frame.now.exact(at)) { (lasting(frame.now.at.since(at))) } }
}

fn state(circuit: Circuit) -> Markup {
    match circuit {
        Circuit::Closed => tag(Tone::Good, "asked"),
        Circuit::HalfOpen => tag(Tone::Info, "on trial"),
        Circuit::Open => tag(Tone::Danger, "left alone"),
    }
}

fn facts(condition: &Condition) -> Markup {
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    html! {
        dl.facts.start {
            dt { "Model" } dd { code dir="auto" { (condition.model) } }
            dt { "Since the start" } dd {
                (counted(count(condition.answered), "answer", "answers")) ", "
                (counted(count(condition.failed), "failed try", "failed tries"))
            }
            dt { "First words" } dd {
                @match condition.first_piece {
                    Some(time) => { "after " (took(time)) " on average, of the latest answers" },
                    None => span.soft { "no answer yet" },
                }
            }
            dt { "Tokens" } dd {
                (grouped(count(condition.usage.input))) " read, " (grouped(count(condition.usage.output))) " written, for "
                (dollars(condition.micros)) ", since the start"
            }
        }
    }
}

fn failures(frame: &Frame, place: usize, condition: &Condition) -> Markup {
    let line = |(at, sort): &(Timestamp, &'static str)| {
        let (what, remedy) = words(sort);
        vec![two(what, remedy), moment::when(&frame.now, *at)]
    };
    let id = format!("failures-{place}");
    table(&Table {
        id: &id,
        caption: "Latest failures",
        columns: &[text("Latest failures"), text("When")],
        rows: Rows::Here(condition.failures.iter().map(line).collect()),
        is_whole: true,
        first: None,
        next: None,
    })
}

/// What a failure was, and what to do about it.
fn words(sort: &str) -> (&'static str, &'static str) {
    match sort {
        "unavailable" => (
            "It could not be reached, or failed inside",
            "Passes by itself. If it lasts: the network here, or an outage there.",
        ),
        "rate_limited" => (
            "It allows no more requests for now",
            "Passes by itself. If it comes often: ask the provider for a higher limit.",
        ),
        "refused" => (
            "It refused the request",
            "Most often the key or the model's name: the log says which.",
        ),
        "timeout" => (
            "It took too long",
            "If it comes often: a smaller model, or a longer GUILDHALL_AI_TIMEOUT.",
        ),
        "cut" => ("The answer broke off", "Passes by itself."),
        "nonsense" => (
            "The answer could not be read",
            "Check that GUILDHALL_AI_KIND fits what stands at the address.",
        ),
        "too_long" => ("The answer was too long", "Nothing to do: it was cut off."),
        _ => ("It failed", "The log says more."),
    }
}

fn month(providers: &Providers) -> Markup {
    let line = |(model, spent): &(String, Spent)| {
        vec![
            html! { code dir="auto" { (model) } },
            html! { (grouped(spent.requests)) },
            html! { (grouped(spent.input_tokens)) },
            html! { (grouped(spent.output_tokens)) },
            html! { (dollars(spent.micros)) },
        ]
    };
    let rows = if providers.month.is_empty() {
        Rows::Empty(Empty {
            icon: Icon::Spark,
            title: "No model was asked this month",
            text: "What models cost shows here by model, as soon as one has answered.",
            actions: Vec::new(),
        })
    } else {
        Rows::Here(providers.month.iter().map(line).collect())
    };
    table(&Table {
        id: "models",
        caption: "Models by their cost this month",
        columns: &[
            text("Model"),
            number("Requests"),
            number("Tokens read"),
            number("Tokens written"),
            number("Cost"),
        ],
        rows,
        is_whole: true,
        first: None,
        next: None,
    })
}
