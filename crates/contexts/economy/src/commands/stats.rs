//! `/stats`: how lively the economy of the guild is, to be seen by the asker alone.
//!
//! Sums over everybody and nothing of a single member, so it is for every member.

use ::store::Tx;
use chat::{
    ButtonStyle, Chart, Colour, Drawing, Embed, Marks, Picture, Reply, Series, Sheet, Visibility,
};
use kernel::Told;

use super::{Answer, CommandError, Talk};
use crate::{
    day::Zone,
    pulse::{Pulse, PulseDay, pulse},
};

pub(crate) fn answer(tx: &mut Tx<'_>, talk: &Talk<'_>) -> Result<Answer, CommandError> {
    let zone = Zone::first_of([talk.settings.daily.zone.as_deref(), None]);
    let found = pulse(tx, talk.op.guild, &zone, talk.op.at)?;
    Ok(Answer {
        reply: card(talk, &zone, &found),
        standings: Vec::new(),
    })
}

/// What is told of a guild, summed up.
struct Summed {
    claims: i64,
    payments: i64,
    days: i64,
    busiest: Option<String>,
}

impl Summed {
    fn of(talk: &Talk<'_>, found: &Pulse) -> Self {
        let sum = |count: fn(&PulseDay) -> i64| {
            let counts = found.days.iter().map(count);
            counts.fold(0_i64, i64::saturating_add)
        };
        let hour = |at: usize| {
            let (day, hour) = (at.checked_div(24)?, at.checked_rem(24)?);
            let day = day_names(talk).get(day)?.clone();
            Some(format!("{day} {hour:02}:00"))
        };
        Self {
            claims: sum(|day| day.claims),
            payments: sum(|day| day.payments),
            days: i64::try_from(found.days.len()).unwrap_or(0),
            busiest: found.busiest().and_then(hour),
        }
    }
}

fn card(talk: &Talk<'_>, zone: &Zone, found: &Pulse) -> Reply {
    let told = Summed::of(talk, found);
    let title = talk.word("economy-stats-title");
    let leads = vec![talk.opens(
        "leaderboard",
        "economy-button-leaderboard",
        ButtonStyle::Secondary,
    )];
    let Some(busiest) = &told.busiest else {
        let embed = Embed::new(Colour::Neutral, title, talk.word("economy-stats-empty"));
        return Reply::card(Visibility::Private, embed).with_buttons(leads);
    };
    let note = note(talk, zone, &told);
    let embed = Embed::new(Colour::Neutral, title, "")
        .with_field(talk.word("economy-holders"), found.holders.to_string())
        .with_field(
            talk.word("economy-circulating"),
            talk.coins(found.circulating.get()),
        )
        .with_field(talk.word("economy-claims"), told.claims.to_string())
        .with_field(talk.word("economy-payments"), told.payments.to_string())
        .with_field(talk.word("economy-busiest"), busiest.clone())
        .with_footer(note.clone());
    Reply::card(Visibility::Private, embed)
        .with_picture(picture(talk, found, &told, note))
        .with_buttons(leads)
}

fn note(talk: &Talk<'_>, zone: &Zone, told: &Summed) -> String {
    let note = Told::new("economy-stats-note")
        .with("days", talk.days(told.days))
        .with("zone", zone.name().to_owned());
    talk.say(&note)
}

fn picture(talk: &Talk<'_>, found: &Pulse, told: &Summed, note: String) -> Picture {
    let sheet = Sheet {
        title: talk.word("economy-stats-title"),
        note,
        figures: vec![
            talk.figure("economy-holders-short", found.holders.to_string()),
            talk.figure("economy-circulating", found.circulating.get().to_string()),
            talk.figure("economy-claims", told.claims.to_string()),
            talk.figure("economy-payments", told.payments.to_string()),
        ],
        charts: charts(talk, found),
    };
    talk.picture("stats.png", alt(talk, found, told), Drawing::Sheet(sheet))
}

fn charts(talk: &Talk<'_>, found: &Pulse) -> Vec<Chart> {
    let values = |value: fn(&PulseDay) -> i64| found.days.iter().map(value).collect::<Vec<_>>();
    let series = |name, values| Series {
        name: talk.word(name),
        values,
    };
    let days = found.days.len();
    let supply = Marks::Area(values(|day| day.circulating));
    let moved = Marks::Bars(vec![
        series("economy-claims", values(|day| day.claims)),
        series("economy-payments", values(|day| day.payments)),
    ]);
    let week = Chart {
        title: talk.word("economy-busiest-hours"),
        ends: (talk.word("economy-fewer"), talk.word("economy-more")),
        marks: Marks::Week {
            counts: found.week.clone(),
            days: day_names(talk),
        },
    };
    vec![
        talk.chart_of_days("economy-circulating", days, supply),
        talk.chart_of_days("economy-per-day", days, moved),
        week,
    ]
}

fn day_names(talk: &Talk<'_>) -> Vec<String> {
    let names = talk.word("economy-week-days");
    names.split_whitespace().map(str::to_owned).collect()
}

fn alt(talk: &Talk<'_>, found: &Pulse, told: &Summed) -> String {
    let first = found.days.first().map_or(0, |day| day.circulating);
    let alt = Told::new("economy-stats-alt")
        .with("holders", found.holders)
        .with("now", found.circulating.get())
        .with("first", first)
        .with("claims", told.claims)
        .with("payments", told.payments)
        .with("days", talk.days(told.days))
        .with("busiest", told.busiest.clone().unwrap_or_default());
    talk.say(&alt)
}
