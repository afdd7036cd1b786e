//! What somebody asked for, read out of a command, a menu or a button's id.
//!
//! Everything given is the asker's word and is checked here, whatever Discord may have checked before.

use chat::{Given, Invoked, OptionValue};
use kernel::{MessageId, UserId};

use super::{
    CUSTOM_ID_PREFIX, CommandError, PURGE_MAX, SLOWMODE_MAX,
    specs::{HISTORY_MENU, REPORT_MENU},
};
use crate::{
    cases::REASON_LENGTH_MAX,
    duration::minutes,
    sanctions::{BAN_MINUTES_MAX, Measure, Sanction, TIMEOUT_MINUTES_MAX},
    switch::SwitchState,
};

/// What somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    Measure(Sanction),
    Unban {
        user: UserId,
        reason: String,
    },
    Purge {
        count: u32,
        user: Option<UserId>,
    },
    Slowmode {
        seconds: u32,
    },
    Lockdown {
        locked: bool,
    },
    Show(i64),
    Note {
        number: i64,
        text: String,
    },
    Undo {
        number: i64,
        reason: String,
    },
    List {
        user: Option<UserId>,
        before: Option<i64>,
        /// Whether it is another page of a list that is there.
        turned: bool,
    },
    Why(i64),
    Test(String),
    Status,
    Switch(SwitchState),
    Report(MessageId),
}

/// What is asked for.
pub(super) fn parse(invoked: &Invoked) -> Result<Asked, CommandError> {
    match invoked {
        Invoked::Command(given) => command(given),
        Invoked::Button { custom_id, .. } => button(custom_id),
        Invoked::UserMenu { name, target } if name == HISTORY_MENU => Ok(Asked::List {
            user: Some(*target),
            before: None,
            turned: false,
        }),
        Invoked::MessageMenu { name, target, .. } if name == REPORT_MENU => {
            Ok(Asked::Report(*target))
        }
        _ => Err(CommandError::NotOurs),
    }
}

fn command(given: &Given) -> Result<Asked, CommandError> {
    match (given.name.as_str(), given.sub.as_deref()) {
        ("warn", _) => {
            let why = reason(given)?;
            if why.is_empty() {
                return Err(CommandError::Missing("reason"));
            }
            measure(given, Measure::Warn { points: 1 })
        }
        ("timeout", _) => {
            let minutes = length(given, TIMEOUT_MINUTES_MAX)?;
            let minutes = minutes.ok_or(CommandError::Missing("duration"))?;
            measure(given, Measure::Timeout { minutes })
        }
        ("kick", _) => measure(given, Measure::Kick),
        ("ban", _) => {
            let days = within(given, "delete_days", 0, 7)?.unwrap_or(0);
            let minutes = length(given, BAN_MINUTES_MAX)?;
            measure(
                given,
                Measure::Ban {
                    minutes,
                    delete_seconds: days * 24 * 60 * 60,
                },
            )
        }
        ("unban", _) => Ok(Asked::Unban {
            user: typed_user(given)?,
            reason: reason(given)?,
        }),
        ("purge", _) => Ok(Asked::Purge {
            count: needed(given, "count", 1, PURGE_MAX)?,
            user: given.user("user"),
        }),
        ("slowmode", _) => Ok(Asked::Slowmode {
            seconds: needed(given, "seconds", 0, SLOWMODE_MAX)?,
        }),
        ("lockdown", _) => match given.options.get("on") {
            Some(OptionValue::Boolean(locked)) => Ok(Asked::Lockdown { locked: *locked }),
            _ => Err(CommandError::Missing("on")),
        },
        ("case", Some(sub)) => case(given, sub),
        ("automod", Some(sub)) => automod(given, sub),
        _ => Err(CommandError::NotOurs),
    }
}

fn case(given: &Given, sub: &str) -> Result<Asked, CommandError> {
    let number = || {
        given
            .integer("number")
            .filter(|number| *number >= 1)
            .ok_or(CommandError::Missing("number"))
    };
    Ok(match sub {
        "show" => Asked::Show(number()?),
        "note" => Asked::Note {
            number: number()?,
            text: given
                .text("text")
                .ok_or(CommandError::Missing("text"))?
                .to_owned(),
        },
        "undo" => Asked::Undo {
            number: number()?,
            reason: reason(given)?,
        },
        "list" => Asked::List {
            user: given.user("user"),
            before: None,
            turned: false,
        },
        _ => return Err(CommandError::NotOurs),
    })
}

fn automod(given: &Given, sub: &str) -> Result<Asked, CommandError> {
    Ok(match sub {
        "test" => Asked::Test(
            given
                .text("text")
                .ok_or(CommandError::Missing("text"))?
                .to_owned(),
        ),
        "status" => Asked::Status,
        "off" => Asked::Switch(SwitchState::Off),
        "on" => Asked::Switch(SwitchState::On),
        _ => return Err(CommandError::NotOurs),
    })
}

fn measure(given: &Given, measure: Measure) -> Result<Asked, CommandError> {
    Ok(Asked::Measure(Sanction {
        measure,
        user: given.user("user").ok_or(CommandError::Missing("user"))?,
        reason: reason(given)?,
    }))
}

fn reason(given: &Given) -> Result<String, CommandError> {
    let reason = given.text("reason").unwrap_or("").trim();
    if reason.chars().count() > REASON_LENGTH_MAX {
        return Err(CommandError::ReasonTooLong);
    }
    Ok(reason.to_owned())
}

/// A length of time, where one is given.
fn length(given: &Given, most: u32) -> Result<Option<u32>, CommandError> {
    let Some(text) = given.text("duration") else {
        return Ok(None);
    };
    let minutes = minutes(text).filter(|minutes| (1..=most).contains(minutes));
    let most_days = most / (24 * 60);
    minutes
        .map(Some)
        .ok_or(CommandError::BadDuration { most_days })
}

fn within(
    given: &Given,
    name: &'static str,
    min: i64,
    max: i64,
) -> Result<Option<u32>, CommandError> {
    let Some(number) = given.integer(name) else {
        return Ok(None);
    };
    let fits = u32::try_from(number)
        .ok()
        .filter(|_| (min..=max).contains(&number));
    fits.map(Some)
        .ok_or(CommandError::OutOfBounds { name, min, max })
}

fn needed(given: &Given, name: &'static str, min: i64, max: i64) -> Result<u32, CommandError> {
    within(given, name, min, max)?.ok_or(CommandError::Missing(name))
}

/// A user typed as an id or a mention, for one who is no member can't be chosen.
fn typed_user(given: &Given) -> Result<UserId, CommandError> {
    let text = given.text("user").unwrap_or("").trim();
    let digits = text
        .strip_prefix("<@")
        .and_then(|rest| rest.strip_suffix('>'))
        .map_or(text, |inside| inside.trim_start_matches('!'));
    digits.parse().map_err(|_| CommandError::NoUser)
}

fn button(custom_id: &str) -> Result<Asked, CommandError> {
    let rest = custom_id.strip_prefix(CUSTOM_ID_PREFIX);
    let parts: Vec<&str> = rest.ok_or(CommandError::NotOurs)?.split(':').collect();
    let number = |text: &str| {
        text.parse::<i64>()
            .ok()
            .filter(|number| *number >= 1)
            .ok_or(CommandError::Stale)
    };
    match parts.as_slice() {
        ["why", case] | ["why", case, _] => Ok(Asked::Why(number(case)?)),
        ["undo", case] | ["undo", case, _] => Ok(Asked::Undo {
            number: number(case)?,
            reason: String::new(),
        }),
        ["list", user, before] => Ok(Asked::List {
            user: match *user {
                "all" => None,
                user => Some(user.parse().map_err(|_| CommandError::Stale)?),
            },
            before: Some(number(before)?),
            turned: true,
        }),
        _ => Err(CommandError::Stale),
    }
}
