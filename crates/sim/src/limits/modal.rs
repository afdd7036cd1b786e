//! Forms and autocomplete choices, which only interactions answer with.

use std::collections::HashSet;

use serde_json::Value;

use super::CHOICES_MAX;
use super::component::{
    ACTION_ROW, LABEL, STRING_SELECT, TEXT_DISPLAY, TEXT_INPUT, check_select_shape,
};
use super::field::{Text, check_choice, check_flag, check_integer, check_list, check_text, member};
use super::problem::{Fault, Problems};

const IN_MODAL: &[u64] = &[ACTION_ROW, TEXT_DISPLAY, LABEL];
/// Text input, the five selects, file upload, and the choice groups.
const IN_LABEL: &[u64] = &[STRING_SELECT, TEXT_INPUT, 5, 6, 7, 8, 19, 21, 22, 23];

/// Judges the `data` of a form.
pub(crate) fn check_modal(form: &Value) -> Problems {
    let mut problems = Problems::default();
    check_text(
        &mut problems,
        "data/",
        form,
        "custom_id",
        Text::required(1, 100),
    );
    check_text(&mut problems, "data/", form, "title", Text::required(1, 45));
    if member(form, "components").is_none() {
        problems.add("data/components", Fault::required());
    }
    let mut ids = HashSet::new();
    for (index, part) in check_list(&mut problems, "data/", form, "components", (1, 5))
        .iter()
        .enumerate()
    {
        let at = format!("data/components/{index}");
        match part.get("type").and_then(Value::as_u64) {
            Some(ACTION_ROW) => {
                for (inner, input) in
                    check_list(&mut problems, &format!("{at}/"), part, "components", (1, 1))
                        .iter()
                        .enumerate()
                {
                    check_input(
                        &mut problems,
                        &format!("{at}/components/{inner}"),
                        input,
                        &[TEXT_INPUT],
                        &mut ids,
                    );
                    check_text(
                        &mut problems,
                        &format!("{at}/components/{inner}/"),
                        input,
                        "label",
                        Text::required(1, 45),
                    );
                }
            }
            Some(LABEL) => check_label(&mut problems, &at, part, &mut ids),
            Some(TEXT_DISPLAY) => {
                check_text(
                    &mut problems,
                    &format!("{at}/"),
                    part,
                    "content",
                    Text::required(1, 4_000),
                );
            }
            _ => problems.add(&format!("{at}/type"), Fault::union_choices(IN_MODAL)),
        }
    }
    problems
}

fn check_label(problems: &mut Problems, at: &str, label: &Value, ids: &mut HashSet<String>) {
    check_text(
        problems,
        &format!("{at}/"),
        label,
        "label",
        Text::required(1, 45),
    );
    check_text(
        problems,
        &format!("{at}/"),
        label,
        "description",
        Text::optional(100),
    );
    match member(label, "component") {
        None => problems.add(&format!("{at}/component"), Fault::required()),
        Some(input) => check_input(problems, &format!("{at}/component"), input, IN_LABEL, ids),
    }
}

fn check_input(
    problems: &mut Problems,
    at: &str,
    input: &Value,
    allowed: &[u64],
    ids: &mut HashSet<String>,
) {
    let Some(kind) = input
        .get("type")
        .and_then(Value::as_u64)
        .filter(|kind| allowed.contains(kind))
    else {
        problems.add(&format!("{at}/type"), Fault::union_choices(allowed));
        return;
    };
    let within = format!("{at}/");
    let id = check_text(
        problems,
        &within,
        input,
        "custom_id",
        Text::required(1, 100),
    );
    if id.is_some_and(|id| !ids.insert(id.to_owned())) {
        let message = "Component custom id cannot be duplicated";
        problems.add(
            &format!("{within}custom_id"),
            Fault::new("COMPONENT_CUSTOM_ID_DUPLICATED", message),
        );
    }
    check_flag(problems, &within, input, "required");
    match kind {
        TEXT_INPUT => check_text_input(problems, &within, input),
        STRING_SELECT..=8 => check_select_shape(problems, &within, input, kind),
        _ => {}
    }
}

fn check_text_input(problems: &mut Problems, within: &str, input: &Value) {
    if member(input, "style").is_none() {
        problems.add(&format!("{within}style"), Fault::required());
    }
    check_choice(problems, within, input, "style", &[1, 2]);
    check_text(problems, within, input, "placeholder", Text::optional(100));
    check_text(problems, within, input, "value", Text::optional(4_000));
    let min = check_integer(problems, within, input, "min_length", (0, 4_000)).unwrap_or(0);
    let max = check_integer(problems, within, input, "max_length", (1, 4_000)).unwrap_or(4_000);
    if min > max {
        let message = "The minimum length must not exceed the maximum length";
        problems.add(
            &format!("{within}min_length"),
            Fault::new(
                "TEXT_INPUT_COMPONENT_MIN_LENGTH_EXCEEDS_MAX_LENGTH",
                message,
            ),
        );
    }
}

/// Judges the `data` of an answer to autocomplete.
pub(crate) fn check_choices(choices: &Value) -> Problems {
    let mut problems = Problems::default();
    for (index, choice) in check_list(&mut problems, "data/", choices, "choices", (0, CHOICES_MAX))
        .iter()
        .enumerate()
    {
        let within = format!("data/choices/{index}/");
        check_text(
            &mut problems,
            &within,
            choice,
            "name",
            Text::required(1, 100),
        );
        match member(choice, "value") {
            None => problems.add(&format!("{within}value"), Fault::required()),
            Some(Value::String(_)) => {
                check_text(&mut problems, &within, choice, "value", Text::optional(100));
            }
            Some(Value::Number(_)) => {}
            Some(_) => problems.add(
                &format!("{within}value"),
                Fault::new("UNION_TYPE_CONVERT", "Must be a string or a number."),
            ),
        }
    }
    problems
}
