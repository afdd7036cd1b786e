//! Reading one member of a body: absent and `null` are the same, and what has the wrong shape is noted with Discord's code.

use jiff::Timestamp;
use serde_json::Value;

use super::problem::{Fault, Problems};

/// A member that is there and not `null`.
pub(crate) fn member<'a>(body: &'a Value, name: &str) -> Option<&'a Value> {
    body.get(name).filter(|value| !value.is_null())
}

/// The text of a member, where it is text.
pub(crate) fn text_of<'a>(body: &'a Value, name: &str) -> Option<&'a str> {
    member(body, name).and_then(Value::as_str)
}

/// The items of a member, where it is a list.
pub(crate) fn items<'a>(body: &'a Value, name: &str) -> &'a [Value] {
    body.get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// A snowflake, which clients send as text or as a number.
pub(crate) fn snowflake_of(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.parse().ok(),
        number => number.as_u64(),
    }
}

/// The bounds of a text; absent is fine unless required.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text {
    pub(super) min: usize,
    pub(super) max: usize,
    pub(super) required: bool,
}

impl Text {
    pub(super) const fn optional(max: usize) -> Self {
        Self {
            min: 0,
            max,
            required: false,
        }
    }

    pub(super) const fn optional_between(min: usize, max: usize) -> Self {
        Self {
            min,
            max,
            required: false,
        }
    }

    pub(super) const fn required(min: usize, max: usize) -> Self {
        Self {
            min,
            max,
            required: true,
        }
    }
}

/// Where a body stands inside the whole: `""` or `embeds/0/`.
pub(super) type Within<'a> = &'a str;

/// Judges a text member, and gives it back when it is one.
pub(super) fn check_text<'a>(
    problems: &mut Problems,
    within: Within<'_>,
    body: &'a Value,
    name: &str,
    bounds: Text,
) -> Option<&'a str> {
    let at = format!("{within}{name}");
    let Some(value) = member(body, name) else {
        if bounds.required {
            problems.add(&at, Fault::required());
        }
        return None;
    };
    let Some(text) = value.as_str() else {
        problems.add(
            &at,
            Fault::new(
                "STRING_TYPE_CONVERT",
                "Could not interpret the value as string.",
            ),
        );
        return None;
    };
    let length = text.chars().count();
    if bounds.required && length == 0 && bounds.min > 0 {
        problems.add(&at, Fault::required());
    } else if bounds.min > 0 && (length < bounds.min || length > bounds.max) {
        problems.add(&at, Fault::bad_length(bounds.min, bounds.max));
    } else if length > bounds.max {
        problems.add(&at, Fault::too_long(bounds.max));
    }
    Some(text)
}

/// Judges a whole-number member.
pub(super) fn check_integer(
    problems: &mut Problems,
    within: Within<'_>,
    body: &Value,
    name: &str,
    (min, max): (i64, i64),
) -> Option<i64> {
    let at = format!("{within}{name}");
    let value = member(body, name)?;
    let number = value
        .as_i64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    match number {
        None => problems.add(&at, Fault::not_integer(value)),
        Some(number) if number > max => problems.add(&at, Fault::number_max(max)),
        Some(number) if number < min => problems.add(&at, Fault::number_min(min)),
        Some(_) => {}
    }
    number
}

/// Judges a member that must be one of a few numbers.
pub(super) fn check_choice(
    problems: &mut Problems,
    within: Within<'_>,
    body: &Value,
    name: &str,
    choices: &[u64],
) -> Option<u64> {
    let value = member(body, name)?;
    let number = value.as_u64().filter(|number| choices.contains(number));
    if number.is_none() {
        problems.add(&format!("{within}{name}"), Fault::choices(choices));
    }
    number
}

/// Judges a true-or-false member.
pub(super) fn check_flag(
    problems: &mut Problems,
    within: Within<'_>,
    body: &Value,
    name: &str,
) -> Option<bool> {
    let value = member(body, name)?;
    if !value.is_boolean() {
        problems.add(
            &format!("{within}{name}"),
            Fault::new("BOOLEAN_TYPE_CONVERT", "Must be either true or false."),
        );
    }
    value.as_bool()
}

/// Judges a list member by its count, and gives its items.
pub(super) fn check_list<'a>(
    problems: &mut Problems,
    within: Within<'_>,
    body: &'a Value,
    name: &str,
    (min, max): (usize, usize),
) -> &'a [Value] {
    let at = format!("{within}{name}");
    let Some(value) = member(body, name) else {
        return &[];
    };
    let Some(list) = value.as_array() else {
        problems.add(&at, Fault::not_list());
        return &[];
    };
    if min > 0 && (list.len() < min || list.len() > max) {
        problems.add(&at, Fault::bad_length(min, max));
    } else if list.len() > max {
        problems.add(&at, Fault::too_long(max));
    }
    list
}

/// Judges a list of ids by count and shape.
pub(super) fn check_ids(
    problems: &mut Problems,
    within: Within<'_>,
    body: &Value,
    name: &str,
    bounds: (usize, usize),
) {
    for (index, value) in check_list(problems, within, body, name, bounds)
        .iter()
        .enumerate()
    {
        if snowflake_of(value).is_none() {
            problems.add(
                &format!("{within}{name}/{index}"),
                Fault::not_snowflake(value),
            );
        }
    }
}

/// Judges a single id.
pub(super) fn check_id(
    problems: &mut Problems,
    within: Within<'_>,
    body: &Value,
    name: &str,
) -> Option<u64> {
    let value = member(body, name)?;
    let id = snowflake_of(value);
    if id.is_none() {
        problems.add(&format!("{within}{name}"), Fault::not_snowflake(value));
    }
    id
}

/// Judges an address. Pictures of a message may also name one of its own files.
pub(super) fn check_url(
    problems: &mut Problems,
    within: Within<'_>,
    body: &Value,
    name: &str,
    schemes: &[&str],
    max: usize,
) {
    let at = format!("{within}{name}");
    let Some(text) = check_text(problems, within, body, name, Text::optional(max)) else {
        return;
    };
    match text.split_once("://") {
        Some((scheme, rest)) if !rest.is_empty() && !rest.contains(char::is_whitespace) => {
            if !schemes.contains(&scheme.to_ascii_lowercase().as_str()) {
                let list: Vec<String> =
                    schemes.iter().map(|scheme| format!("'{scheme}'")).collect();
                let message = format!(
                    "Scheme \"{scheme}\" is not supported. Scheme must be one of ({}).",
                    list.join(", ")
                );
                problems.add(&at, Fault::new("URL_TYPE_INVALID_SCHEME", message));
            }
        }
        _ => problems.add(&at, Fault::bad_url()),
    }
}

/// Judges a point in time.
pub(super) fn check_time(
    problems: &mut Problems,
    within: Within<'_>,
    body: &Value,
    name: &str,
) -> Option<Timestamp> {
    let value = member(body, name)?;
    let time = value
        .as_str()
        .and_then(|text| text.parse::<Timestamp>().ok());
    if time.is_none() {
        problems.add(&format!("{within}{name}"), Fault::bad_time(value));
    }
    time
}
