//! The sorts of rules: what people call each, what its form asks, and how a new one begins.

use moderation::Trigger;
use serde_json::{Value, json};

use crate::settings::{
    Group,
    Kind::{Channels, Choice, Line, List, Roles, Share, Switch, Text, Whole},
    Section, Setting, set,
};

/// The sort of rule that a model judges by.
pub(crate) const MODEL: &str = "model";
/// The longest time-out that Discord knows, in minutes.
const TIMEOUT_MAX: i64 = 28 * 24 * 60;

/// A sort of trigger: its name in the document, what people call it, and what it is for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sort {
    pub(crate) kind: &'static str,
    pub(crate) title: &'static str,
    pub(crate) about: &'static str,
    pub(crate) section: Section,
}

const fn sort(
    kind: &'static str,
    title: &'static str,
    about: &'static str,
    groups: &'static [Group],
) -> Sort {
    Sort {
        kind,
        title,
        about,
        section: Section {
            name: kind,
            title,
            groups,
        },
    }
}

const fn group(title: &'static str, lead: &'static str, settings: &'static [Setting]) -> Group {
    Group {
        title,
        lead,
        settings,
    }
}

const RULE: Group = group(
    "The rule",
    "",
    &[
        set(
            "/name",
            "Name",
            "Members read it when it removes a message of theirs.",
            Line(100),
        ),
        set(
            "/mode",
            "What it does",
            "In the shadow it notes whom it would have hit, and does nothing.",
            Choice(&[("shadow", "Watch in the shadow"), ("act", "Act")]),
        ),
        set("/enabled", "On", "Off, it does not even watch.", Switch),
    ],
);

const FOLLOWS: Group = group(
    "What follows",
    "Whatever it does can be taken back.",
    &[
        set(
            "/do/message",
            "The message",
            "A held one waits under “To review”, where a moderator gives it back or leaves it away.",
            Choice(&[
                ("leave", "Stays"),
                ("delete", "Is removed"),
                ("hold", "Is held for review"),
            ]),
        ),
        set(
            "/do/member",
            "The member",
            "",
            Choice(&[
                ("nothing", "Hears nothing"),
                ("warn", "Is warned, and gets points"),
                ("points", "Gets points without a word"),
            ]),
        ),
        set(
            "/do/points",
            "Points",
            "Enough of them lead to a sanction, as the settings say.",
            Whole(0, 1_000, "points"),
        ),
        set(
            "/do/minutes",
            "Time-out",
            "0 for none.",
            Whole(0, TIMEOUT_MAX, "minutes"),
        ),
        set(
            "/do/card",
            "A card in the log channel",
            "Also where nothing else follows.",
            Switch,
        ),
    ],
);

const LEFT_ALONE: Group = group(
    "Whom it leaves alone",
    "Bots always; moderators unless they are included.",
    &[
        set(
            "/include_moderators",
            "It holds for moderators too",
            "",
            Switch,
        ),
        set(
            "/exempt_role_ids",
            "Roles",
            "Members with one of them.",
            Roles,
        ),
        set(
            "/exempt_channel_ids",
            "Channels",
            "Messages in them.",
            Channels,
        ),
    ],
);

const WINDOW: [Setting; 2] = [
    set(
        "/trigger/messages",
        "From this many messages on",
        "",
        Whole(2, 50, "messages"),
    ),
    set("/trigger/seconds", "Within", "", Whole(1, 600, "seconds")),
];

/// All sorts, the most wanted first.
pub(crate) const SORTS: [Sort; 11] = [
    sort(
        "words",
        "Words",
        "Whole words and word lists, seen through look-alike letters and hidden characters.",
        &[
            RULE,
            group(
                "What sets it off",
                "",
                &[set(
                    "/trigger/words",
                    "Words",
                    "One on each line; * stands for any letters, as in scam*.",
                    List,
                )],
            ),
            FOLLOWS,
            LEFT_ALONE,
        ],
    ),
    sort(
        "links",
        "Links",
        "Links to sites you name, to all sites but some, or that show one place and lead to another.",
        &[
            RULE,
            group(
                "What sets it off",
                "Nothing denied and nothing allowed means every link.",
                &[
                    set(
                        "/trigger/deny",
                        "Sites that set it off",
                        "One on each line, such as example.com; those under it are meant too.",
                        List,
                    ),
                    set("/trigger/allow", "Sites that never do", "", List),
                    set(
                        "/trigger/disguised",
                        "Disguised links",
                        "They show one site and lead to another.",
                        Switch,
                    ),
                ],
            ),
            FOLLOWS,
            LEFT_ALONE,
        ],
    ),
    sort(
        "invites",
        "Invitations",
        "Invitations to other Discord servers.",
        &[
            RULE,
            group(
                "What sets it off",
                "",
                &[set(
                    "/trigger/allow",
                    "Invitations that are fine",
                    "Codes, one on each line, such as your own server's.",
                    List,
                )],
            ),
            FOLLOWS,
            LEFT_ALONE,
        ],
    ),
    sort(
        "flood",
        "Flood",
        "Too many messages of one member in a short time.",
        &[
            RULE,
            group("What sets it off", "", &WINDOW),
            FOLLOWS,
            LEFT_ALONE,
        ],
    ),
    sort(
        "duplicates",
        "Repeats",
        "The same text again and again.",
        &[
            RULE,
            group("What sets it off", "", &WINDOW),
            FOLLOWS,
            LEFT_ALONE,
        ],
    ),
    sort(
        "mentions",
        "Mentions",
        "Too many mentions in one message.",
        &[
            RULE,
            group(
                "What sets it off",
                "",
                &[set(
                    "/trigger/max",
                    "More mentions than",
                    "",
                    Whole(0, 100, "mentions"),
                )],
            ),
            FOLLOWS,
            LEFT_ALONE,
        ],
    ),
    sort(
        "caps",
        "Capitals",
        "Messages that shout.",
        &[
            RULE,
            group(
                "What sets it off",
                "",
                &[
                    set(
                        "/trigger/percent",
                        "From this share of capital letters on",
                        "",
                        Whole(1, 100, "%"),
                    ),
                    set(
                        "/trigger/letters_min",
                        "In texts of at least",
                        "",
                        Whole(1, 4_000, "letters"),
                    ),
                ],
            ),
            FOLLOWS,
            LEFT_ALONE,
        ],
    ),
    sort(
        "new_account",
        "New accounts",
        "Messages of accounts that are younger than you like.",
        &[
            RULE,
            group(
                "What sets it off",
                "",
                &[set(
                    "/trigger/days",
                    "Accounts younger than",
                    "",
                    Whole(1, 3_650, "days"),
                )],
            ),
            FOLLOWS,
            LEFT_ALONE,
        ],
    ),
    sort(
        "attachments",
        "Files",
        "Attached files by their names.",
        &[
            RULE,
            group(
                "What sets it off",
                "",
                &[set(
                    "/trigger/names",
                    "Names",
                    "One on each line; * stands for anything, as in *.exe.",
                    List,
                )],
            ),
            FOLLOWS,
            LEFT_ALONE,
        ],
    ),
    sort(
        "regex",
        "Patterns",
        "Regular expressions, in linear time, over the text as it is seen.",
        &[
            RULE,
            group(
                "What sets it off",
                "",
                &[set(
                    "/trigger/patterns",
                    "Patterns",
                    "One on each line.",
                    List,
                )],
            ),
            FOLLOWS,
            LEFT_ALONE,
        ],
    ),
    sort(
        MODEL,
        "A model's judgement",
        "Rules in plain words. On its own a model only does what can be undone: it holds where others remove.",
        &[
            RULE,
            group(
                "What sets it off",
                "Each message that no other rule stopped is shown to the model, which costs money within the caps.",
                &[
                    set(
                        "/trigger/rules",
                        "The rules",
                        "As you would say them to a new moderator.",
                        Text(4_000),
                    ),
                    set("/trigger/threshold", "It must be sure to", "", Share),
                ],
            ),
            FOLLOWS,
            LEFT_ALONE,
        ],
    ),
];

/// The sort of this name.
pub(crate) fn sort_of(kind: &str) -> Option<&'static Sort> {
    SORTS.iter().find(|sort| sort.kind == kind)
}

/// A new rule of a sort: in the shadow, so that it first shows whom it would hit.
pub(crate) fn begun(sort: &Sort) -> Value {
    let trigger = match sort.kind {
        "words" => json!({ "words": [] }),
        "links" => json!({ "allow": [], "deny": [], "disguised": false }),
        "invites" => json!({ "allow": [] }),
        "flood" => json!({ "messages": 5, "seconds": 5 }),
        "duplicates" => json!({ "messages": 3, "seconds": 60 }),
        "mentions" => json!({ "max": 5 }),
        "caps" => json!({ "percent": 70, "letters_min": 12 }),
        "new_account" => json!({ "days": 3 }),
        "attachments" => json!({ "names": [] }),
        "regex" => json!({ "patterns": [] }),
        _ => json!({ "rules": "", "threshold": 0.8 }),
    };
    let message = if sort.kind == "model" {
        "hold"
    } else {
        "delete"
    };
    json!({
        "name": "", "enabled": true, "mode": "shadow", "trigger": trigger,
        "do": { "message": message, "member": "nothing", "points": 1, "minutes": 0, "card": false },
        "include_moderators": false, "exempt_role_ids": [], "exempt_channel_ids": [],
    })
}

/// The sort that a trigger is of.
pub(crate) fn sort_of_trigger(trigger: &Trigger) -> &'static Sort {
    sort_of(trigger.kind()).unwrap_or(&SORTS[0])
}
