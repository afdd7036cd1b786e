//! Application commands: names, descriptions, options, choices, how they may nest, and how many there may be.
//! What always holds: a slash command's names are lowercase; required options come first; a command weighs at most 8,000 characters.

use std::collections::HashSet;

use serde_json::Value;

use super::field::{
    Text, check_choice, check_flag, check_integer, check_list, check_text, member, text_of,
};
use super::problem::{Fault, Problems};
use super::{CHOICES_MAX, COMMAND_TEXT_MAX, COMMANDS_MAX};

/// A slash command; the others are menus of users and messages.
const CHAT_INPUT: u64 = 1;
const SUBCOMMAND: u64 = 1;
const SUBCOMMAND_GROUP: u64 = 2;
const STRING: u64 = 3;
const INTEGER: u64 = 4;
const NUMBER: u64 = 10;
const AT_TOP: &[u64] = &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const IN_GROUP: &[u64] = &[SUBCOMMAND];
const VALUES: &[u64] = &[3, 4, 5, 6, 7, 8, 9, 10, 11];

/// The kind of a command; left out it is a slash command.
pub(crate) fn command_kind(command: &Value) -> u64 {
    command
        .get("type")
        .and_then(Value::as_u64)
        .unwrap_or(CHAT_INPUT)
}

/// Judges one new command.
pub(crate) fn check_command(command: &Value) -> Problems {
    let mut problems = Problems::default();
    check_one(&mut problems, "", command, command_kind(command), true);
    problems
}

/// Judges an edit: what is left out stays as it is.
pub(crate) fn check_command_edit(edit: &Value, kind: u64) -> Problems {
    let mut problems = Problems::default();
    check_one(&mut problems, "", edit, kind, false);
    problems
}

/// Judges a list that replaces all commands.
pub(crate) fn check_commands(list: &Value) -> Problems {
    let mut problems = Problems::default();
    let Some(commands) = list.as_array() else {
        problems.add("", Fault::not_list());
        return problems;
    };
    let mut names = HashSet::new();
    for (index, command) in commands.iter().enumerate() {
        let kind = command_kind(command);
        check_one(&mut problems, &format!("{index}/"), command, kind, true);
        if text_of(command, "name").is_some_and(|name| !names.insert((kind, name))) {
            let message = "Application command names must be unique";
            problems.add(
                &format!("{index}"),
                Fault::new("APPLICATION_COMMANDS_DUPLICATE_NAME", message),
            );
        }
    }
    let slash = commands
        .iter()
        .filter(|command| command_kind(command) == CHAT_INPUT)
        .count();
    if slash > COMMANDS_MAX {
        problems.add("", Fault::too_long(COMMANDS_MAX));
    }
    problems
}

fn check_one(problems: &mut Problems, within: &str, command: &Value, kind: u64, whole: bool) {
    if !command.is_object() {
        problems.add(within.trim_end_matches('/'), Fault::not_object());
        return;
    }
    check_choice(problems, within, command, "type", &[1, 2, 3, 4]);
    check_name(problems, within, command, kind == CHAT_INPUT, whole);
    check_flag(problems, within, command, "nsfw");
    check_flag(problems, within, command, "dm_permission");
    check_settings(problems, within, command);
    if kind == CHAT_INPUT {
        check_text(
            problems,
            within,
            command,
            "description",
            Text {
                min: 1,
                max: 100,
                required: whole,
            },
        );
        check_options(problems, within, command, AT_TOP);
    } else {
        check_menu(problems, within, command);
    }
    if text_weight(command) > COMMAND_TEXT_MAX {
        let message = format!("Command exceeds maximum size ({COMMAND_TEXT_MAX})");
        problems.add(
            within.trim_end_matches('/'),
            Fault::new("APPLICATION_COMMAND_TOO_LARGE", message),
        );
    }
}

fn check_menu(problems: &mut Problems, within: &str, command: &Value) {
    if text_of(command, "description").is_some_and(|text| !text.is_empty()) {
        let message = "Context menu commands cannot have description";
        problems.add(
            &format!("{within}description"),
            Fault::new("APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED", message),
        );
    }
    if command
        .get("options")
        .and_then(Value::as_array)
        .is_some_and(|options| !options.is_empty())
    {
        let message = "Context menu commands cannot have options";
        problems.add(
            &format!("{within}options"),
            Fault::new("APPLICATION_COMMAND_OPTIONS_NOT_ALLOWED", message),
        );
    }
}

fn check_settings(problems: &mut Problems, within: &str, command: &Value) {
    if let Some(permissions) = member(command, "default_member_permissions") {
        let bits = permissions
            .as_u64()
            .or_else(|| permissions.as_str().and_then(|text| text.parse().ok()));
        if bits.is_none() {
            problems.add(
                &format!("{within}default_member_permissions"),
                Fault::not_integer(permissions),
            );
        }
    }
    for (name, choices) in [
        ("contexts", &[0, 1, 2][..]),
        ("integration_types", &[0, 1][..]),
    ] {
        for (index, value) in check_list(problems, within, command, name, (1, choices.len()))
            .iter()
            .enumerate()
        {
            if !value.as_u64().is_some_and(|value| choices.contains(&value)) {
                problems.add(&format!("{within}{name}/{index}"), Fault::choices(choices));
            }
        }
    }
}

/// Names of slash commands and options: letters and digits of any script, `-`, `_` and `'`, and lowercase where a script has cases.
fn check_name(problems: &mut Problems, within: &str, body: &Value, strict: bool, required: bool) {
    let bounds = Text {
        min: 1,
        max: 32,
        required,
    };
    let Some(name) = check_text(problems, within, body, "name", bounds) else {
        return;
    };
    let fits = |c: char| c.is_alphanumeric() || is_mark(c) || matches!(c, '-' | '_' | '\'');
    let in_length = (1..=32).contains(&name.chars().count());
    if strict && in_length && (!name.chars().all(fits) || name.to_lowercase() != name) {
        problems.add(
            &format!("{within}name"),
            Fault::new(
                "APPLICATION_COMMAND_INVALID_NAME",
                "Command name is invalid",
            ),
        );
    }
}

/// The vowel signs of Devanagari and Thai, which names in those scripts can't be spelt without.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0900}'..='\u{097F}' | '\u{0E00}'..='\u{0E7F}')
}

fn check_options(problems: &mut Problems, within: &str, holder: &Value, allowed: &[u64]) {
    let options = check_list(problems, within, holder, "options", (0, 25));
    let mut names = HashSet::new();
    let mut optional_seen = false;
    for (index, option) in options.iter().enumerate() {
        let at = format!("{within}options/{index}");
        check_option(problems, &at, option, allowed);
        if text_of(option, "name").is_some_and(|name| !names.insert(name)) {
            let fault = Fault::new(
                "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
                "Option name already exists",
            );
            problems.add(&format!("{at}/name"), fault);
        }
        let required = option
            .get("required")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        if required && optional_seen {
            let message = "Required options must be placed before non-required options";
            problems.add(
                &at,
                Fault::new("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message),
            );
        }
        optional_seen |= !required;
    }
    let branches = options.iter().filter(|option| is_branch(option)).count();
    if branches > 0 && branches < options.len() {
        let message = "Sub-command and sub-command group option types are mutually exclusive to all other types";
        problems.add(
            &format!("{within}options"),
            Fault::new("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message),
        );
    }
}

fn is_branch(option: &Value) -> bool {
    matches!(
        option.get("type").and_then(Value::as_u64),
        Some(SUBCOMMAND | SUBCOMMAND_GROUP)
    )
}

fn check_option(problems: &mut Problems, at: &str, option: &Value, allowed: &[u64]) {
    let within = format!("{at}/");
    let Some(kind) = option
        .get("type")
        .and_then(Value::as_u64)
        .filter(|kind| allowed.contains(kind))
    else {
        problems.add(&format!("{within}type"), Fault::union_choices(allowed));
        return;
    };
    check_name(problems, &within, option, true, true);
    check_text(
        problems,
        &within,
        option,
        "description",
        Text::required(1, 100),
    );
    match kind {
        SUBCOMMAND => check_options(problems, &within, option, VALUES),
        SUBCOMMAND_GROUP => check_options(problems, &within, option, IN_GROUP),
        _ => check_value_option(problems, &within, option, kind),
    }
}

fn check_value_option(problems: &mut Problems, within: &str, option: &Value, kind: u64) {
    check_flag(problems, within, option, "required");
    let autocomplete = check_flag(problems, within, option, "autocomplete") == Some(true);
    if kind == STRING {
        check_integer(problems, within, option, "min_length", (0, 6_000));
        check_integer(problems, within, option, "max_length", (1, 6_000));
    }
    let choices = check_list(problems, within, option, "choices", (0, CHOICES_MAX));
    if autocomplete && !choices.is_empty() {
        let message = "Options cannot have both choices and autocomplete";
        problems.add(
            &format!("{within}autocomplete"),
            Fault::new(
                "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES_EXCLUSIVE",
                message,
            ),
        );
    }
    if (autocomplete || !choices.is_empty()) && !matches!(kind, STRING | INTEGER | NUMBER) {
        let message =
            "Choices and autocomplete are only available for strings, integers and numbers";
        problems.add(
            &format!("{within}type"),
            Fault::new("APPLICATION_COMMAND_OPTION_TYPE_INVALID", message),
        );
    }
    let mut names = HashSet::new();
    for (index, choice) in choices.iter().enumerate() {
        let place = format!("{within}choices/{index}/");
        let name = check_text(problems, &place, choice, "name", Text::required(1, 100));
        if name.is_some_and(|name| !names.insert(name)) {
            let fault = Fault::new(
                "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS",
                "Option choice name already exists",
            );
            problems.add(&format!("{place}name"), fault);
        }
        check_choice_value(problems, &place, choice, kind);
    }
}

fn check_choice_value(problems: &mut Problems, place: &str, choice: &Value, kind: u64) {
    let Some(value) = member(choice, "value") else {
        problems.add(&format!("{place}value"), Fault::required());
        return;
    };
    let fits = match kind {
        INTEGER => value.is_i64() || value.is_u64(),
        NUMBER => value.is_number(),
        _ => value.is_string(),
    };
    if !fits {
        let message = "The value does not have the type of its option";
        problems.add(
            &format!("{place}value"),
            Fault::new("APPLICATION_COMMAND_OPTIONS_CHOICE_VALUE_INVALID", message),
        );
    } else if kind == STRING {
        check_text(problems, place, choice, "value", Text::required(1, 100));
    }
}

/// The characters that count towards a command's weight; of localized texts the longest counts.
fn text_weight(command: &Value) -> usize {
    let longest = |name: &str| {
        let own = text_of(command, name).map_or(0, |text| text.chars().count());
        let translations = command
            .get(format!("{name}_localizations"))
            .and_then(Value::as_object);
        let others = translations
            .into_iter()
            .flat_map(|all| all.values())
            .filter_map(Value::as_str);
        others
            .map(|text| text.chars().count())
            .max()
            .unwrap_or(0)
            .max(own)
    };
    let value = text_of(command, "value").map_or(0, |text| text.chars().count());
    let children = |name: &str| {
        command
            .get(name)
            .and_then(Value::as_array)
            .map_or(0, |list| list.iter().map(text_weight).sum())
    };
    longest("name") + longest("description") + value + children("options") + children("choices")
}
