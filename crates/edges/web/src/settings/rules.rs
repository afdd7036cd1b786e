//! A rule as a form holds it: each trigger with its own fields, and what follows as a few choices instead of a list.

use app::Problem;
use moderation::{Action, Mode, Rule, Trigger};
use serde_json::{Map, Value, json};

use super::{
    Group,
    Kind::{Channels, Choice, Line, List, Roles, Share, Switch, Text, Whole},
    Section, Setting, set,
};

/// The sort of rule that a model judges by.
pub(crate) const MODEL: &str = "model";
/// Where what follows stands in the form.
const DO: &str = "do";
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

/// A rule as its form shows it.
pub(crate) fn shown(rule: &Rule) -> Value {
    let mut trigger = serde_json::to_value(&rule.trigger).unwrap_or_default();
    if let Some(fields) = trigger.as_object_mut() {
        fields.remove("kind");
    }
    json!({
        "name": rule.name,
        "enabled": rule.enabled,
        "mode": match rule.mode { Mode::Act => "act", Mode::Shadow => "shadow" },
        "trigger": trigger,
        "do": follows(&rule.actions),
        "include_moderators": rule.include_moderators,
        "exempt_role_ids": rule.exempt_role_ids,
        "exempt_channel_ids": rule.exempt_channel_ids,
    })
}

fn follows(actions: &[Action]) -> Value {
    let (mut message, mut member, mut points, mut minutes, mut card) =
        ("leave", "nothing", 1, 0, false);
    for action in actions {
        match action {
            Action::Delete {} if message == "leave" => message = "delete",
            Action::Delete {} => {}
            Action::Hold {} => message = "hold",
            Action::Warn { points: given } => (member, points) = ("warn", *given),
            Action::Points { points: given } => (member, points) = ("points", *given),
            Action::Timeout { minutes: given } => minutes = *given,
            Action::Log {} => card = true,
        }
    }
    json!({ "message": message, "member": member, "points": points, "minutes": minutes, "card": card })
}

/// A form's rule as the document spells it.
pub(crate) fn spelt(sort: &Sort, form: &Value) -> Value {
    let mut rule = form.as_object().cloned().unwrap_or_default();
    let follows = rule.remove(DO).unwrap_or_default();
    if let Some(trigger) = rule.get_mut("trigger").and_then(Value::as_object_mut) {
        trigger.insert("kind".to_owned(), sort.kind.into());
    }
    let actions = actions(&follows).into_iter().map(|(_, action)| action);
    rule.insert("actions".to_owned(), actions.collect());
    Value::Object(rule)
}

/// What follows as a list, each with the field that asks for it.
fn actions(follows: &Value) -> Vec<(&'static str, Value)> {
    let text = |name: &str| {
        follows
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let number = |name: &str| follows.get(name).cloned().unwrap_or_default();
    let kind = |kind: &str, more: &[(&str, Value)]| {
        let mut action = Map::from_iter([("kind".to_owned(), Value::from(kind))]);
        action.extend(
            more.iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone())),
        );
        Value::Object(action)
    };
    let mut all = Vec::new();
    match text("message") {
        "delete" => all.push(("/do/message", kind("delete", &[]))),
        "hold" => all.push(("/do/message", kind("hold", &[]))),
        _ => {}
    }
    if number("minutes") != 0 {
        let minutes = [("minutes", number("minutes"))];
        all.push(("/do/minutes", kind("timeout", &minutes)));
    }
    let points = [("points", number("points"))];
    match text("member") {
        "warn" => all.push(("/do/points", kind("warn", &points))),
        "points" => all.push(("/do/points", kind("points", &points))),
        _ => {}
    }
    if follows.get("card") == Some(&Value::Bool(true)) {
        all.push(("/do/card", kind("log", &[])));
    }
    all
}

/// What is wrong with a rule, in the places of its form.
pub(crate) fn placed(form: &Value, problems: Vec<Problem>) -> Vec<Problem> {
    let actions = actions(form.get(DO).unwrap_or(&Value::Null));
    let place = |pointer: &str| {
        let rest = pointer.strip_prefix("/actions/")?;
        let at: usize = rest.split('/').next()?.parse().ok()?;
        actions.get(at).map(|(field, _)| (*field).to_owned())
    };
    let placed = problems.into_iter().map(|problem| Problem {
        pointer: place(&problem.pointer).unwrap_or(problem.pointer),
        ..problem
    });
    placed.collect()
}

/// An id for a new rule, made from its name, that no other has.
pub(crate) fn fresh_id<'a>(
    name: &str,
    sort: &Sort,
    taken: impl Iterator<Item = &'a str>,
) -> String {
    let taken: Vec<&str> = taken.collect();
    let plain = |letter: char| {
        let letter = letter.to_ascii_lowercase();
        if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '-'
        }
    };
    let name: String = name.chars().take(48).map(plain).collect();
    let words: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).collect();
    let base = if words.is_empty() {
        sort.kind.replace('_', "-")
    } else {
        words.join("-")
    };
    let numbered = (2..).map(|number: u32| format!("{base}-{number}"));
    let mut all = std::iter::once(base.clone()).chain(numbered);
    all.find(|id| !taken.contains(&id.as_str())).unwrap_or(base)
}

/// The sort that a trigger is of.
pub(crate) fn sort_of_trigger(trigger: &Trigger) -> &'static Sort {
    sort_of(trigger.kind()).unwrap_or(&SORTS[0])
}

#[cfg(test)]
mod tests {
    use app::Problem;
    use moderation::{Rule, Settings};
    use serde_json::{Value, json};

    use super::{SORTS, begun, fresh_id, placed, shown, sort_of_trigger, spelt};
    use crate::settings::texts;

    /// A rule of each sort that has something to say, as the document spells it.
    fn rules() -> Vec<Value> {
        let triggers = [
            json!({"kind": "words", "words": ["scam*", "c0in"]}),
            json!({"kind": "links", "allow": ["a.example"], "deny": ["b.example"], "disguised": true}),
            json!({"kind": "invites", "allow": ["abc"]}),
            json!({"kind": "flood", "messages": 6, "seconds": 9}),
            json!({"kind": "duplicates", "messages": 4, "seconds": 30}),
            json!({"kind": "mentions", "max": 4}),
            json!({"kind": "caps", "percent": 80, "letters_min": 20}),
            json!({"kind": "new_account", "days": 7}),
            json!({"kind": "attachments", "names": ["*.exe"]}),
            json!({"kind": "regex", "patterns": ["a+b"]}),
            json!({"kind": "model", "rules": "be kind", "threshold": 0.75}),
        ];
        let actions = json!([
            {"kind": "hold"}, {"kind": "timeout", "minutes": 10}, {"kind": "warn", "points": 2}, {"kind": "log"},
        ]);
        let rule = |trigger: Value| {
            json!({"id": "r", "name": "R", "enabled": false, "mode": "shadow", "trigger": trigger, "actions": actions,
                   "include_moderators": true, "exempt_role_ids": ["5"], "exempt_channel_ids": ["6"]})
        };
        triggers.map(rule).to_vec()
    }

    #[test]
    fn every_rule_comes_out_of_its_form_as_it_went_in() {
        for rule in rules() {
            let read: Rule = serde_json::from_value(rule.clone()).unwrap();
            let sort = sort_of_trigger(&read.trigger);
            assert_eq!(sort.kind, read.trigger.kind());
            let mut again = spelt(sort, &shown(&read));
            again["id"] = "r".into();
            assert_eq!(again, rule, "{}", sort.kind);
        }
        assert_eq!(rules().len(), SORTS.len());
    }

    #[test]
    fn every_field_stands_in_a_new_rule_and_most_of_them_are_fit_to_be_saved() {
        for sort in &SORTS {
            let form = begun(sort);
            for setting in sort.section.groups.iter().flat_map(|group| group.settings) {
                assert!(
                    form.pointer(setting.pointer).is_some(),
                    "{}: {}",
                    sort.kind,
                    setting.pointer
                );
                assert!(
                    !texts(setting, &form).is_empty() || setting.pointer.starts_with("/exempt")
                );
            }
            let mut rule = spelt(sort, &form);
            rule["id"] = "new".into();
            let rule: Rule = serde_json::from_value(rule).unwrap();
            let settings = Settings {
                rules: vec![rule],
                ..Settings::default()
            };
            let wrong = settings.check();
            // What has a list must be given one; the rest says what it means from the start.
            let needs_words = ["words", "attachments", "regex", "model"].contains(&sort.kind);
            assert_eq!(wrong.is_empty(), !needs_words, "{}: {wrong:?}", sort.kind);
        }
    }

    #[test]
    fn what_is_wrong_with_an_action_stands_beside_the_field_that_asks_for_it() {
        let form = json!({"do": {"message": "leave", "member": "points", "points": 0, "minutes": 99_999, "card": true}});
        let wrong = |pointer: &str| Problem {
            pointer: pointer.to_owned(),
            reason: String::new(),
        };
        let all = [
            "/actions/0/minutes",
            "/actions/1/points",
            "/trigger/words/3",
            "/name",
        ];
        let found = placed(&form, all.map(wrong).to_vec());
        let pointers: Vec<&str> = found.iter().map(|one| one.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            ["/do/minutes", "/do/points", "/trigger/words/3", "/name"]
        );
    }

    #[test]
    fn a_new_rule_gets_an_id_of_its_own() {
        let sort = &SORTS[7];
        for (name, taken, id) in [
            ("No scams!", &[][..], "no-scams"),
            ("No scams", &["no-scams", "no-scams-2"], "no-scams-3"),
            ("<b>ÄÖ</b>", &[], "b-b"),
            ("✨", &[], "new-account"),
        ] {
            assert_eq!(fresh_id(name, sort, taken.iter().copied()), id);
        }
        assert!(fresh_id(&"x ".repeat(200), sort, std::iter::empty()).len() <= 64);
    }
}
