//! The command line: verbs and flags, as clap reads them.

mod asking;
mod keeping;

use std::{net::SocketAddr, path::PathBuf};

pub use asking::Backup as BackupVerb;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use kernel::{GuildId, UserId};

use crate::{
    config::{self, Flag},
    moment::Moment,
    printer::Format,
    verbs::{
        ledger::{Ask, Selection},
        setup::SetupOptions,
        sim::SimOptions,
    },
};

/// A community platform for Discord servers, in one program.
#[derive(Debug, Parser)]
#[command(name = "guildhall", version, max_term_width = 100)]
pub struct Cli {
    /// What goes for all commands.
    #[command(flatten)]
    pub all: ForAll,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// What goes for all commands.
#[derive(Debug, Args)]
pub struct ForAll {
    /// The configuration file [default: guildhall.toml, where there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where everything is kept (`GUILDHALL_DATA_DIR`)
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<String>,
    /// The log level (`GUILDHALL_LOG`)
    #[arg(long, global = true, value_name = "LEVEL")]
    log: Option<String>,
    /// How log lines look (`GUILDHALL_LOG_FORMAT`)
    #[arg(long, global = true, value_name = "text|json")]
    log_format: Option<String>,
    /// Answer in JSON
    #[arg(long, global = true)]
    json: bool,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Run the whole platform on a simulated Discord, and print one address
    Demo(Demo),
    /// Run the server
    #[command(after_long_help = config::help())]
    Run(Run),
    /// Ask for the bot's token, check it, print the link that invites the bot, and write .env
    Setup(Setup),
    /// Check settings, storage and Discord, and say what to do
    #[command(after_long_help = config::help())]
    Doctor,
    /// The schema of the database
    #[command(subcommand)]
    Migrate(Migrate),
    /// Everything in one file: take it, check it, bring it back
    #[command(subcommand)]
    Backup(asking::Backup),
    /// Check and correct the ledger of coins
    #[command(subcommand)]
    Ledger(Ledger),
    /// What is set in guilds, who changed it, and going back
    #[command(subcommand)]
    Config(asking::Config),
    /// Why things were done, and whether the record is whole
    #[command(subcommand)]
    Audit(asking::Audit),
    /// Who the persona of a guild is, and whether it answers
    #[command(subcommand)]
    Bot(keeping::Bot),
    /// Tokens that open one guild to a program
    #[command(subcommand)]
    Token(keeping::Token),
    /// The key that seals secrets and tokens
    #[command(subcommand)]
    Keys(keeping::Keys),
    /// The simulated Discord
    #[command(subcommand)]
    Sim(SimVerb),
    /// Measure what it does, beside what the bare engines do
    Bench(Bench),
    /// Print what a shell needs to complete this command line
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// What is measured, and with which servers.
#[derive(Debug, Args)]
pub struct Bench {
    /// What to measure: ledger, balance, gateway, command, converse, moderation, rollback, startup, idle, page, crash, storm, audit
    #[arg(value_name = "NAME", required_unless_present = "echo")]
    pub names: Vec<bench::Name>,
    /// A PostgreSQL whose user may make databases [default: a private one]
    #[arg(long, value_name = "URL")]
    pub postgres: Option<String>,
    /// A Redis [default: a private one]
    #[arg(long, value_name = "URL")]
    pub redis: Option<String>,
    /// What is asked of the parts follows from this number
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Measure just long enough to see that it works
    #[arg(long)]
    pub quick: bool,
    /// How often `crash` kills the server, for each database [default: 200]
    #[arg(long, value_name = "N")]
    pub cycles: Option<u32>,
    /// Be the bot that answers at once, beside which others are measured
    #[arg(long, hide = true, conflicts_with = "names")]
    pub echo: bool,
}

/// How the demo is set up.
#[derive(Debug, Args)]
pub struct Demo {
    /// The port of the page [default: 8080]
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,
    /// How many virtual members there are
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub members: u16,
    /// What the virtual members do follows from this number
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Begin with an empty server
    #[arg(long)]
    pub fresh: bool,
}

/// How the server is set up.
#[derive(Debug, Args)]
pub struct Setup {
    /// Read the bot's token from this file [default: `GUILDHALL_DISCORD_TOKEN`, else it is asked for]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Read the application's secret from this file [default: `GUILDHALL_DISCORD_CLIENT_SECRET`, else it is asked for]
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
    /// Print the settings, secrets and all, and write nothing
    #[arg(long)]
    print: bool,
    /// Replace other values that stand in .env without asking
    #[arg(long)]
    force: bool,
}

impl From<Setup> for SetupOptions {
    fn from(given: Setup) -> Self {
        Self {
            token_file: given.token_file,
            client_secret_file: given.client_secret_file,
            print: given.print,
            force: given.force,
        }
    }
}

/// How the server is run.
#[derive(Debug, Args)]
pub struct Run {
    /// Which part of the work this process does
    #[arg(long, value_enum, default_value_t = Role::All)]
    role: Role,
    /// Pages, REST, interactions (`GUILDHALL_HTTP_ADDR`)
    #[arg(long, value_name = "IP:PORT")]
    http_addr: Option<String>,
    /// gRPC (`GUILDHALL_GRPC_ADDR`)
    #[arg(long, value_name = "IP:PORT")]
    grpc_addr: Option<String>,
    /// Health and metrics (`GUILDHALL_OPS_ADDR`)
    #[arg(long, value_name = "IP:PORT")]
    ops_addr: Option<String>,
}

/// Which part of the work a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// All of it.
    All,
}

/// What can be done with the schema.
#[derive(Debug, Subcommand)]
pub enum Migrate {
    /// Where it stands
    Status,
    /// Bring it to what this program works with
    Up {
        /// Only say what would be done
        #[arg(long)]
        dry_run: bool,
        /// Take no backup before
        #[arg(long)]
        no_backup: bool,
    },
    /// Take the last step back, or all after --to
    Down {
        /// The step to go back to; 0 takes back all
        #[arg(long, value_name = "N")]
        to: Option<u32>,
        /// Only say what would be done
        #[arg(long)]
        dry_run: bool,
        /// Take no backup before
        #[arg(long)]
        no_backup: bool,
    },
}

/// What can be asked of the ledger.
#[derive(Debug, Subcommand)]
pub enum Ledger {
    /// Check every balance against the journal
    Verify,
    /// Derive the stored balances from the journal again
    Rebuild {
        /// Only in this guild
        #[arg(long, value_name = "ID")]
        guild: Option<GuildId>,
        /// Only say what differs
        #[arg(long)]
        dry_run: bool,
    },
    /// List where coins went, newest first
    Statement(Selecting),
    /// Take transfers back
    Revert {
        /// Which.
        #[command(flatten)]
        which: Selecting,
        /// Why; stands with the transfers that take the others back
        #[arg(
            long,
            value_name = "TEXT",
            default_value = "taken back by the operator"
        )]
        note: String,
        /// Only say which
        #[arg(long)]
        dry_run: bool,
    },
}

/// Which transfers are meant.
#[derive(Debug, Args)]
#[group(id = "which", multiple = false)]
struct Subject {
    /// The one with this id
    #[arg(long, value_name = "ID")]
    transfer: Option<String>,
    /// Those of this member
    #[arg(long, value_name = "ID")]
    user: Option<UserId>,
    /// Those with this kind (daily, pay …) or this very reason
    #[arg(long, value_name = "CODE")]
    reason: Option<String>,
}

/// Which transfers are meant, where and when.
#[derive(Debug, Args)]
pub struct Selecting {
    /// Which.
    #[command(flatten)]
    subject: Subject,
    /// Only in this guild
    #[arg(long, value_name = "ID")]
    guild: Option<GuildId>,
    /// Not older than this: 2026-11-20T10:00:00Z, or -30m, -12h, -7d
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    since: Option<Moment>,
    /// Older than this
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    until: Option<Moment>,
}

impl From<Selecting> for Selection {
    fn from(given: Selecting) -> Self {
        Self {
            transfer: given.subject.transfer,
            user: given.subject.user,
            reason: given.subject.reason,
            guild: given.guild,
            since: given.since,
            until: given.until,
        }
    }
}

impl From<Ledger> for Ask {
    fn from(given: Ledger) -> Self {
        match given {
            Ledger::Verify => Self::Verify,
            Ledger::Rebuild { guild, dry_run } => Self::Rebuild { guild, dry_run },
            Ledger::Statement(which) => Self::Statement(which.into()),
            Ledger::Revert {
                which,
                note,
                dry_run,
            } => Self::Revert {
                selection: which.into(),
                note,
                dry_run,
            },
        }
    }
}

/// What can be done with the simulated Discord.
#[derive(Debug, Subcommand)]
pub enum SimVerb {
    /// Run it alone, for other projects
    Serve(SimServe),
}

/// How the simulated Discord is set up.
#[derive(Debug, Args)]
pub struct SimServe {
    /// Where it listens
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:9000")]
    pub addr: SocketAddr,
    /// Keep its state in this directory; without one it is forgotten at the end
    #[arg(long, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,
    /// Tokens and disturbances follow from this number
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Check every exchange against Discord's own description of its interface
    #[arg(long, value_name = "FILE")]
    pub openapi: Option<PathBuf>,
    /// Begin with a lively server and a bot of this name in it, and print its token and secret
    #[arg(long, value_name = "NAME")]
    pub bot: Option<String>,
    /// An address that this bot's sign-in may lead back to; may be given several times
    #[arg(long, value_name = "URL", requires = "bot")]
    pub redirect: Vec<String>,
}

impl From<SimServe> for SimOptions {
    fn from(given: SimServe) -> Self {
        Self {
            addr: given.addr,
            state_dir: given.state_dir,
            seed: given.seed,
            openapi: given.openapi,
            bot: given.bot,
            redirects: given.redirect,
        }
    }
}

impl Cli {
    /// How the answer is written.
    #[must_use]
    pub const fn format(&self) -> Format {
        if self.all.json {
            Format::Json
        } else {
            Format::Text
        }
    }

    /// The settings among the flags.
    #[must_use]
    pub fn flags(&self) -> Vec<Flag> {
        let mut flags = vec![
            ("GUILDHALL_DATA_DIR", "--data-dir", &self.all.data_dir),
            ("GUILDHALL_LOG", "--log", &self.all.log),
            ("GUILDHALL_LOG_FORMAT", "--log-format", &self.all.log_format),
        ];
        if let Verb::Run(run) = &self.verb {
            flags.push(("GUILDHALL_HTTP_ADDR", "--http-addr", &run.http_addr));
            flags.push(("GUILDHALL_GRPC_ADDR", "--grpc-addr", &run.grpc_addr));
            flags.push(("GUILDHALL_OPS_ADDR", "--ops-addr", &run.ops_addr));
        }
        let given = flags.into_iter().filter_map(|(variable, flag, value)| {
            let value = value.clone()?;
            Some(Flag {
                variable,
                flag,
                value,
            })
        });
        given.collect()
    }

    /// Whether it runs a server, whose log is worth reading.
    #[must_use]
    pub const fn is_server(&self) -> bool {
        matches!(self.verb, Verb::Run(_) | Verb::Demo(_))
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::Cli;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_help_of_bench_names_all_that_is_measured() {
        let mut command = Cli::command();
        let verb = command.find_subcommand_mut("bench").unwrap();
        let help = verb.render_long_help().to_string();
        let words: Vec<&str> = help
            .split(|letter: char| !letter.is_alphanumeric())
            .collect();
        for name in bench::Name::ALL {
            assert!(
                words.contains(&name.to_string().as_str()),
                "{name} in {help}"
            );
        }
    }

    #[test]
    fn flags_stand_before_or_after_the_verb() {
        for line in [
            "guildhall --data-dir /x run --http-addr 127.0.0.1:0",
            "guildhall run --http-addr 127.0.0.1:0 --data-dir /x",
        ] {
            let cli = Cli::try_parse_from(line.split(' ')).unwrap();
            let flags: Vec<_> = cli
                .flags()
                .into_iter()
                .map(|flag| (flag.variable, flag.value))
                .collect();
            assert_eq!(
                flags,
                [
                    ("GUILDHALL_DATA_DIR", "/x".to_owned()),
                    ("GUILDHALL_HTTP_ADDR", "127.0.0.1:0".to_owned())
                ]
            );
        }
    }
}
