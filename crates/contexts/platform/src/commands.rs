//! `/settings` and `/setup`: what they are called, what a press asks for, and the cards that answer.
//!
//! The flow asks [`asked`] what is wanted, reads or writes through the use cases, and has a card drawn; nothing here
//! touches the database. A custom id says all there is to know: `platform:set:economy:off`, `platform:back:7:5`. Who
//! may not manage the server is refused here too, whatever Discord may have checked before.

mod card;
mod history;
mod overview;
mod refusal;
mod setup;

use chat::{Access, AnswerKind, CommandKind, CommandSpec, Invocation, Invoked, Permissions};
use kernel::ChannelId;

use crate::{
    diff::Change,
    history::HistoryCursor,
    revision::Revision,
    setup::{Feature, Setting, Switch},
};
pub use history::history_card;
pub use overview::overview_card;
pub use refusal::CommandError;
pub use setup::{ChannelOption, PresetOption, SetupView, setup_card};

/// The beginning of every custom id of the platform.
pub const CUSTOM_ID_PREFIX: &str = "platform:";
/// The most characters of a preset's name that are taken.
pub const PRESET_LENGTH_MAX: usize = 60;
/// How many revisions the history's card shows at once.
pub const HISTORY_CARD_ITEMS: u32 = 8;

/// What somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// The overview; answer with [`overview_card`].
    Overview,
    /// The history from here on; answer with [`history_card`].
    History(Option<HistoryCursor>),
    /// The set-up; answer with [`setup_card`].
    Setup,
    /// To change one setting; write it with [`Setting::applied`], then answer with the card it came from.
    Change(Setting, Card),
    /// To go back to a revision; [`crate::rollback_one`] with `seen` as its base, then answer with [`overview_card`].
    GoBack {
        /// The head that the asker saw.
        seen: Revision,
        /// Where to.
        to: Revision,
    },
}

/// The card that a press came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Card {
    /// That of `/settings`.
    Overview,
    /// That of `/setup`.
    Setup,
}

/// What was just written, to be said at the top of the next card.
#[derive(Debug, Clone, PartialEq)]
pub struct Saved {
    /// The new revision.
    pub revision: Revision,
    /// What it changed.
    pub changes: Vec<Change>,
}

/// The commands as they are registered.
#[must_use]
pub fn specs() -> Vec<CommandSpec> {
    let spec = |name, description| CommandSpec {
        name,
        description,
        kind: CommandKind::Slash,
        options: Vec::new(),
        access: Access::Holders(Permissions::MANAGE_GUILD),
        answer: AnswerKind::Private,
    };
    vec![
        spec(
            "settings",
            "See what is on, turn it off, or go back to earlier settings",
        ),
        spec(
            "setup",
            "Choose where my cards go, and check my permissions",
        ),
    ]
}

/// How the answer to this will be seen when it succeeds; nothing where the platform does not answer it.
#[must_use]
pub fn answer_kind(invoked: &Invoked) -> Option<AnswerKind> {
    parse(invoked).ok()?;
    match invoked {
        Invoked::Command(_) => Some(AnswerKind::Private),
        Invoked::Button { .. } | Invoked::Select { .. } => Some(AnswerKind::Update),
        Invoked::Typing { .. }
        | Invoked::UserMenu { .. }
        | Invoked::MessageMenu { .. }
        | Invoked::Form { .. } => None,
    }
}

/// What an invocation asks for.
///
/// # Errors
/// When the asker may not manage the server, or the command or press is none of the platform's.
pub fn asked(invocation: &Invocation) -> Result<Asked, CommandError> {
    let asked = parse(&invocation.invoked)?;
    // Discord leaves the permissions out at times; whoever cannot be shown to hold them does not.
    let held = invocation.asker.permissions.unwrap_or_default();
    if !held.allow(Permissions::MANAGE_GUILD) {
        return Err(CommandError::NotPermitted);
    }
    Ok(asked)
}

fn parse(invoked: &Invoked) -> Result<Asked, CommandError> {
    match invoked {
        Invoked::Command(given) => match given.name.as_str() {
            "settings" => Ok(Asked::Overview),
            "setup" => Ok(Asked::Setup),
            _ => Err(CommandError::NotOurs),
        },
        Invoked::Button { custom_id, .. } => parse_press(custom_id, None),
        Invoked::Select {
            custom_id, values, ..
        } => match values.as_slice() {
            [value] => parse_press(custom_id, Some(value)),
            _ => Err(CommandError::NotOurs),
        },
        Invoked::Typing { .. }
        | Invoked::UserMenu { .. }
        | Invoked::MessageMenu { .. }
        | Invoked::Form { .. } => Err(CommandError::NotOurs),
    }
}

fn parse_press(custom_id: &str, value: Option<&str>) -> Result<Asked, CommandError> {
    let rest = custom_id.strip_prefix(CUSTOM_ID_PREFIX);
    let parts: Vec<&str> = rest.unwrap_or("").split(':').collect();
    let number = |text: &str| text.parse().map_err(|_| CommandError::NotOurs);
    match (parts.as_slice(), value) {
        (["overview"], None) => Ok(Asked::Overview),
        (["setup"], None) => Ok(Asked::Setup),
        (["history"], None) => Ok(Asked::History(None)),
        (["history", from], None) => {
            let from = from.parse().map_err(|_| CommandError::NotOurs)?;
            Ok(Asked::History(Some(from)))
        }
        (["set", feature, switch], None) => parse_switch(feature, switch),
        (["set", what], Some(value)) => {
            let setting = parse_choice(what, value)?;
            Ok(Asked::Change(setting, Card::Setup))
        }
        (["back", seen, to], None) => Ok(Asked::GoBack {
            seen: number(seen)?,
            to: number(to)?,
        }),
        (["back", seen], Some(to)) => Ok(Asked::GoBack {
            seen: number(seen)?,
            to: number(to)?,
        }),
        _ => Err(CommandError::NotOurs),
    }
}

fn parse_switch(feature: &str, switch: &str) -> Result<Asked, CommandError> {
    let feature = Feature::of_name(feature).ok_or(CommandError::NotOurs)?;
    let switch = match switch {
        "on" => Switch::On,
        "off" => Switch::Off,
        _ => return Err(CommandError::NotOurs),
    };
    Ok(Asked::Change(
        Setting::Feature(feature, switch),
        Card::Overview,
    ))
}

fn parse_choice(what: &str, value: &str) -> Result<Setting, CommandError> {
    let channel = |none: &str| -> Result<Option<ChannelId>, CommandError> {
        if value == none {
            return Ok(None);
        }
        value.parse().map(Some).map_err(|_| CommandError::NotOurs)
    };
    match what {
        "preset" if (1..=PRESET_LENGTH_MAX).contains(&value.chars().count()) => {
            Ok(Setting::Preset(value.to_owned()))
        }
        "channel" => channel("all").map(Setting::PersonaChannel),
        "log" => channel("none").map(Setting::LogChannel),
        _ => Err(CommandError::NotOurs),
    }
}
