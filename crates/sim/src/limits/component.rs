//! Components of messages, in both layouts: rows of buttons and selects, and the second layout's tree that carries the whole message.
//! What always holds: custom ids of one message differ, a row is at most five wide, and a tree has at most forty parts and 4,000 characters.

use std::collections::HashSet;

use serde_json::Value;

use super::field::{
    Text, check_choice, check_flag, check_integer, check_list, check_text, check_url, member,
    text_of,
};
use super::problem::{Fault, Problems};
use super::{COMPONENTS_MAX, ROWS_MAX};

pub(super) const ACTION_ROW: u64 = 1;
pub(super) const BUTTON: u64 = 2;
pub(super) const STRING_SELECT: u64 = 3;
pub(super) const TEXT_INPUT: u64 = 4;
const SECTION: u64 = 9;
pub(super) const TEXT_DISPLAY: u64 = 10;
const THUMBNAIL: u64 = 11;
const MEDIA_GALLERY: u64 = 12;
const FILE: u64 = 13;
const SEPARATOR: u64 = 14;
const CONTAINER: u64 = 17;
pub(super) const LABEL: u64 = 18;

const LAYOUT_ONE: &[u64] = &[ACTION_ROW];
const LAYOUT_TWO: &[u64] = &[
    ACTION_ROW,
    SECTION,
    TEXT_DISPLAY,
    MEDIA_GALLERY,
    FILE,
    SEPARATOR,
    CONTAINER,
];
const IN_CONTAINER: &[u64] = &[
    ACTION_ROW,
    SECTION,
    TEXT_DISPLAY,
    MEDIA_GALLERY,
    FILE,
    SEPARATOR,
];
const IN_ROW: &[u64] = &[BUTTON, STRING_SELECT, 5, 6, 7, 8];
const ACCESSORIES: &[u64] = &[BUTTON, THUMBNAIL];

/// Characters that the texts of a tree may hold together.
const TREE_TEXT_MAX: usize = 4_000;

/// Which layout a message uses; its flag decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Rows,
    Tree,
}

/// What is counted over the whole message.
#[derive(Debug, Default)]
struct Tally {
    custom_ids: HashSet<String>,
    parts: usize,
    text: usize,
}

pub(super) fn check_components(problems: &mut Problems, body: &Value, layout: Layout) {
    let (allowed, max) = match layout {
        Layout::Rows => (LAYOUT_ONE, ROWS_MAX),
        Layout::Tree => (LAYOUT_TWO, COMPONENTS_MAX),
    };
    let mut tally = Tally::default();
    check_children(
        problems,
        "",
        body,
        "components",
        (0, max),
        allowed,
        &mut tally,
    );
    if tally.parts > COMPONENTS_MAX && layout == Layout::Tree {
        let message = format!("The total number of components must be {COMPONENTS_MAX} or fewer.");
        problems.add(
            "components",
            Fault::new("COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message),
        );
    }
    if tally.text > TREE_TEXT_MAX {
        let message =
            format!("The total displayable text must be {TREE_TEXT_MAX} or fewer in length.");
        problems.add(
            "components",
            Fault::new("COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message),
        );
    }
}

fn check_children(
    problems: &mut Problems,
    within: &str,
    body: &Value,
    name: &str,
    bounds: (usize, usize),
    allowed: &[u64],
    tally: &mut Tally,
) {
    for (index, child) in check_list(problems, within, body, name, bounds)
        .iter()
        .enumerate()
    {
        check_component(
            problems,
            &format!("{within}{name}/{index}"),
            child,
            allowed,
            tally,
        );
    }
}

fn check_component(
    problems: &mut Problems,
    at: &str,
    component: &Value,
    allowed: &[u64],
    tally: &mut Tally,
) {
    if !component.is_object() {
        problems.add(at, Fault::not_object());
        return;
    }
    let Some(kind) = component
        .get("type")
        .and_then(Value::as_u64)
        .filter(|kind| allowed.contains(kind))
    else {
        problems.add(&format!("{at}/type"), Fault::union_choices(allowed));
        return;
    };
    tally.parts += 1;
    let within = format!("{at}/");
    check_integer(problems, &within, component, "id", (0, i64::from(i32::MAX)));
    match kind {
        ACTION_ROW => check_row(problems, &within, component, tally),
        BUTTON => check_button(problems, &within, component, tally),
        STRING_SELECT..=8 => check_select(problems, &within, component, kind, tally),
        SECTION => check_section(problems, &within, component, tally),
        TEXT_DISPLAY => {
            tally.text += check_text(
                problems,
                &within,
                component,
                "content",
                Text::required(1, TREE_TEXT_MAX),
            )
            .map_or(0, |text| text.chars().count())
        }
        MEDIA_GALLERY => check_gallery(problems, &within, component),
        THUMBNAIL => check_media(problems, &within, component, "media"),
        FILE => check_media(problems, &within, component, "file"),
        SEPARATOR => {
            check_flag(problems, &within, component, "divider");
            check_choice(problems, &within, component, "spacing", &[1, 2]);
        }
        _ => {
            check_integer(problems, &within, component, "accent_color", (0, 0xFF_FFFF));
            check_children(
                problems,
                &within,
                component,
                "components",
                (1, COMPONENTS_MAX),
                IN_CONTAINER,
                tally,
            );
        }
    }
}

fn check_row(problems: &mut Problems, within: &str, row: &Value, tally: &mut Tally) {
    if member(row, "components").is_none() {
        problems.add(&format!("{within}components"), Fault::required());
        return;
    }
    check_children(problems, within, row, "components", (1, 5), IN_ROW, tally);
    let children = row
        .get("components")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let selects = children.iter().any(|child| {
        child
            .get("type")
            .and_then(Value::as_u64)
            .is_some_and(|kind| kind != BUTTON)
    });
    if selects && children.len() > 1 {
        let message = "The specified component exceeds the maximum width";
        problems.add(
            &format!("{within}components/1"),
            Fault::new("COMPONENT_LAYOUT_WIDTH_EXCEEDED", message),
        );
    }
}

fn check_button(problems: &mut Problems, within: &str, button: &Value, tally: &mut Tally) {
    check_text(problems, within, button, "label", Text::optional(80));
    check_flag(problems, within, button, "disabled");
    if member(button, "style").is_none() {
        problems.add(&format!("{within}style"), Fault::required());
    }
    let place = within.trim_end_matches('/');
    let fault = |code, message: &str| Fault::new(code, message);
    match check_choice(problems, within, button, "style", &[1, 2, 3, 4, 5, 6]) {
        Some(5) => {
            if member(button, "custom_id").is_some() {
                problems.add(
                    place,
                    fault(
                        "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                        "A custom id and url cannot both be specified",
                    ),
                );
            }
            if member(button, "url").is_none() {
                problems.add(
                    place,
                    fault("BUTTON_COMPONENT_URL_REQUIRED", "A url is required"),
                );
            }
            check_url(
                problems,
                within,
                button,
                "url",
                &["http", "https", "discord"],
                512,
            );
        }
        Some(6) => {}
        Some(_) => {
            if member(button, "url").is_some() {
                problems.add(
                    place,
                    fault(
                        "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                        "A custom id and url cannot both be specified",
                    ),
                );
            }
            if member(button, "custom_id").is_none() {
                problems.add(
                    place,
                    fault(
                        "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED",
                        "A custom id is required",
                    ),
                );
            }
            check_custom_id(problems, within, button, tally, false);
        }
        None => {}
    }
    let shown = text_of(button, "label").is_some_and(|label| !label.is_empty())
        || member(button, "emoji").is_some();
    if !shown && button.get("style").and_then(Value::as_u64) != Some(6) {
        problems.add(&format!("{within}label"), Fault::required());
    }
}

fn check_custom_id(
    problems: &mut Problems,
    within: &str,
    component: &Value,
    tally: &mut Tally,
    required: bool,
) {
    let bounds = Text {
        min: 1,
        max: 100,
        required,
    };
    let Some(id) = check_text(problems, within, component, "custom_id", bounds) else {
        return;
    };
    if !tally.custom_ids.insert(id.to_owned()) {
        let message = "Component custom id cannot be duplicated";
        problems.add(
            &format!("{within}custom_id"),
            Fault::new("COMPONENT_CUSTOM_ID_DUPLICATED", message),
        );
    }
}

fn check_select(
    problems: &mut Problems,
    within: &str,
    select: &Value,
    kind: u64,
    tally: &mut Tally,
) {
    check_custom_id(problems, within, select, tally, true);
    check_select_shape(problems, within, select, kind);
}

/// What a select must be wherever it stands: placeholder, how many may be chosen, and its options.
pub(super) fn check_select_shape(problems: &mut Problems, within: &str, select: &Value, kind: u64) {
    check_text(problems, within, select, "placeholder", Text::optional(150));
    check_flag(problems, within, select, "disabled");
    let min = check_integer(problems, within, select, "min_values", (0, 25)).unwrap_or(1);
    let max = check_integer(problems, within, select, "max_values", (1, 25)).unwrap_or(1);
    if min > max {
        let message = "The minimum number of values must not exceed the maximum";
        problems.add(
            &format!("{within}min_values"),
            Fault::new("SELECT_COMPONENT_MIN_VALUES_EXCEEDS_MAX_VALUES", message),
        );
    }
    if kind != STRING_SELECT {
        return;
    }
    if member(select, "options").is_none() {
        problems.add(&format!("{within}options"), Fault::required());
    }
    let options = check_list(problems, within, select, "options", (1, 25));
    let mut values = HashSet::new();
    for (index, option) in options.iter().enumerate() {
        let place = format!("{within}options/{index}");
        check_text(
            problems,
            &format!("{place}/"),
            option,
            "label",
            Text::required(1, 100),
        );
        check_text(
            problems,
            &format!("{place}/"),
            option,
            "description",
            Text::optional(100),
        );
        let value = check_text(
            problems,
            &format!("{place}/"),
            option,
            "value",
            Text::required(1, 100),
        );
        if value.is_some_and(|value| !values.insert(value)) {
            let message = "The specified option value is already used";
            problems.add(
                &place,
                Fault::new("SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message),
            );
        }
    }
}

fn check_section(problems: &mut Problems, within: &str, section: &Value, tally: &mut Tally) {
    check_children(
        problems,
        within,
        section,
        "components",
        (1, 3),
        &[TEXT_DISPLAY],
        tally,
    );
    match member(section, "accessory") {
        None => problems.add(&format!("{within}accessory"), Fault::required()),
        Some(accessory) => check_component(
            problems,
            &format!("{within}accessory"),
            accessory,
            ACCESSORIES,
            tally,
        ),
    }
}

fn check_gallery(problems: &mut Problems, within: &str, gallery: &Value) {
    if member(gallery, "items").is_none() {
        problems.add(&format!("{within}items"), Fault::required());
    }
    for (index, item) in check_list(problems, within, gallery, "items", (1, 10))
        .iter()
        .enumerate()
    {
        check_media(problems, &format!("{within}items/{index}/"), item, "media");
    }
}

fn check_media(problems: &mut Problems, within: &str, holder: &Value, name: &str) {
    check_text(
        problems,
        within,
        holder,
        "description",
        Text::optional(1_024),
    );
    check_flag(problems, within, holder, "spoiler");
    match member(holder, name) {
        None => problems.add(&format!("{within}{name}"), Fault::required()),
        Some(media) if member(media, "url").is_none() => {
            problems.add(&format!("{within}{name}/url"), Fault::required())
        }
        Some(media) => {
            let schemes: &[&str] = if name == "file" {
                &["attachment"]
            } else {
                &["http", "https", "attachment"]
            };
            check_url(
                problems,
                &format!("{within}{name}/"),
                media,
                "url",
                schemes,
                2_048,
            );
        }
    }
}
