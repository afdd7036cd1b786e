//! The slash commands of the economy: what they are called, what they take, and who answers them.
//!
//! A button's id says all there is to know, `economy:leaderboard:balance:2`: nothing waits in memory for a press.
//! Everything given is the asker's word and is checked here, whatever Discord may have checked before.

mod balance;
mod card;
mod daily;
mod leaderboard;
mod pay;
mod pictured;
mod rank;
mod refusal;
mod stats;
mod timezone;

use ::store::Tx;
use chat::{
    Access, AnswerKind, Autocomplete, Choice, CommandKind, CommandSpec, Given, Invocation, Invoked,
    OptionKind, OptionSpec, Reply,
};
use kernel::{IdSource, Op, UserId, Words};

use crate::{
    day::Zone, leaderboard::RankBy, pseudonym::Pseudonyms, settings::Settings, transfer::Standing,
};
pub use refusal::CommandError;

/// The beginning of every custom id of the economy.
pub const CUSTOM_ID_PREFIX: &str = "economy:";
/// The most characters of a note to a payment.
pub const NOTE_LENGTH_MAX: u16 = 100;
/// The last page of a leaderboard that can be asked for.
pub const PAGE_MAX: i64 = 10_000;

/// A reply, and what it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What is said.
    pub reply: Reply,
    /// What the accounts have that coins moved between; true once the transaction is committed.
    pub standings: Vec<Standing>,
}

/// What an answer is made of, apart from the transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Talk<'a> {
    pub(crate) op: &'a Op,
    pub(crate) ids: &'a dyn IdSource,
    pub(crate) settings: &'a Settings,
    pub(crate) words: &'a Words,
    pub(crate) pseudonyms: &'a Pseudonyms,
    pub(crate) invocation: &'a Invocation,
}

/// The commands as they are registered.
#[must_use]
pub fn specs() -> Vec<CommandSpec> {
    let user = |description, required| option("user", description, OptionKind::User, required);
    let public = |name, description, options| spec(name, description, options, AnswerKind::Public);
    let private =
        |name, description, options| spec(name, description, options, AnswerKind::Private);
    vec![
        public("daily", "Claim today's coins", vec![]),
        private(
            "balance",
            "See what you have, or what somebody else has",
            vec![user("Whose balance", false)],
        ),
        public(
            "pay",
            "Give coins to somebody",
            pay_options(user("Who gets them", true)),
        ),
        public("leaderboard", "See who has the most", leaderboard_options()),
        public(
            "rank",
            "See where you stand, or where somebody else does",
            vec![user("Whose place", false)],
        ),
        private(
            "stats",
            "See how many coins there are, and how they move",
            vec![],
        ),
        private(
            "timezone",
            "Choose the time zone in which your days are counted",
            vec![option(
                "zone",
                "A city near you; leave it out to see the current one",
                text(64, Autocomplete::Offered, vec![]),
                false,
            )],
        ),
    ]
}

fn pay_options(user: OptionSpec) -> Vec<OptionSpec> {
    let amount = OptionKind::Integer {
        min: 1,
        max: kernel::Amount::MAX.get(),
    };
    let note = text(NOTE_LENGTH_MAX, Autocomplete::None, vec![]);
    vec![
        user,
        option("amount", "How many coins", amount, true),
        option("note", "What for", note, false),
    ]
}

fn leaderboard_options() -> Vec<OptionSpec> {
    let choice = |name: &str, value: RankBy| Choice {
        name: name.to_owned(),
        value: value.name().to_owned(),
    };
    let choices = vec![
        choice("Balance", RankBy::Balance),
        choice("Streak", RankBy::Streak),
    ];
    let page = OptionKind::Integer {
        min: 1,
        max: PAGE_MAX,
    };
    vec![
        option(
            "by",
            "What to rank by",
            text(20, Autocomplete::None, choices),
            false,
        ),
        option("page", "Which page", page, false),
    ]
}

const fn text(max_length: u16, autocomplete: Autocomplete, choices: Vec<Choice>) -> OptionKind {
    OptionKind::Text {
        max_length,
        autocomplete,
        choices,
    }
}

const fn option(
    name: &'static str,
    description: &'static str,
    kind: OptionKind,
    required: bool,
) -> OptionSpec {
    OptionSpec {
        name,
        description,
        kind,
        required,
    }
}

const fn spec(
    name: &'static str,
    description: &'static str,
    options: Vec<OptionSpec>,
    answer: AnswerKind,
) -> CommandSpec {
    CommandSpec {
        name,
        description,
        kind: CommandKind::Slash,
        options,
        access: Access::Everyone,
        answer,
    }
}

/// What somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    Daily,
    Balance(Option<UserId>),
    Pay {
        user: UserId,
        amount: i64,
        note: String,
    },
    Leaderboard {
        by: RankBy,
        page: u32,
    },
    Rank(Option<UserId>),
    Stats,
    Timezone(Option<String>),
}

/// How the answer to this will be seen when it succeeds; nothing where the economy does not answer it.
#[must_use]
pub fn answer_kind(invoked: &Invoked) -> Option<AnswerKind> {
    match invoked {
        Invoked::Typing { given, .. } if given.name == "timezone" => Some(AnswerKind::Choices),
        Invoked::Button { custom_id, .. } if custom_id.starts_with("economy:leaderboard:") => {
            Some(AnswerKind::Update)
        }
        Invoked::Command(_) | Invoked::Button { .. } => {
            let asked = parse(invoked).ok()?;
            Some(match asked {
                Asked::Balance(_) | Asked::Stats | Asked::Timezone(_) => AnswerKind::Private,
                Asked::Daily | Asked::Pay { .. } | Asked::Leaderboard { .. } | Asked::Rank(_) => {
                    AnswerKind::Public
                }
            })
        }
        Invoked::Typing { .. }
        | Invoked::UserMenu { .. }
        | Invoked::MessageMenu { .. }
        | Invoked::Select { .. }
        | Invoked::Form { .. } => None,
    }
}

/// Answers a command or a press inside the caller's transaction.
///
/// # Errors
/// A refusal, which is told privately, or a failure of the database.
pub fn invoke(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    settings: &Settings,
    words: &Words,
    pseudonyms: &Pseudonyms,
    invocation: &Invocation,
) -> Result<Answer, CommandError> {
    if !settings.enabled {
        return Err(CommandError::Off);
    }
    let talk = Talk {
        op,
        ids,
        settings,
        words,
        pseudonyms,
        invocation,
    };
    match parse(&invocation.invoked)? {
        Asked::Daily => daily::answer(tx, &talk),
        Asked::Balance(user) => balance::answer(tx, &talk, user),
        Asked::Pay { user, amount, note } => pay::answer(tx, &talk, user, amount, note),
        Asked::Leaderboard { by, page } => leaderboard::answer(tx, &talk, by, page),
        Asked::Rank(user) => rank::answer(tx, &talk, user),
        Asked::Stats => stats::answer(tx, &talk),
        Asked::Timezone(zone) => timezone::answer(tx, &talk, zone.as_deref()),
    }
}

/// What to offer for an option while it is typed; needs no transaction.
#[must_use]
pub fn choices(invoked: &Invoked) -> Vec<Choice> {
    match invoked {
        Invoked::Typing {
            given,
            option,
            partial,
        } if given.name == "timezone" && option == "zone" => Zone::matching(partial, 25)
            .into_iter()
            .map(|name| Choice {
                name: name.replace('_', " "),
                value: name,
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn parse(invoked: &Invoked) -> Result<Asked, CommandError> {
    match invoked {
        Invoked::Command(given) => parse_command(given),
        Invoked::Button { custom_id, .. } => parse_button(custom_id),
        Invoked::Typing { .. }
        | Invoked::UserMenu { .. }
        | Invoked::MessageMenu { .. }
        | Invoked::Select { .. }
        | Invoked::Form { .. } => Err(CommandError::NotOurs),
    }
}

fn parse_command(given: &Given) -> Result<Asked, CommandError> {
    match given.name.as_str() {
        "daily" => Ok(Asked::Daily),
        "balance" => Ok(Asked::Balance(given.user("user"))),
        "pay" => Ok(Asked::Pay {
            user: given.user("user").ok_or(CommandError::Missing("user"))?,
            amount: given
                .integer("amount")
                .ok_or(CommandError::Missing("amount"))?,
            note: given.text("note").unwrap_or("").to_owned(),
        }),
        "leaderboard" => {
            let by = given.text("by").unwrap_or("balance");
            let page = given.integer("page").unwrap_or(1);
            ranking(by, Some(page))
        }
        "rank" => Ok(Asked::Rank(given.user("user"))),
        "stats" => Ok(Asked::Stats),
        "timezone" => Ok(Asked::Timezone(given.text("zone").map(str::to_owned))),
        _ => Err(CommandError::NotOurs),
    }
}

fn parse_button(custom_id: &str) -> Result<Asked, CommandError> {
    let rest = custom_id.strip_prefix(CUSTOM_ID_PREFIX);
    let parts: Vec<&str> = rest.unwrap_or("").split(':').collect();
    match parts.as_slice() {
        ["open", "daily"] => Ok(Asked::Daily),
        ["open", "balance"] => Ok(Asked::Balance(None)),
        ["open", "leaderboard"] => ranking("balance", Some(1)),
        ["leaderboard", by, page] => ranking(by, page.parse().ok()),
        _ => Err(CommandError::NotOurs),
    }
}

fn ranking(by: &str, page: Option<i64>) -> Result<Asked, CommandError> {
    let by = RankBy::of_name(by).ok_or(CommandError::Missing("by"))?;
    let page = page
        .filter(|page| (1..=PAGE_MAX).contains(page))
        .and_then(|page| u32::try_from(page).ok())
        .ok_or(CommandError::NoSuchPage)?;
    Ok(Asked::Leaderboard { by, page })
}
