//! Is my server all right: what happened today, what it cost, and what needs its owner.

mod load;
mod needs;

use audit::{Entry, Outcome, Tally};
use economy::{Flow, FlowEnd};
use kernel::Timestamp;
use maud::{Markup, html};

use super::entry::{KINDS, Names, days, kind_name};
use crate::{
    components::{
        chart::{Chart, Series, Shape, chart},
        empty::{Empty, empty},
        figure::{Figure, Trend, figures},
        icon::Icon,
        section::{live, page_head, section},
        shell::{self, Frame, Head, Section},
        tag::Tone,
        timeline::timeline,
        to_do::{Need, to_do, verdict},
    },
    numbers::{Unit, dollars, grouped},
    range::{Range, ranges},
};

pub(crate) use load::show;

/// How many days the small curves go back.
const DAYS: i64 = 7;

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// How many members the server has, where that is known.
    pub(crate) members: Option<u64>,
    /// The time that the chart of decisions covers.
    pub(crate) range: Range,
    /// Decisions of the last days, as many as the curves and the chart need, oldest first.
    pub(crate) tallies: Vec<Tally>,
    /// Coins: how many there are, their sign, and how they flowed today. Nothing where the economy is off.
    pub(crate) coins: Option<Coins>,
    /// What models cost, by day of UTC, oldest first, and what may be spent in one.
    pub(crate) costs: Vec<i64>,
    pub(crate) cost_max: i64,
    pub(crate) needs: Vec<Need>,
    pub(crate) latest: Vec<Entry>,
    pub(crate) names: Names,
}

/// The coins of a server.
#[derive(Debug, Clone)]
pub(crate) struct Coins {
    pub(crate) circulating: i64,
    pub(crate) symbol: String,
    pub(crate) flows: Vec<Flow>,
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let head = Head {
        title: "Overview",
        section: Some(Section::Overview),
        is_live: true,
        ..Head::default()
    };
    let name = frame.server.as_ref().map_or("", |server| &server.name);
    let main = html! {
        (page_head(name, &verdict(&view.needs), &ranges(&frame.at(""), view.range)))
        (live("needs", &to_do(&view.needs)))
        (live("figures", &figures(&numbers(frame, view))))
        (section("decided", "What was decided", &html! {}, &live("decided", &html! { div.card { (decided(frame, view)) } })))
        (section("latest", "Latest decisions", &html! { a href=(frame.section(Section::Why)) { "All decisions" } },
            &live("latest", &latest(frame, view))))
    };
    shell::page(frame, &head, &main)
}

fn numbers(frame: &Frame, view: &View) -> Vec<Figure> {
    let mut all = vec![decisions(frame, view)];
    all.extend(view.coins.as_ref().map(|known| coins(frame, known)));
    all.push(cost(frame, view));
    all.push(Figure {
        label: "Members".to_owned(),
        value: view.members.map_or_else(
            || "–".to_owned(),
            |count| grouped(i64::try_from(count).unwrap_or(i64::MAX)),
        ),
        note: if view.members.is_some() {
            "as Discord counts them".to_owned()
        } else {
            "not told by Discord yet".to_owned()
        },
        ..Figure::default()
    });
    all
}

fn decisions(frame: &Frame, view: &View) -> Figure {
    let by_day = per_day(frame, &view.tallies);
    let today = by_day.last().copied().unwrap_or(0);
    let yesterday = soon(frame, view);
    let failed: u64 = since(frame, &view.tallies, 0)
        .filter(|tally| tally.outcome == Outcome::Error)
        .map(|tally| tally.count)
        .sum();
    let trend = Trend {
        text: signed(today - yesterday),
        tone: Tone::Plain,
    };
    Figure {
        label: "Decisions today".to_owned(),
        value: grouped(today),
        note: if failed > 0 {
            format!("{failed} failed")
        } else {
            "against yesterday by now".to_owned()
        },
        trend: (failed == 0).then_some(trend),
        spark: by_day,
        href: frame
            .opens(Section::Why)
            .then(|| frame.at("/why?range=today")),
        ..Figure::default()
    }
}

/// How many there were yesterday at the same time of day.
fn soon(frame: &Frame, view: &View) -> i64 {
    let (today, yesterday) = (frame.now.midnight(0), frame.now.midnight(1));
    let by_now = yesterday + frame.now.at.since(today);
    let until = view
        .tallies
        .iter()
        .filter(|tally| tally.from >= yesterday && tally.from < by_now);
    sum(until)
}

fn sum<'t>(tallies: impl Iterator<Item = &'t Tally>) -> i64 {
    let total: u64 = tallies.map(|tally| tally.count).sum();
    i64::try_from(total).unwrap_or(i64::MAX)
}

fn since<'t>(frame: &Frame, tallies: &'t [Tally], back: i64) -> impl Iterator<Item = &'t Tally> {
    let began = frame.now.midnight(back);
    tallies.iter().filter(move |tally| tally.from >= began)
}

/// How many there were on each of the last days, today last.
fn per_day(frame: &Frame, tallies: &[Tally]) -> Vec<i64> {
    let days = days_of(frame, DAYS);
    let of = |(from, to): &(Timestamp, Timestamp)| {
        sum(tallies
            .iter()
            .filter(|tally| tally.from >= *from && tally.from < *to))
    };
    days.iter().map(of).collect()
}

/// The last days, today last: when each began, and when it ended.
fn days_of(frame: &Frame, days: i64) -> Vec<(Timestamp, Timestamp)> {
    let began: Vec<Timestamp> = (0..days)
        .rev()
        .map(|back| frame.now.midnight(back))
        .collect();
    let ended = began.iter().skip(1).copied();
    let ended = ended.chain([Timestamp::from_micros(i64::MAX)]);
    began.iter().copied().zip(ended).collect()
}

fn coins(frame: &Frame, coins: &Coins) -> Figure {
    let way = |is: fn(&Flow) -> bool| -> i64 {
        coins
            .flows
            .iter()
            .filter(|flow| is(flow))
            .map(|flow| flow.coins.get())
            .sum()
    };
    let came =
        way(|flow| matches!(flow.from, FlowEnd::Faucet(_)) && !matches!(flow.to, FlowEnd::Sink(_)));
    let went =
        way(|flow| matches!(flow.to, FlowEnd::Sink(_)) && !matches!(flow.from, FlowEnd::Faucet(_)));
    Figure {
        label: "In circulation".to_owned(),
        value: grouped(coins.circulating),
        unit: coins.symbol.clone(),
        note: format!("today +{} −{}", grouped(came), grouped(went)),
        href: frame
            .opens(Section::Economy)
            .then(|| frame.section(Section::Economy)),
        ..Figure::default()
    }
}

fn cost(frame: &Frame, view: &View) -> Figure {
    let today = view.costs.last().copied().unwrap_or(0);
    let is_near = view.cost_max > 0 && today.saturating_mul(10) >= view.cost_max.saturating_mul(9);
    Figure {
        label: "Cost of AI today".to_owned(),
        value: dollars(today),
        note: format!("of {} a day", dollars(view.cost_max)),
        trend: is_near.then(|| Trend {
            text: "nearly spent".to_owned(),
            tone: Tone::Danger,
        }),
        spark: view.costs.clone(),
        href: frame
            .opens(Section::Why)
            .then(|| frame.at("/why?kind=ai&range=today")),
        ..Figure::default()
    }
}

fn signed(difference: i64) -> String {
    if difference < 0 {
        grouped(difference)
    } else {
        format!("+{}", grouped(difference))
    }
}

fn decided(frame: &Frame, view: &View) -> Markup {
    let by_hour = view.range == Range::Today;
    let days = days_of(frame, view.range.days());
    let place_of = |at: Timestamp| match by_hour {
        true => Some(frame.now.hour_and_weekday(at).0),
        false => days
            .iter()
            .position(|(from, to)| (*from..*to).contains(&at)),
    };
    let labels: Vec<String> = match by_hour {
        true => (0..24).map(|hour| format!("{hour:02}:00")).collect(),
        false => days.iter().map(|(from, _)| frame.now.day(*from)).collect(),
    };
    let began = days.first().map_or(frame.now.at, |(from, _)| *from);
    let mut series = Vec::new();
    for kind in KINDS {
        let mut values = vec![0_i64; labels.len()];
        let tallies = view.tallies.iter();
        for tally in tallies.filter(|tally| tally.kind == kind && tally.from >= began) {
            if let Some(value) = place_of(tally.from).and_then(|place| values.get_mut(place)) {
                *value += i64::try_from(tally.count).unwrap_or(0);
            }
        }
        if values.iter().any(|value| *value > 0) {
            let name = kind_name(kind).to_owned();
            series.push(Series { name, values });
        }
    }
    let (across, title) = if by_hour {
        ("Hour", "Decisions by the hour")
    } else {
        ("Day", "Decisions by the day")
    };
    chart(&Chart {
        id: "decisions",
        title,
        shape: Shape::Bar,
        across,
        labels,
        series,
        unit: Unit::Count,
        empty: nothing_decided(frame, view.range),
    })
}

fn nothing_decided(frame: &Frame, range: Range) -> Empty<'static> {
    let title = match range {
        Range::Today => "Nothing was decided today",
        Range::Week => "Nothing was decided in these 7 days",
        Range::Month => "Nothing was decided in these 30 days",
    };
    Empty {
        icon: Icon::Clock,
        title,
        text: "Each decision of a rule, a person or a model shows here within a second.",
        actions: vec![("Look at earlier ones", frame.at("/why"))],
    }
}

fn latest(frame: &Frame, view: &View) -> Markup {
    if view.latest.is_empty() {
        return empty(&Empty {
            icon: Icon::Why,
            title: "Nothing was decided yet",
            text: "Talk to the bot, claim a daily, or give it a rule to keep: it all shows up here.",
            actions: to_settings(frame),
        });
    }
    html! { div.card { (timeline(&days(frame, &view.names, &view.latest))) } }
}

/// The way to the settings, for whom they are open to.
fn to_settings(frame: &Frame) -> Vec<(&'static str, String)> {
    let open = frame.opens(Section::Settings);
    open.then(|| ("Look at the settings", frame.section(Section::Settings)))
        .into_iter()
        .collect()
}
