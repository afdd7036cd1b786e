//! Where did the coins go: how many there are, where they came in and went out, who has them, and that the books agree.

mod hours;
pub(crate) mod load;
mod over_time;
mod spread;

use economy::{FlowEnd, Ranked, Record, SpreadSeen, Supply, Watched};
use kernel::Timestamp;
use maud::{Markup, html};

use super::{
    entry::Names,
    files::link,
    movement::{self, about},
};
use crate::{
    components::{
        chart::{Chart, Flows, Series, Shape, chart, sankey},
        empty::{Empty, empty},
        figure::{Figure, Trend, figures},
        icon::Icon,
        notice::{Notice, notice},
        section::{live, page_head, section},
        shell::{self, Frame, Head, Section},
        table::{Rows, Table, number, table, text},
        tag::{Tone, tag},
    },
    numbers::{Unit, counted, grouped},
    range::{Range, ranges},
};

pub(crate) use load::show;
use over_time::Slots;

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// The time that is looked over.
    pub(crate) range: Range,
    pub(crate) is_on: bool,
    pub(crate) symbol: String,
    pub(crate) supply: Supply,
    /// How coins flowed since the beginning of that time, oldest first.
    pub(crate) flows: Vec<economy::Flow>,
    /// Who has the most in their purses.
    pub(crate) holders: Vec<Ranked>,
    /// How evenly coins are spread, as it was last found.
    pub(crate) spread: Option<SpreadSeen>,
    pub(crate) latest: Vec<Record>,
    pub(crate) watched: Watched,
    /// Why coins stand still, and since when, where they do.
    pub(crate) frozen: Option<(String, Timestamp)>,
    pub(crate) names: Names,
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let head = Head {
        title: "Economy",
        section: Some(Section::Economy),
        is_live: true,
        ..Head::default()
    };
    let slots = Slots::over(frame, view);
    let beside = |place: &str, words: &str| html! { a href=(frame.at(place)) { (words) } };
    let main = html! {
        (page_head("Economy", &lead(view, &slots), &ranges(&frame.at("/economy"), view.range)))
        (standstill(frame, view))
        (live("figures", &figures(&numbers(frame, view, &slots))))
        (section("flows", "Where coins came in and went out", &html! {},
            &live("flows", &html! { div.card { (flowed(frame, view)) (between_members(view)) } })))
        (section("supply", "How many there were", &html! {}, &live("supply", &html! { div.card { (supply(frame, view, &slots)) } })))
        (hours::hours(frame, view))
        div.columns {
            div.stack {
                (section("holders", "Who has the most", &link(frame, "/economy/holders.csv"), &live("holders", &holders(frame, view))))
                (section("accounts", "Where all coins are", &html! {}, &live("accounts", &accounts(frame, view))))
            }
            (section("spread", "How evenly coins are spread", &live("spread-at", &spread::seen_at(frame, view.spread.as_ref())),
                &live("spread", &html! { div.card { (spread::spread(view.spread.as_ref())) } })))
        }
        (section("latest", "Latest movements", &beside("/economy/transfers", "All movements"),
            &live("latest", &latest(frame, view))))
    };
    shell::page(frame, &head, &main)
}

/// The answer in two sentences.
fn lead(view: &View, slots: &Slots) -> String {
    let unit = Unit::Coins(view.symbol.clone());
    let circulating = unit.whole(view.supply.circulating.get());
    let time = match view.range {
        Range::Today => "today",
        Range::Week => "in 7 days",
        Range::Month => "in 30 days",
    };
    let moved = match slots.grown() {
        0 => format!("as many as before {time}"),
        more if more > 0 => format!("{} more {time}", grouped(more)),
        fewer => format!("{} fewer {time}", grouped(fewer.saturating_abs())),
    };
    format!(
        "{circulating} in circulation, {moved}. Every one of them can be followed to where it came from."
    )
}

fn standstill(frame: &Frame, view: &View) -> Markup {
    if let Some((reason, since)) = &view.frozen {
        return notice(&Notice {
            tone: Tone::Danger,
            title: "No coins move.".to_owned(),
            text: format!(
                "The economy stands still since {}: {reason}. Whoever runs Guildhall can look into it with “ledger verify”.",
                frame.now.short(*since)
            ),
            action: None,
        });
    }
    if view.is_on {
        return html! {};
    }
    notice(&Notice {
        tone: Tone::Info,
        title: "The economy is off.".to_owned(),
        text: "Members keep what they have, and nobody earns or pays until it is turned on."
            .to_owned(),
        action: frame
            .opens(Section::Settings)
            .then(|| ("Settings".to_owned(), frame.at("/settings/economy"))),
    })
}

fn numbers(frame: &Frame, view: &View, slots: &Slots) -> Vec<Figure> {
    let (came, went) = slots.came_and_went();
    let over = match view.range {
        Range::Today => "today",
        Range::Week => "in 7 days",
        Range::Month => "in 30 days",
    };
    let coins = |label: &str, value: i64, note: String| Figure {
        label: label.to_owned(),
        value: grouped(value),
        unit: view.symbol.clone(),
        note,
        ..Figure::default()
    };
    vec![
        Figure {
            spark: slots.circulating(),
            href: Some("#supply".to_owned()),
            ..coins(
                "In circulation",
                view.supply.circulating.get(),
                "what came in and has not gone out".to_owned(),
            )
        },
        Figure {
            href: Some("#flows".to_owned()),
            ..coins("Came in", came, over.to_owned())
        },
        Figure {
            href: Some("#flows".to_owned()),
            ..coins("Went out", went, over.to_owned())
        },
        verified(frame, view),
    ]
}

/// That the books agree, and since when that is known.
fn verified(frame: &Frame, view: &View) -> Figure {
    let sums = view.supply.sum.get() == 0;
    let (value, tone) = if sums && view.frozen.is_none() {
        ("Agree", Tone::Good)
    } else {
        ("Disagree", Tone::Danger)
    };
    let watched = &view.watched;
    let note = match (watched.clean_since(), watched.repair) {
        (None, _) => "the first check of every coin is under way".to_owned(),
        (Some(_), Some(repair)) => format!(
            "checked all the time; {} put right {}",
            counted(
                i64::try_from(repair.repaired).unwrap_or(i64::MAX),
                "balance",
                "balances"
            ),
            frame.now.short(repair.at)
        ),
        (Some(since), None) => format!(
            "checked all the time, clean since {}",
            frame.now.short(since)
        ),
    };
    Figure {
        label: "Balances and journal".to_owned(),
        value: value.to_owned(),
        note,
        trend: (tone == Tone::Danger).then(|| Trend {
            text: "ask the operator".to_owned(),
            tone,
        }),
        href: Some("#accounts".to_owned()),
        ..Figure::default()
    }
}

fn flowed(frame: &Frame, view: &View) -> Markup {
    let (ins, outs) = over_time::ends(view);
    sankey(&Flows {
        id: "coin-flows",
        title: "Faucets and sinks",
        ins,
        outs,
        stayed: "Stayed in circulation",
        from_before: "From before",
        unit: Unit::Coins(view.symbol.clone()),
        empty: Empty {
            icon: Icon::Coins,
            title: "No coins came in or went out",
            text: "Coins come in when members claim their /daily or you grant some, and go out when they are spent or taken back.",
            actions: frame
                .opens(Section::Settings)
                .then(|| ("Set the daily reward", frame.at("/settings/economy")))
                .into_iter()
                .collect(),
        },
    })
}

/// What changed hands, which no faucet or sink shows.
fn between_members(view: &View) -> Markup {
    let between = view
        .flows
        .iter()
        .filter(|flow| flow.from == FlowEnd::Members && flow.to == FlowEnd::Members);
    let (coins, count) = between.fold((0_i64, 0_u64), |(coins, count), flow| {
        (
            coins.saturating_add(flow.coins.get()),
            count.saturating_add(flow.transfers),
        )
    });
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    html! {
        @if count > 0 {
            p.soft {
                "Besides, " (Unit::Coins(view.symbol.clone()).whole(coins)) " changed hands between members in "
                (counted(count, "payment", "payments")) ". Fees, purchases and grants above move the total; payments do not."
            }
        }
    }
}

fn supply(frame: &Frame, view: &View, slots: &Slots) -> Markup {
    chart(&Chart {
        id: "coin-supply",
        title: "Coins in circulation",
        shape: Shape::Line,
        across: slots.across(),
        labels: slots.labels(),
        series: vec![Series {
            name: "In circulation".to_owned(),
            values: slots.circulating(),
        }],
        unit: Unit::Coins(view.symbol.clone()),
        empty: Empty {
            icon: Icon::Coins,
            title: "There are no coins yet",
            text: "The first ones come with the first /daily. From then on every coin is in the books.",
            actions: vec![("All movements", frame.at("/economy/transfers"))],
        },
    })
}

fn holders(frame: &Frame, view: &View) -> Markup {
    let row = |line: &Ranked| {
        let name = about(line.user, &view.names, frame);
        vec![
            html! { (line.rank) },
            name,
            html! { (grouped(line.value)) },
            html! { a href=(movement::statement_of(frame, line.user)) { "Statement" } },
        ]
    };
    let nobody = Empty {
        icon: Icon::Person,
        title: "Nobody has coins",
        text: "Who claims a /daily stands here.",
        actions: Vec::new(),
    };
    html! {
        (table(&Table {
            id: "holders-table",
            caption: "Members with the most coins in their purses",
            columns: &[number("Rank"), text("Member"), number("Coins"), text("Where from")],
            rows: if view.holders.is_empty() { Rows::Empty(nobody) } else { Rows::Here(view.holders.iter().map(row).collect()) },
            is_whole: false,
            first: None,
            next: None,
        }))
        (concentration(view))
    }
}

/// How much of all coins those few have.
fn concentration(view: &View) -> Markup {
    let total = view.supply.circulating.get();
    let theirs: i64 = view.holders.iter().map(|line| line.value).sum();
    let share = i128::from(theirs) * 100 / i128::from(total.max(1));
    let count = i64::try_from(view.holders.len()).unwrap_or(0);
    html! {
        @if total > 0 && count > 1 && share <= 100 {
            p.soft { "These " (count) " have " (share) " % of all coins." }
        }
    }
}

fn accounts(frame: &Frame, view: &View) -> Markup {
    let row = |line: &economy::SupplyLine| {
        vec![
            html! { (movement::account_name(&line.name)) },
            html! { (grouped(line.balance.get())) },
        ]
    };
    let mut rows: Vec<Vec<Markup>> = view.supply.accounts.iter().map(row).collect();
    if rows.is_empty() {
        return empty(&Empty {
            icon: Icon::Coins,
            title: "No account was opened yet",
            text: "Purses, faucets and sinks appear with the first coin.",
            actions: vec![("All movements", frame.at("/economy/transfers"))],
        });
    }
    let sum = view.supply.sum.get();
    rows.push(vec![
        html! { strong { "All together" } },
        html! { strong { (grouped(sum)) } " " (if sum == 0 { tag(Tone::Good, "none lost or made") } else { tag(Tone::Danger, "does not add up") }) },
    ]);
    table(&Table {
        id: "accounts-table",
        caption: "All coins by account",
        columns: &[text("Account"), number("Coins")],
        rows: Rows::Here(rows),
        is_whole: false,
        first: None,
        next: None,
    })
}

fn latest(frame: &Frame, view: &View) -> Markup {
    movement::listed(
        frame,
        &movement::List {
            id: "latest-table",
            caption: "The latest movements of coins",
            records: &view.latest,
            names: &view.names,
            first: None,
            next: None,
            nothing: Empty {
                icon: Icon::Coins,
                title: "No coin has moved yet",
                text: "Every reward, payment and correction stands here from the first one on.",
                actions: Vec::new(),
            },
        },
    )
}
