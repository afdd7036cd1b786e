//! The flags of `config`, `audit` and `backup`, and what they ask for.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use kernel::{GuildId, MessageId, UserId};

use crate::{
    failure::Failure,
    moment::Moment,
    verbs::{audit, config, heads},
};

/// What can be done with the settings of guilds.
#[derive(Debug, Subcommand)]
pub enum Config {
    /// Show what is in force
    Show {
        /// The guild
        #[arg(long, value_name = "ID")]
        guild: GuildId,
        /// An earlier revision of it
        #[arg(long, value_name = "N")]
        revision: Option<i64>,
    },
    /// Put a whole document in force
    Set {
        /// The guild
        #[arg(long, value_name = "ID")]
        guild: GuildId,
        /// The file with the document, as JSON
        file: PathBuf,
        /// Why
        #[arg(long, value_name = "TEXT", default_value = "set by the operator")]
        note: String,
        /// Refuse where another revision than this is in force
        #[arg(long, value_name = "N")]
        base: Option<i64>,
    },
    /// List who changed what, newest first
    History {
        /// The guild
        #[arg(long, value_name = "ID")]
        guild: GuildId,
        /// At most this many revisions
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
    },
    /// Show what differs between two revisions
    Diff {
        /// The guild
        #[arg(long, value_name = "ID")]
        guild: GuildId,
        /// The older revision
        from: i64,
        /// The newer revision
        to: i64,
    },
    /// Go back to a revision or a moment
    Rollback {
        /// Which guilds.
        #[command(flatten)]
        scope: Scope,
        /// A revision, or a moment: 3, 2026-11-20T10:00:00Z, -30m
        #[arg(long, value_name = "REVISION|T", allow_hyphen_values = true)]
        to: config::To,
        /// Why
        #[arg(
            long,
            value_name = "TEXT",
            default_value = "rolled back by the operator"
        )]
        note: String,
        /// Only say what would change
        #[arg(long)]
        dry_run: bool,
    },
}

/// Which guilds go back.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Scope {
    /// This guild
    #[arg(long, value_name = "ID")]
    guild: Option<GuildId>,
    /// Every guild
    #[arg(long)]
    all: bool,
}

impl Config {
    /// What is asked for.
    ///
    /// # Errors
    /// When a file that is named cannot be read.
    pub fn ask(self) -> Result<config::Ask, Failure> {
        Ok(match self {
            Self::Show { guild, revision } => config::Ask::Show { guild, revision },
            Self::Set {
                guild,
                file,
                note,
                base,
            } => config::Ask::Set {
                guild,
                document: read(&file)?,
                note,
                base,
            },
            Self::History { guild, limit } => config::Ask::History { guild, limit },
            Self::Diff { guild, from, to } => config::Ask::Diff { guild, from, to },
            Self::Rollback {
                scope,
                to,
                note,
                dry_run,
            } => config::Ask::Rollback {
                guild: scope.guild,
                to,
                note,
                dry_run,
            },
        })
    }
}

fn read(file: &PathBuf) -> Result<String, Failure> {
    fs::read_to_string(file).map_err(|error| {
        let what = format!("`{}` cannot be read: {error}", file.display());
        Failure::broken(
            what,
            "Name a file with a document, as `config show` prints it",
        )
    })
}

/// What can be asked of the audit.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// List decisions, newest first
    Search {
        /// The guild
        #[arg(long, value_name = "ID")]
        guild: GuildId,
        /// Of this kind
        #[arg(long, value_name = "KIND", value_parser = audit::KINDS)]
        kind: Option<String>,
        /// That came to this
        #[arg(long, value_name = "OUTCOME", value_parser = audit::OUTCOMES)]
        outcome: Option<String>,
        /// About this member, or set off by them
        #[arg(long, value_name = "ID")]
        user: Option<UserId>,
        /// About this message
        #[arg(long, value_name = "ID")]
        message: Option<MessageId>,
        /// Not older than this: 2026-11-20T10:00:00Z, or -30m, -12h, -7d
        #[arg(long, value_name = "T", allow_hyphen_values = true)]
        since: Option<Moment>,
        /// Older than this
        #[arg(long, value_name = "T", allow_hyphen_values = true)]
        until: Option<Moment>,
        /// At most this many
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
    /// Check that no record was changed, removed, put in or turned round
    Verify {
        /// Signed heads that were kept elsewhere, one on a line
        #[arg(long, value_name = "FILE")]
        heads: Option<PathBuf>,
    },
    /// Keep the signed ends of the chains elsewhere
    #[command(subcommand)]
    Heads(Heads),
    /// Print every entry of a guild in the order of its chain, one on a line
    Export {
        /// The guild
        #[arg(long, value_name = "ID")]
        guild: GuildId,
    },
}

/// What can be done with signed heads.
#[derive(Debug, Subcommand)]
pub enum Heads {
    /// Add the newest signed head of each guild that changed to a file, for `audit verify --heads`
    Export {
        /// The file; keep it, or a copy of it, where nobody who reaches the database can change it
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// The path from the root, and an error where nothing is there.
fn whole(file: &Path) -> Result<PathBuf, Failure> {
    file.canonicalize().map_err(|error| {
        let what = format!("`{}` cannot be read: {error}", file.display());
        Failure::broken(
            what,
            "Name a file as `guildhall audit heads export` writes it",
        )
    })
}

impl Audit {
    /// The file that the answer is added to, where it is not printed.
    #[must_use]
    pub fn file(&self) -> Option<PathBuf> {
        match self {
            Self::Heads(Heads::Export { file }) => Some(file.clone()),
            Self::Search { .. } | Self::Verify { .. } | Self::Export { .. } => None,
        }
    }

    /// What is asked for.
    ///
    /// # Errors
    /// When a file that is named cannot be read.
    pub fn ask(self) -> Result<audit::Ask, Failure> {
        Ok(match self {
            Self::Search {
                guild,
                kind,
                outcome,
                user,
                message,
                since,
                until,
                limit,
            } => audit::Ask::Search(audit::Selection {
                guild,
                kind,
                outcome,
                user,
                message,
                since,
                until,
                limit,
            }),
            Self::Verify { heads } => audit::Ask::Verify {
                heads: heads.as_deref().map(whole).transpose()?,
            },
            Self::Heads(Heads::Export { file }) => audit::Ask::Heads {
                after: heads::last_place(&file)?,
            },
            Self::Export { guild } => audit::Ask::Export { guild },
        })
    }
}

/// What can be done with backups.
#[derive(Debug, Subcommand)]
pub enum Backup {
    /// Write the whole database into a file, while everything goes on
    Create {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Replace the file where there is one
        #[arg(long)]
        force: bool,
    },
    /// Read all of a backup, build a database from it aside, and examine that
    Verify {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Bring a backup back into an empty data directory or PostgreSQL database, while no server runs
    Restore {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Move the database that is there aside
        #[arg(long)]
        force: bool,
        /// The master key is lost: go on, although no secret can be opened
        #[arg(long)]
        without_key: bool,
        /// Believe whoever the backup names as a signer of its record, also those that are not known here
        #[arg(long)]
        trust_signers: bool,
        /// Only check that it could be done
        #[arg(long)]
        dry_run: bool,
    },
}
