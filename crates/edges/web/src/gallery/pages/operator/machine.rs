//! Samples of what the installation stands on: bots, providers, storage.

use std::time::Duration;

use ai::{Circuit, Condition, Spent, Usage};
use app::{
    Books, Providers,
    installation::{
        Backup, BackupContent, Backups, Bot, BotTrouble, Connection, Engine, Part, PartState,
        RecordCheck, RecordChecked, Schema, Shard, Storage,
    },
};
use audit::Sealing;
use economy::{Repair, WatchedAll};
use kernel::{GuildId, Id, Span};

use super::{State, samples};
use crate::pages::operator::{bots, providers, storage};

fn shard(number: u32, state: Connection) -> Shard {
    Shard {
        number,
        heartbeat: (state == Connection::Live).then(|| Duration::from_millis(38)),
        state,
        since: samples::ago(14 * (number + 1)),
        begun: 1,
        resumed: u64::from(number) * 3,
    }
}

pub(super) fn bots_view(state: State) -> bots::View {
    let lacking = samples::wrote(
        state,
        "the application lacks the Message Content Intent, so moderation rules read only messages that mention the bot: \
         turn it on in Discord's developer portal under Bot, then restart",
    );
    let down = samples::wrote(state, "the gateway answered no heartbeat");
    let trouble = |reason: &str, remedy: &str| BotTrouble {
        reason: reason.to_owned(),
        remedy: remedy.to_owned(),
    };
    let bot = Bot {
        application: Id::new(1_100_000_000_000_000_077).ok(),
        name: samples::wrote(state, "Guildhall"),
        state: Connection::Degraded(format!("{down}; {lacking}")),
        since: samples::ago(14),
        troubles: vec![
            trouble(
                &down,
                "It connects again by itself, within a minute at most, and takes up where it ended.",
            ),
            trouble(
                &lacking,
                "The switches are in Discord's developer portal, in the application, under Bot, Privileged Gateway Intents.",
            ),
        ],
        has_commands: true,
        unread: 2,
        sessions_left: Some(87),
        shards: vec![
            shard(0, Connection::Degraded(down)),
            shard(1, Connection::Live),
            shard(2, Connection::Starting),
        ],
    };
    bots::View {
        bots: if state == State::Empty {
            Vec::new()
        } else {
            vec![bot]
        },
    }
}

pub(super) fn providers_view(state: State) -> providers::View {
    let condition = Condition {
        provider: "openai".to_owned(),
        model: samples::wrote(state, "gpt-small"),
        circuit: if state == State::Full {
            Circuit::Open
        } else {
            Circuit::Closed
        },
        since: samples::ago(1),
        answered: 12_042,
        failed: 11,
        failures: vec![
            (samples::ago(1), "unavailable"),
            (samples::ago(3), "rate_limited"),
            (samples::ago(240), "timeout"),
        ],
        first_piece: Some(Duration::from_millis(620)),
        usage: Usage {
            input: 4_810_220,
            output: 610_400,
        },
        micros: 3_140_000,
    };
    let spent = |micros, requests| Spent {
        micros,
        reserved_micros: 0,
        requests,
        input_tokens: requests * 410,
        output_tokens: requests * 52,
    };
    let month = vec![
        (
            samples::wrote(state, "gpt-small"),
            spent(31_400_000, 98_120),
        ),
        ("offline".to_owned(), spent(0, 4_100)),
    ];
    let is_empty = state == State::Empty;
    providers::View {
        providers: Providers {
            conditions: if is_empty {
                Vec::new()
            } else {
                vec![condition]
            },
            month: if is_empty { Vec::new() } else { month },
        },
    }
}

fn backup(hours: u32, is_daily: bool, whole: Result<BackupContent, String>) -> Backup {
    let at = samples::ago(hours * 60);
    let name = at.to_string().replace(':', "-");
    Backup {
        name: if is_daily {
            format!("daily-{name}.backup")
        } else {
            format!("before-up-to-13-{name}.backup")
        },
        at,
        is_daily,
        bytes: 41_870_000,
        whole,
    }
}

pub(super) fn storage_view(state: State) -> storage::View {
    let content = |rows| BackupContent {
        version: samples::wrote(state, "0.9.0"),
        rows,
        schema: 13,
    };
    let damaged = samples::wrote(
        state,
        "row 4,112 of its table is not as it was written: the file was damaged or edited",
    );
    let kept = match state {
        State::Empty => Ok(Vec::new()),
        State::Full => Ok(vec![
            backup(12, true, Ok(content(812_440))),
            backup(36, true, Err(damaged)),
            backup(48, false, Ok(content(790_010))),
        ]),
        State::Hostile => Err(samples::HOSTILE.to_owned()),
    };
    let is_full = state == State::Full;
    storage::View {
        storage: Storage {
            engine: if is_full {
                Engine::Embedded
            } else {
                Engine::Postgres
            },
            place: is_full.then(|| "/var/lib/guildhall/guildhall.db".to_owned()),
            bytes: match state {
                State::Hostile => Err(samples::HOSTILE.to_owned()),
                State::Full | State::Empty => Ok(212_400_000),
            },
            schema: match state {
                State::Hostile => Err(samples::HOSTILE.to_owned()),
                State::Full | State::Empty => Ok(Schema {
                    applied: Some((13, "review".to_owned())),
                    known: 13,
                    lacking: 0,
                }),
            },
            backups: Backups {
                folder: "/var/lib/guildhall/backups".to_owned(),
                kept,
                next_at: (state != State::Hostile).then(|| samples::ago(0) + Span::hours(11)),
                age_max: Span::days(2),
                keep_days: 7,
            },
            record: record(state),
        },
        books: books(state),
    }
}

/// A record that is whole, one that nothing is known of yet, and one with breaks that could not be checked again.
fn record(state: State) -> RecordCheck {
    let next_at = Some(samples::ago(0) + Span::hours(20));
    let last = RecordChecked {
        at: samples::ago(240),
        guilds: 12,
        entries: 402_118,
        breaks: 0,
        first: None,
    };
    match state {
        State::Empty => RecordCheck {
            next_at,
            ..RecordCheck::default()
        },
        State::Full => RecordCheck {
            last: Some(last),
            failed: None,
            next_at,
        },
        State::Hostile => RecordCheck {
            last: Some(RecordChecked {
                breaks: 2,
                first: Some(samples::HOSTILE.to_owned()),
                ..last
            }),
            failed: Some((samples::ago(30), samples::HOSTILE.to_owned())),
            next_at,
        },
    }
}

fn books(state: State) -> Books {
    if state == State::Empty {
        return Books::default();
    }
    let repair = Repair {
        at: samples::ago(2_000),
        repaired: 2,
        contradictions: 0,
    };
    let guild = GuildId::new(1_100_000_000_000_000_008).expect("above zero");
    Books {
        ledger: WatchedAll {
            first_at: Some(samples::ago(90_000)),
            last_at: Some(samples::ago(1)),
            repairs: vec![(guild, repair)],
        },
        sealing: Sealing {
            waiting: 3,
            signed_at: Some(samples::ago(0)),
        },
    }
}

pub(super) fn parts(state: State) -> Vec<Part> {
    let part = |name: &str, state, reason: Option<&str>| Part {
        name: name.to_owned(),
        state,
        reason: reason.map(str::to_owned),
        since: samples::ago(14),
    };
    let reason = samples::wrote(state, "the gateway answered no heartbeat");
    vec![
        part("backup", PartState::Ready, None),
        match state {
            State::Empty => part(
                "discord",
                PartState::Starting,
                Some("the bot is connecting"),
            ),
            State::Full | State::Hostile => part("discord", PartState::Degraded, Some(&reason)),
        },
        part("http", PartState::Ready, None),
        part("storage", PartState::Ready, None),
    ]
}
