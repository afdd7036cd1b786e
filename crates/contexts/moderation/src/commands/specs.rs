//! The commands and menus as they are registered.

use chat::{
    Access, AnswerKind, Autocomplete, CommandKind, CommandSpec, OptionKind, OptionSpec, Permissions,
};

use super::{PURGE_MAX, SLOWMODE_MAX};
use crate::{cases::REASON_LENGTH_MAX, ranks::Power};

/// The name of the message menu that reports a message.
pub(super) const REPORT_MENU: &str = "Report to moderators";
/// The name of the user menu that shows a member's cases.
pub(super) const HISTORY_MENU: &str = "Moderation history";

/// The commands and menus as they are registered.
#[must_use]
pub fn specs() -> Vec<CommandSpec> {
    let mut specs = against_members();
    specs.extend(of_channels());
    specs.extend([case_command(), automod_command()]);
    specs.extend([
        menu(REPORT_MENU, CommandKind::MessageMenu, Access::Everyone),
        menu(HISTORY_MENU, CommandKind::UserMenu, holders(Power::Warn)),
    ]);
    specs
}

fn against_members() -> Vec<CommandSpec> {
    vec![
        slash(
            "warn",
            "Warn a member; they are told, and a case is opened",
            Power::Warn,
            vec![user(true), reason(true)],
        ),
        slash(
            "timeout",
            "Stop a member from writing for a time",
            Power::Timeout,
            vec![
                user(true),
                option(
                    "duration",
                    "How long, such as 10m, 2h or 7d",
                    text(40),
                    true,
                ),
                reason(false),
            ],
        ),
        slash(
            "kick",
            "Remove a member, who may come back",
            Power::Kick,
            vec![user(true), reason(false)],
        ),
        slash(
            "ban",
            "Ban a user",
            Power::Ban,
            vec![
                user(true),
                reason(false),
                option(
                    "duration",
                    "How long, such as 7d; for ever without",
                    text(40),
                    false,
                ),
                option(
                    "delete_days",
                    "Remove their messages of this many days",
                    OptionKind::Integer { min: 0, max: 7 },
                    false,
                ),
            ],
        ),
        slash(
            "unban",
            "Let a banned user come back",
            Power::Ban,
            vec![
                option("user", "The user's id", text(40), true),
                reason(false),
            ],
        ),
    ]
}

fn of_channels() -> Vec<CommandSpec> {
    let whole = |min, max| OptionKind::Integer { min, max };
    vec![
        slash(
            "purge",
            "Remove the latest messages of this channel",
            Power::Purge,
            vec![
                option("count", "How many", whole(1, PURGE_MAX), true),
                user(false),
            ],
        ),
        slash(
            "slowmode",
            "Let each member write here only so often",
            Power::Channel,
            vec![option(
                "seconds",
                "Between two messages; 0 turns it off",
                whole(0, SLOWMODE_MAX),
                true,
            )],
        ),
        slash(
            "lockdown",
            "Stop everyone from writing in this channel, or let them again",
            Power::Channel,
            vec![option(
                "on",
                "Whether it is locked",
                OptionKind::Boolean,
                true,
            )],
        ),
    ]
}

fn case_command() -> CommandSpec {
    let number = || {
        let whole = OptionKind::Integer {
            min: 1,
            max: 9_007_199_254_740_991,
        };
        option("number", "The case's number", whole, true)
    };
    let long = || text(u16::try_from(REASON_LENGTH_MAX).unwrap_or(u16::MAX));
    let subs = vec![
        sub("show", "See a case with its notes", vec![number()]),
        sub(
            "note",
            "Add a note to a case",
            vec![number(), option("text", "What to note", long(), true)],
        ),
        sub(
            "undo",
            "Take a case back, with all that it did",
            vec![number(), reason(false)],
        ),
        sub("list", "See the latest cases", vec![user(false)]),
    ];
    slash(
        "case",
        "Look at cases and take them back",
        Power::Warn,
        subs,
    )
}

fn automod_command() -> CommandSpec {
    let subs = vec![
        sub(
            "test",
            "See which rules a text would set off",
            vec![option("text", "The text", text(2_000), true)],
        ),
        sub("status", "See whether rules are applied, and which", vec![]),
        sub("off", "Stop all rules at once", vec![]),
        sub("on", "Apply the rules again", vec![]),
    ];
    slash(
        "automod",
        "Try, stop and start the rules",
        Power::Warn,
        subs,
    )
}

const fn holders(power: Power) -> Access {
    let needed: Permissions = power.needs();
    Access::Holders(needed)
}

fn slash(
    name: &'static str,
    description: &'static str,
    power: Power,
    options: Vec<OptionSpec>,
) -> CommandSpec {
    CommandSpec {
        name,
        description,
        kind: CommandKind::Slash,
        options,
        access: holders(power),
        answer: AnswerKind::Private,
    }
}

const fn menu(name: &'static str, kind: CommandKind, access: Access) -> CommandSpec {
    CommandSpec {
        name,
        description: "",
        kind,
        options: Vec::new(),
        access,
        answer: AnswerKind::Private,
    }
}

const fn sub(
    name: &'static str,
    description: &'static str,
    options: Vec<OptionSpec>,
) -> OptionSpec {
    option(name, description, OptionKind::SubCommand(options), false)
}

const fn user(required: bool) -> OptionSpec {
    option("user", "Whom", OptionKind::User, required)
}

fn reason(required: bool) -> OptionSpec {
    let length = u16::try_from(REASON_LENGTH_MAX).unwrap_or(u16::MAX);
    option("reason", "Why", text(length), required)
}

const fn text(max_length: u16) -> OptionKind {
    OptionKind::Text {
        max_length,
        autocomplete: Autocomplete::None,
        choices: Vec::new(),
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
