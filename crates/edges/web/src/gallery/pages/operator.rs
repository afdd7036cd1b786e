//! Samples of the operator's pages: an installation with many servers and some troubles, one that is new, and one whose
//! servers are called nothing but markup.

mod machine;
mod queues;

use std::time::Duration;

use app::{
    Ailment, GuildState, KnownGuild, Pace,
    installation::{Given, Program, Setting},
};
use kernel::GuildId;
use maud::Markup;

use super::{State, samples};
use crate::{
    components::{tag::Tone, to_do::Need},
    gallery::console_frame,
    pages::operator::{bots, home, jobs, letter, providers, servers, storage, versions},
};

/// One page of the operator's in one state.
pub(super) fn page(name: &str, state: State) -> Option<Markup> {
    let frame = console_frame(state);
    Some(match name {
        "installation" => home::page(&frame, &home_view(state)),
        "servers" => servers::page(&frame, &servers_view(state)),
        "bots" => bots::page(&frame, &machine::bots_view(state)),
        "jobs" => jobs::page(&frame, &queues::jobs_view(state)),
        "letter" => letter::page(&frame, &queues::letter_view(state)),
        "providers" => providers::page(&frame, &machine::providers_view(state)),
        "storage" => storage::page(&frame, &machine::storage_view(state)),
        "program" => versions::page(&frame, &versions_view(state)),
        _ => return None,
    })
}

fn program(state: State) -> Program {
    Program {
        version: samples::wrote(state, "0.9.0"),
        commit: (state != State::Empty).then(|| "3f0c2d9a11be".to_owned()),
        started_at: samples::ago(4_210),
        url: "guildhall.example".to_owned(),
        is_demo: state == State::Empty,
    }
}

fn home_view(state: State) -> home::View {
    let need = |tone, text: &str| Need {
        tone,
        text: samples::wrote(state, text),
        action: None,
    };
    let needs = vec![
        need(
            Tone::Danger,
            "The bot is not connected to Discord. What it owes there is sent when it is back. Since 14:02: the gateway \
             answered no heartbeat.",
        ),
        need(Tone::Warning, "Two servers have spent today's budget."),
    ];
    home::View {
        needs: if state == State::Empty {
            Vec::new()
        } else {
            needs
        },
        servers: if state == State::Empty { 0 } else { 1_284 },
        busiest: servers_view(state).guilds.into_iter().next(),
        bots: machine::bots_view(state).bots,
        counts: queues::counts(state),
        providers: machine::providers_view(state).providers,
        storage: machine::storage_view(state).storage,
        parts: machine::parts(state),
        program: program(state),
    }
}

fn guild(state: State, number: u64, name: &str, ailments: Vec<Ailment>) -> GuildState {
    let busy = number.is_multiple_of(2);
    GuildState {
        id: GuildId::new(1_100_000_000_000_000_000 + number).expect("above zero"),
        known: (number != 9).then(|| KnownGuild {
            name: samples::wrote(state, name),
            members: number * 1_431,
        }),
        ailments,
        month_micros: i64::try_from(number).unwrap_or(0) * 1_210_000,
        today_micros: 420_000,
        day_max_micros: 1_000_000,
        decisions: number * 321,
        pace: busy.then(|| Pace {
            events: 4_000,
            worked: Duration::from_millis(number * 2_100),
            waited: Duration::from_millis(9_000),
            waited_max: Duration::from_millis(number * 37),
        }),
    }
}

fn servers_view(state: State) -> servers::View {
    let reason = samples::wrote(state, "the journal contradicts itself");
    let frozen = Ailment::CoinsStandStill {
        reason,
        since: samples::ago(90),
    };
    let guilds = vec![
        guild(
            state,
            8,
            "Lantern Harbour",
            vec![frozen, Ailment::Failed(2)],
        ),
        guild(
            state,
            7,
            "Tidewater Chess Club",
            vec![
                Ailment::Lacks(vec!["Manage messages", "Time out members"]),
                Ailment::Unseen,
            ],
        ),
        guild(
            state,
            6,
            "The Long Room of Everybody Who Ever Repaired a Mechanical Keyboard",
            Vec::new(),
        ),
        guild(
            state,
            5,
            "Quiet Garden",
            vec![Ailment::RulesOff(samples::ago(300))],
        ),
        guild(
            state,
            4,
            "Sol & Daughters",
            vec![Ailment::Dead(3), Ailment::Retried(12)],
        ),
        guild(state, 9, "", Vec::new()),
        guild(state, 3, "Neu", vec![Ailment::NoSettings]),
    ];
    servers::View {
        asked: servers::Asked {
            text: match state {
                State::Hostile => samples::HOSTILE.to_owned(),
                State::Full | State::Empty => String::new(),
            },
            ..servers::Asked::default()
        },
        guilds: if state == State::Empty {
            Vec::new()
        } else {
            guilds
        },
        next: (state == State::Full).then(|| "1100000000000000003".to_owned()),
        known: if state == State::Empty { 0 } else { 1_284 },
    }
}

fn versions_view(state: State) -> versions::View {
    let setting = |name, meaning, given, has_effect| Setting {
        name,
        meaning,
        given,
        has_effect,
    };
    let level = Given::Text(samples::wrote(state, "info,economy=debug"));
    versions::View {
        program: program(state),
        settings: vec![
            setting(
                "GUILDHALL_DATA_DIR",
                "where everything is kept; ./data",
                Given::Text("/var/lib/guildhall".to_owned()),
                true,
            ),
            setting(
                "GUILDHALL_DATABASE_URL",
                "postgres://…; without it an embedded database in the data directory",
                Given::Nothing,
                true,
            ),
            setting(
                "GUILDHALL_DISCORD_TOKEN",
                "the bot's token; without it there is no bot",
                Given::Secret,
                true,
            ),
            setting(
                "GUILDHALL_OTLP_ENDPOINT",
                "where traces go; nowhere",
                Given::Text("traces.example:4317".to_owned()),
                false,
            ),
            setting("GUILDHALL_LOG", "the log level; info", level, true),
        ],
    }
}
