//! What edges tell the operator of the installation itself: plain values, which the server fills in. No edge reaches
//! for a process, a file or a connection.

use std::{fmt, time::Duration};

use chat::BoxFuture;
use kernel::{ApplicationId, Span, Timestamp};

/// Who knows how the installation is.
pub trait Installation: Send + Sync + fmt::Debug {
    /// The program that runs.
    fn program(&self) -> Program;

    /// What is set, in the order in which it is documented.
    fn settings(&self) -> Vec<Setting>;

    /// The parts of the server, as `/readyz` tells of them.
    fn parts(&self) -> Vec<Part>;

    /// The bots, in the order in which they are configured.
    fn bots(&self) -> Vec<Bot>;

    /// Where whoever manages a server brings the bot into it; nothing as long as Discord has not said which bot it is,
    /// and where there is nothing to bring it into, as in the demo.
    fn invite(&self) -> Option<String>;

    /// Where everything is kept. It reads files, and asks the database.
    fn storage(&self) -> BoxFuture<'_, Storage>;
}

/// The program that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Its version.
    pub version: String,
    /// The commit that it was built from, where the build said so.
    pub commit: Option<String>,
    /// Since when this process runs.
    pub started_at: Timestamp,
    /// The address that people use.
    pub url: String,
    /// Whether it is the demo, on a simulated Discord.
    pub is_demo: bool,
}

/// A setting of the operator's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The variable.
    pub name: &'static str,
    /// What it means, and what holds where it is not given.
    pub meaning: &'static str,
    /// What is given.
    pub given: Given,
    /// Whether this version does anything with it.
    pub has_effect: bool,
}

/// What is given for a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// Nothing: what its meaning says holds.
    Nothing,
    /// This.
    Text(String),
    /// A secret, which is shown to nobody.
    Secret,
}

/// A part of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// How it is.
    pub state: PartState,
    /// Why, where it is not ready.
    pub reason: Option<String>,
    /// Since when it is so.
    pub since: Timestamp,
}

/// How a part of the server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartState {
    /// It works.
    Ready,
    /// It does not, or not all of it.
    Degraded,
    /// It has not got there yet.
    Starting,
}

/// A bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bot {
    /// Its application, once Discord said which.
    pub application: Option<ApplicationId>,
    /// Its name, once Discord said it.
    pub name: String,
    /// How it is.
    pub state: Connection,
    /// Since when it is so.
    pub since: Timestamp,
    /// What is the matter with it, the gravest first.
    pub troubles: Vec<BotTrouble>,
    /// Whether its commands are registered.
    pub has_commands: bool,
    /// How many events could not be read since the start.
    pub unread: u64,
    /// How many new sessions Discord allows it today, where it said so at the start.
    pub sessions_left: Option<u32>,
    /// Its shards, in order.
    pub shards: Vec<Shard>,
}

/// Something that is the matter with a bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BotTrouble {
    /// What.
    pub reason: String,
    /// What the operator does about it.
    pub remedy: String,
}

/// A connection of a bot: it takes events in for a part of its servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard {
    /// Which one, from zero.
    pub number: u32,
    /// How it is.
    pub state: Connection,
    /// Since when it is so.
    pub since: Timestamp,
    /// How long the gateway took to answer the last heartbeat.
    pub heartbeat: Option<Duration>,
    /// How many sessions it began anew since the start.
    pub begun: u64,
    /// How many it took up again.
    pub resumed: u64,
}

/// How a bot or a shard is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connection {
    /// It is on its way.
    Starting,
    /// It takes events in and answers.
    Live,
    /// It works with limits, or is trying to come back, for this reason.
    Degraded(String),
    /// It has stopped for this reason, and needs somebody to act.
    Failed(String),
}

/// Where everything is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// Which engine.
    pub engine: Engine,
    /// Where it is; of a server nothing, for its address holds a password.
    pub place: Option<String>,
    /// How many bytes it takes, or why that is not known.
    pub bytes: Result<u64, String>,
    /// How its schema stands, or why that is not known.
    pub schema: Result<Schema, String>,
    /// The backups that are kept beside it.
    pub backups: Backups,
    /// The check of the record of decisions.
    pub record: RecordCheck,
}

/// The check that goes through the whole record of decisions once a day, as far as this process knows of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordCheck {
    /// The last one that came to its end; nothing before the first one since the start.
    pub last: Option<RecordChecked>,
    /// When a later one came to no end, and why.
    pub failed: Option<(Timestamp, String)>,
    /// When the next one begins.
    pub next_at: Option<Timestamp>,
}

/// What a check of the record found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordChecked {
    /// When it ended.
    pub at: Timestamp,
    /// Over how many servers' chains it went.
    pub guilds: u64,
    /// Over how many decisions.
    pub entries: u64,
    /// At how many places the record does not hold.
    pub breaks: u64,
    /// The first of them.
    pub first: Option<String>,
}

/// A database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The one inside the process.
    Embedded,
    /// A PostgreSQL server.
    Postgres,
}

/// How the schema of the database stands against the program's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The number and name of the last step that the database has; nothing where it has none.
    pub applied: Option<(u32, String)>,
    /// The number of the last step that the program knows.
    pub known: u32,
    /// How many steps it lacks.
    pub lacking: usize,
}

/// Backups, and when they are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backups {
    /// The folder.
    pub folder: String,
    /// Those that are there, the newest first, or why they can't be looked through.
    pub kept: Result<Vec<Backup>, String>,
    /// When the next one is due; nothing where none is taken by itself.
    pub next_at: Option<Timestamp>,
    /// How long one may be the newest before that is told as trouble.
    pub age_max: Span,
    /// How many days they are kept.
    pub keep_days: u16,
}

/// A backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The file's name.
    pub name: String,
    /// The moment whose state it holds.
    pub at: Timestamp,
    /// Whether it is one of every day's.
    pub is_daily: bool,
    /// How many bytes it has.
    pub bytes: u64,
    /// What it says of itself, or why it is of no use.
    pub whole: Result<BackupContent, String>,
}

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupContent {
    /// The version of the program that wrote it.
    pub version: String,
    /// How many rows it holds.
    pub rows: u64,
    /// The last step of its schema.
    pub schema: u32,
}
