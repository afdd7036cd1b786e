//! An installation as the tests have it.

use std::time::Duration;

use app::installation::{
    Backup, BackupContent, Backups, Bot, BotTrouble, Connection, Engine, Given, Installation, Part,
    PartState, Program, RecordCheck, RecordChecked, Schema, Setting, Shard, Storage,
};
use chat::BoxFuture;
use kernel::{Span, Timestamp};

/// A server with a bot that lacks an intent, and two backups of which one is of no use.
#[derive(Debug)]
pub(super) struct House;

fn since() -> Timestamp {
    "2026-11-20T08:00:00Z".parse().unwrap()
}

impl Installation for House {
    fn program(&self) -> Program {
        Program {
            version: "1.2.3".to_owned(),
            commit: None,
            started_at: since(),
            url: "http://guildhall.test".to_owned(),
            is_demo: false,
        }
    }

    fn settings(&self) -> Vec<Setting> {
        let setting = |name, given| Setting {
            name,
            meaning: "what it means",
            given,
            has_effect: true,
        };
        vec![
            setting("GUILDHALL_LOG", Given::Text("info".to_owned())),
            setting("GUILDHALL_DISCORD_TOKEN", Given::Secret),
            setting("GUILDHALL_OTLP_ENDPOINT", Given::Nothing),
        ]
    }

    fn parts(&self) -> Vec<Part> {
        let part = |name: &str, state, reason: Option<&str>| Part {
            name: name.to_owned(),
            state,
            reason: reason.map(str::to_owned),
            since: since(),
        };
        vec![
            part("backup", PartState::Degraded, Some("none is good")),
            part("discord", PartState::Starting, None),
            part("storage", PartState::Ready, None),
        ]
    }

    fn bots(&self) -> Vec<Bot> {
        let shard = |number, state, heartbeat: Option<u64>| Shard {
            number,
            state,
            since: since(),
            heartbeat: heartbeat.map(Duration::from_millis),
            begun: 1,
            resumed: 3,
        };
        vec![Bot {
            application: kernel::Id::new(70).ok(),
            name: "Guildhall".to_owned(),
            state: Connection::Degraded("no content".to_owned()),
            since: since(),
            troubles: vec![BotTrouble {
                reason: "the application lacks an intent".to_owned(),
                remedy: "Switch it on under Bot.".to_owned(),
            }],
            has_commands: true,
            unread: 2,
            sessions_left: Some(12),
            shards: vec![
                shard(0, Connection::Live, Some(41)),
                shard(1, Connection::Failed("the token is gone".to_owned()), None),
            ],
        }]
    }

    fn invite(&self) -> Option<String> {
        Some("https://discord.test/oauth2/authorize?client_id=70".to_owned())
    }

    fn storage(&self) -> BoxFuture<'_, Storage> {
        let backup = |name: &str, whole| Backup {
            name: name.to_owned(),
            at: since(),
            is_daily: true,
            bytes: 4_000,
            whole,
        };
        let content = BackupContent {
            version: "1.2.3".to_owned(),
            rows: 1_200,
            schema: 13,
        };
        let storage = Storage {
            engine: Engine::Embedded,
            place: Some("/data/guildhall.db".to_owned()),
            bytes: Ok(12_000),
            schema: Ok(Schema {
                applied: Some((13, "review".to_owned())),
                known: 14,
                lacking: 1,
            }),
            backups: Backups {
                folder: "/data/backups".to_owned(),
                kept: Ok(vec![
                    backup("newer", Err("it is cut short".to_owned())),
                    backup("older", Ok(content)),
                ]),
                next_at: None,
                age_max: Span::days(2),
                keep_days: 7,
            },
            record: RecordCheck {
                last: Some(RecordChecked {
                    at: since(),
                    guilds: 2,
                    entries: 40,
                    breaks: 1,
                    first: Some("entry 7 is gone".to_owned()),
                }),
                failed: None,
                next_at: Some("2026-11-21T08:00:00Z".parse().unwrap()),
            },
        };
        Box::pin(async { storage })
    }
}
