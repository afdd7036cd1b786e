//! The charts of the component page.

use maud::{Markup, html};

use super::nowhere;
use crate::{
    components::chart::{Chart, Flows, Heat, Lorenz, Series, Shape, chart, heat, lorenz, sankey},
    numbers::Unit,
};

pub(super) fn charts() -> Markup {
    let days = |count: i64| (0..count).map(|day| format!("{} Nov", day + 1)).collect();
    let wave = |by: i64, at: i64| (0..28).map(|day| at + by * ((day * 7 + at) % 11)).collect();
    let series = |name: &str, values| Series {
        name: name.to_owned(),
        values,
    };
    let sample = |id, title, shape, series| Chart {
        id,
        title,
        shape,
        across: "Day",
        labels: days(28),
        series,
        unit: Unit::Count,
        empty: nowhere(),
    };
    let names = [
        "moderation",
        "answers",
        "settings",
        "people",
        "access",
        "money",
    ];
    let stacks = (1..)
        .zip(names)
        .map(|(by, name)| series(name, wave(by, by * 3)));
    html! {
        div.columns {
            div.card { (chart(&sample("lines", "Two lines", Shape::Line, vec![series("issued", wave(40, 900)), series("taken", wave(-20, 700))]))) }
            div.card { (chart(&sample("area", "One area", Shape::Area, vec![series("In circulation", wave(120, 40_000))]))) }
            div.card { (chart(&sample("stack", "Stacked bars", Shape::Bar, stacks.clone().collect()))) }
            div.card { (chart(&sample("areas", "Stacked areas", Shape::Area, stacks.collect()))) }
            div.card { (chart(&sample("nothing", "Nothing", Shape::Bar, vec![]))) }
            div.card { (heat(&Heat { title: "Hours of the week", of: "decisions", counts: hours(), empty: nowhere() })) }
            div.card { (lorenz(&spread_sample("spread", &uneven()))) }
            div.card { (lorenz(&spread_sample("spread-even", &(0..=20).map(|part| part * 500).collect::<Vec<_>>()))) }
            div.card { (lorenz(&spread_sample("spread-nobody", &[]))) }
        }
        div.card { (sankey(&flow_sample())) }
    }
}

/// A few with most of it, in ten-thousandths.
fn uneven() -> Vec<u32> {
    (0..=20_u32).map(|part| part.pow(4) / 16).collect()
}

fn spread_sample<'a>(id: &'a str, shares: &'a [u32]) -> Lorenz<'a> {
    Lorenz {
        id,
        title: "What the poorest have together",
        who: "Members, poorest first",
        what: "Their share of coins",
        shares,
        empty: nowhere(),
    }
}

fn hours() -> [[i64; 24]; 7] {
    let mut counts = [[0; 24]; 7];
    for (day, hours) in (0..).zip(&mut counts) {
        for (hour, count) in (0..).zip(hours) {
            let noon: i64 = 18 - i64::abs(hour - 18);
            *count = (noon * noon / 4 + day * 5).saturating_sub(20).max(0);
        }
    }
    counts
}

fn flow_sample() -> Flows<'static> {
    let flow = |name: &str, value| (name.to_owned(), value);
    Flows {
        id: "flows",
        title: "Where coins came from and went",
        ins: vec![
            flow("daily", 21_400),
            flow("start", 6_000),
            flow("grant", 900),
        ],
        outs: vec![flow("revoke", 1_200), flow("fees", 4_800)],
        stayed: "stayed with members",
        from_before: "from before",
        unit: Unit::Coins("🪙".to_owned()),
        empty: nowhere(),
    }
}
