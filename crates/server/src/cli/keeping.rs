//! The flags of `bot`, `token` and `keys`, and what they ask for.

use std::{fs, path::PathBuf};

use clap::{Args, Subcommand};
use kernel::GuildId;

use crate::{
    failure::Failure,
    verbs::{bot, keys, token},
};

/// What can be done with the personas of guilds.
#[derive(Debug, Subcommand)]
pub enum Bot {
    /// List the persona of every guild
    List,
    /// Show who the persona is, and the versions that were written down
    Show {
        /// The guild
        #[arg(long, value_name = "ID")]
        guild: GuildId,
        /// This version alone, and what it would change
        #[arg(long, value_name = "N")]
        version: Option<i64>,
    },
    /// Put a version in force
    Deploy {
        /// The guild
        #[arg(long, value_name = "ID")]
        guild: GuildId,
        /// Which.
        #[command(flatten)]
        which: Which,
        /// Why; stands with a new version
        #[arg(long, value_name = "TEXT", default_value = "deployed by the operator")]
        note: String,
        /// Only say what would change
        #[arg(long)]
        dry_run: bool,
    },
    /// Go back to the version that was in force before
    Rollback {
        /// The guild
        #[arg(long, value_name = "ID")]
        guild: GuildId,
        /// Only say what would change
        #[arg(long)]
        dry_run: bool,
    },
    /// Have the persona keep silent; everything else goes on
    Pause {
        /// The guild
        #[arg(long, value_name = "ID")]
        guild: GuildId,
    },
    /// Have it answer again
    Resume {
        /// The guild
        #[arg(long, value_name = "ID")]
        guild: GuildId,
    },
}

/// What is to be in force.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Which {
    /// A version that was written down
    #[arg(long, value_name = "N")]
    version: Option<i64>,
    /// A new one, from a file with the persona as JSON
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Bot {
    /// What is asked for.
    ///
    /// # Errors
    /// When a file that is named cannot be read.
    pub fn ask(self) -> Result<bot::Ask, Failure> {
        Ok(match self {
            Self::List => bot::Ask::List,
            Self::Show { guild, version } => bot::Ask::Show { guild, version },
            Self::Deploy {
                guild,
                which,
                note,
                dry_run,
            } => bot::Ask::Deploy {
                guild,
                what: what(which, note)?,
                dry_run,
            },
            Self::Rollback { guild, dry_run } => bot::Ask::Rollback { guild, dry_run },
            Self::Pause { guild } => bot::Ask::Pause { guild },
            Self::Resume { guild } => bot::Ask::Resume { guild },
        })
    }
}

fn what(which: Which, note: String) -> Result<bot::What, Failure> {
    match (which.version, which.file) {
        (Some(number), _) => Ok(bot::What::Version(number)),
        (None, Some(file)) => {
            let persona = fs::read_to_string(&file).map_err(|error| {
                Failure::broken(
                    format!("`{}` cannot be read: {error}", file.display()),
                    "Name a file with a persona, as `bot show --json` prints it",
                )
            })?;
            Ok(bot::What::New { persona, note })
        }
        (None, None) => Err(Failure::Usage(
            "say which: one of --version and --file".to_owned(),
        )),
    }
}

/// What can be done with tokens.
#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make a token, and print it once
    Create {
        /// The guild that it opens
        #[arg(long, value_name = "ID")]
        guild: GuildId,
        /// What it opens there: economy:read, economy:write, config:read …; whoever may write may read
        #[arg(long, value_name = "SCOPE,…", required = true, value_delimiter = ',')]
        scope: Vec<String>,
        /// What it is called, and under which name it acts [default: token and its number]
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },
    /// List the tokens, newest first, and when each was last used
    List {
        /// Only of this guild
        #[arg(long, value_name = "ID")]
        guild: Option<GuildId>,
    },
    /// Have a token open nothing any more, at once
    Revoke {
        /// Its id, as the list shows it
        id: i64,
        /// Only say which it is
        #[arg(long)]
        dry_run: bool,
    },
}

impl From<Token> for token::Ask {
    fn from(given: Token) -> Self {
        match given {
            Token::Create { guild, scope, name } => Self::Create {
                guild,
                name,
                scopes: scope,
            },
            Token::List { guild } => Self::List { guild },
            Token::Revoke { id, dry_run: false } => Self::Revoke { id },
            Token::Revoke { id, dry_run: true } => Self::RevokeTell { id },
        }
    }
}

/// What can be done with keys.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum Keys {
    /// Have another master key take the place of the one in `master.key`
    Rotate,
}

impl From<Keys> for keys::Ask {
    fn from(given: Keys) -> Self {
        match given {
            Keys::Rotate => Self::Rotate,
        }
    }
}
