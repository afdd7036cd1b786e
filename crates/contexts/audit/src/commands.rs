//! `/why`, the entry in a message's menu, and a member's own record: what is asked, and who may be answered.
//!
//! A button says all there is to know, `audit:why:ID`; nothing waits in memory. Every answer is private. Whether there
//! is nothing, or nothing that the asker may see, is told in the same words.

mod link;
mod receipt;
mod refusal;

use ::store::Tx;
use chat::{
    Access, AnswerKind, Autocomplete, CommandKind, CommandSpec, Given, Invocation, Invoked,
    OptionKind, OptionSpec, Permissions, Reply,
};
use kernel::{GuildId, MessageId, Op, Words};

use crate::{
    entry::{Entry, EntryId},
    search::{Cursor, Filter, by_case, by_message, fetch, last_touching, search},
    view::{Rank, Viewer},
};
pub use receipt::{mine, receipt};
pub use refusal::CommandError;

/// The beginning of every custom id of the audit.
pub const CUSTOM_ID_PREFIX: &str = "audit:";
/// The entry of a message's menu, spelt as the contract says.
pub const MENU_NAME: &str = "Why did the bot do this?";
/// The most entries of one message or case that are looked at.
const ENTRIES_MAX: u32 = 20;
/// The most lines of a member's own record on one page.
const LINES_MAX: usize = 10;

/// The custom id of a button that explains an entry, for the cards of others.
#[must_use]
pub fn why_button_id(entry: EntryId) -> String {
    format!("{CUSTOM_ID_PREFIX}why:{entry}")
}

/// The commands as they are registered.
#[must_use]
pub fn specs() -> Vec<CommandSpec> {
    let message = OptionKind::Text {
        max_length: 200,
        autocomplete: Autocomplete::None,
        choices: Vec::new(),
    };
    let case = OptionKind::Integer {
        min: 1,
        max: kernel::Amount::MAX.get(),
    };
    vec![
        CommandSpec {
            name: "why",
            description: "See why the bot did something",
            kind: CommandKind::Slash,
            options: vec![
                option("message", "A link to a message, or its id", message),
                option("case", "The number of a case", case),
            ],
            access: Access::Everyone,
            answer: AnswerKind::Private,
        },
        CommandSpec {
            name: MENU_NAME,
            description: "",
            kind: CommandKind::MessageMenu,
            options: Vec::new(),
            access: Access::Everyone,
            answer: AnswerKind::Private,
        },
    ]
}

const fn option(name: &'static str, description: &'static str, kind: OptionKind) -> OptionSpec {
    OptionSpec {
        name,
        description,
        kind,
        required: false,
    }
}

/// What somebody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Latest,
    Message(MessageId),
    Case(i64),
    Entry(EntryId),
    Mine(Option<Cursor>),
}

/// How the answer to this will be seen when it succeeds; nothing where the audit does not answer it.
#[must_use]
pub fn answer_kind(invoked: &Invoked) -> Option<AnswerKind> {
    match invoked {
        Invoked::Button { custom_id, .. } if custom_id.starts_with("audit:page:") => {
            Some(AnswerKind::Update)
        }
        Invoked::Button { custom_id, .. } | Invoked::Select { custom_id, .. } => custom_id
            .starts_with(CUSTOM_ID_PREFIX)
            .then_some(AnswerKind::Private),
        Invoked::Command(given) => (given.name == "why").then_some(AnswerKind::Private),
        Invoked::MessageMenu { name, .. } => (name == MENU_NAME).then_some(AnswerKind::Private),
        Invoked::Typing { .. } | Invoked::UserMenu { .. } | Invoked::Form { .. } => None,
    }
}

/// Answers a command or a press inside the caller's transaction. It only reads.
///
/// # Errors
/// A refusal, which is told privately, or a failure of the database.
pub fn invoke(
    tx: &mut Tx<'_>,
    op: &Op,
    words: &Words,
    invocation: &Invocation,
) -> Result<Reply, CommandError> {
    let viewer = viewer(invocation);
    let guild = op.guild;
    let (entries, refusal) = match parse(guild, &invocation.invoked)? {
        Asked::Mine(cursor) => return own_record(tx, op, words, &viewer, cursor),
        Asked::Latest => {
            let latest = last_touching(tx, guild, viewer.user)?;
            (latest.into_iter().collect(), CommandError::NothingYet)
        }
        Asked::Message(message) => {
            let entries = by_message(tx, guild, message, ENTRIES_MAX)?;
            (entries, CommandError::NothingAboutMessage)
        }
        Asked::Case(case) => {
            let mut entries = by_case(tx, guild, case, ENTRIES_MAX)?;
            // A case is explained by what opened it.
            entries.reverse();
            (entries, CommandError::NoSuchCase(case))
        }
        Asked::Entry(id) => {
            let entry = fetch(tx, guild, id)?;
            (entry.into_iter().collect(), CommandError::NoSuchEntry)
        }
    };
    explained(&entries, &viewer, op, words).ok_or(refusal)
}

fn explained(entries: &[Entry], viewer: &Viewer, op: &Op, words: &Words) -> Option<Reply> {
    let mut seen = entries.iter().filter_map(|entry| viewer.sees(entry));
    let first = seen.next()?;
    let others: Vec<Entry> = seen.collect();
    Some(receipt(words, &op.locale, &first, &others))
}

fn own_record(
    tx: &mut Tx<'_>,
    op: &Op,
    words: &Words,
    viewer: &Viewer,
    cursor: Option<Cursor>,
) -> Result<Reply, CommandError> {
    let filter = Filter {
        user: Some(viewer.user),
        ..Filter::default()
    };
    // One's own record is one's own whatever one may see besides.
    let own = Viewer {
        rank: Rank::Member,
        ..*viewer
    };
    let (mut seen, mut next) = (Vec::new(), cursor);
    // Entries that a moderator caused about others are passed over; a few pages are enough to fill one.
    for _ in 0..5 {
        let page = search(tx, op.guild, &filter, next, ENTRIES_MAX)?;
        next = page.next;
        for entry in page.entries.iter().filter_map(|entry| own.sees(entry)) {
            seen.push(entry);
            if seen.len() == LINES_MAX {
                let last = seen.last().map(Cursor::of);
                return Ok(mine(words, &op.locale, &seen, last));
            }
        }
        if next.is_none() {
            break;
        }
    }
    if seen.is_empty() && cursor.is_none() && next.is_none() {
        return Err(CommandError::NothingYet);
    }
    Ok(mine(words, &op.locale, &seen, next))
}

/// Who asks, by what Discord says they may do where they ask.
fn viewer(invocation: &Invocation) -> Viewer {
    let permissions = invocation.asker.permissions.unwrap_or_default();
    let is_moderator = permissions.allow(Permissions::MANAGE_MESSAGES);
    Viewer {
        user: invocation.asker.user,
        rank: if is_moderator {
            Rank::Moderator
        } else {
            Rank::Member
        },
    }
}

fn parse(guild: GuildId, invoked: &Invoked) -> Result<Asked, CommandError> {
    match invoked {
        Invoked::Command(given) if given.name == "why" => parse_command(guild, given),
        Invoked::MessageMenu { name, target, .. } if name == MENU_NAME => {
            Ok(Asked::Message(*target))
        }
        Invoked::Button { custom_id, .. } => parse_button(custom_id),
        Invoked::Select {
            custom_id, values, ..
        } if custom_id == "audit:open" => {
            let chosen = values.first().and_then(|value| value.parse().ok());
            chosen.map(Asked::Entry).ok_or(CommandError::NotOurs)
        }
        Invoked::Command(_)
        | Invoked::MessageMenu { .. }
        | Invoked::Select { .. }
        | Invoked::Typing { .. }
        | Invoked::UserMenu { .. }
        | Invoked::Form { .. } => Err(CommandError::NotOurs),
    }
}

fn parse_command(guild: GuildId, given: &Given) -> Result<Asked, CommandError> {
    match (given.text("message"), given.integer("case")) {
        (Some(_), Some(_)) => Err(CommandError::OneOfBoth),
        (Some(text), None) => Ok(Asked::Message(link::message(guild, text)?)),
        (None, Some(case)) if case > 0 => Ok(Asked::Case(case)),
        (None, Some(case)) => Err(CommandError::NoSuchCase(case)),
        (None, None) => Ok(Asked::Latest),
    }
}

fn parse_button(custom_id: &str) -> Result<Asked, CommandError> {
    let rest = custom_id.strip_prefix(CUSTOM_ID_PREFIX).unwrap_or("");
    let asked = match rest.split_once(':') {
        Some(("why", id)) => id.parse().ok().map(Asked::Entry),
        Some(("page", cursor)) => cursor.parse().ok().map(|cursor| Asked::Mine(Some(cursor))),
        None if rest == "mine" => Some(Asked::Mine(None)),
        _ => None,
    };
    asked.ok_or(CommandError::NotOurs)
}
