//! Buttons, selects and forms.

use chat::{
    Button, ButtonStyle, Form, FormField, Row, Select, SelectOption, clip, clip_filled, units,
};
use serde_json::{Value, json};

use super::RenderError;

const ROW: u8 = 1;
const BUTTON: u8 = 2;
const SELECT: u8 = 3;
const TEXT_INPUT: u8 = 4;

/// The rows under a message.
pub(crate) fn rows(rows: &[Row]) -> Result<Vec<Value>, RenderError> {
    count("a message's rows", rows.len(), 0, 5)?;
    rows.iter().map(row).collect()
}

fn row(row: &Row) -> Result<Value, RenderError> {
    let components = match row {
        Row::Buttons(buttons) => {
            count("a row of buttons", buttons.len(), 1, 5)?;
            buttons.iter().map(button).collect::<Result<Vec<_>, _>>()?
        }
        Row::Select(choice) => vec![select(choice)?],
    };
    Ok(json!({"type": ROW, "components": components}))
}

fn button(button: &Button) -> Result<Value, RenderError> {
    let style = match button.style {
        ButtonStyle::Primary => 1,
        ButtonStyle::Secondary => 2,
        ButtonStyle::Success => 3,
        ButtonStyle::Danger => 4,
    };
    Ok(json!({
        "type": BUTTON, "style": style, "label": clip_filled(&button.label, 80),
        "custom_id": custom_id(&button.custom_id)?, "disabled": !button.enabled,
    }))
}

fn select(select: &Select) -> Result<Value, RenderError> {
    count("a select", select.options.len(), 1, 25)?;
    let options = select.options.iter().map(select_option);
    Ok(json!({
        "type": SELECT, "custom_id": custom_id(&select.custom_id)?,
        "placeholder": clip(&select.placeholder, 150),
        "options": options.collect::<Result<Vec<_>, _>>()?,
    }))
}

fn select_option(option: &SelectOption) -> Result<Value, RenderError> {
    let mut shown = json!({
        "label": clip_filled(&option.label, 100), "value": custom_id(&option.value)?, "default": option.chosen,
    });
    if let Some(description) = option
        .description
        .as_ref()
        .filter(|words| !words.is_empty())
    {
        shown["description"] = json!(clip(description, 100));
    }
    Ok(shown)
}

/// A form as the answer to an interaction.
pub(crate) fn form(form: &Form) -> Result<Value, RenderError> {
    count("a form", form.fields.len(), 1, 5)?;
    let fields = form.fields.iter().map(form_field);
    Ok(json!({
        "custom_id": custom_id(&form.custom_id)?, "title": clip_filled(&form.title, 45),
        "components": fields.collect::<Result<Vec<_>, _>>()?,
    }))
}

fn form_field(field: &FormField) -> Result<Value, RenderError> {
    let most = field.max_length.clamp(1, 4_000);
    let mut input = json!({
        "type": TEXT_INPUT, "custom_id": custom_id(&field.id)?, "style": if field.multiline { 2 } else { 1 },
        "label": clip_filled(&field.label, 45), "required": field.required, "max_length": most,
    });
    if !field.value.is_empty() {
        input["value"] = json!(clip(&field.value, usize::from(most)));
    }
    Ok(json!({"type": ROW, "components": [input]}))
}

/// What comes back when it is used; shortened, it would be another.
fn custom_id(id: &str) -> Result<&str, RenderError> {
    if (1..=100).contains(&units(id)) {
        return Ok(id);
    }
    Err(RenderError::CustomId(clip(id, 120)))
}

const fn count(
    what: &'static str,
    found: usize,
    least: usize,
    most: usize,
) -> Result<(), RenderError> {
    if found < least || found > most {
        return Err(RenderError::Count {
            what,
            found,
            least,
            most,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use chat::{Button, ButtonStyle, Form, FormField, Row};
    use serde_json::json;

    use super::{form, rows};
    use crate::render::RenderError;

    fn button(custom_id: &str) -> Row {
        Row::Buttons(vec![Button {
            custom_id: custom_id.to_owned(),
            label: String::new(),
            style: ButtonStyle::Danger,
            enabled: false,
        }])
    }

    #[test]
    fn a_button_without_words_is_still_one() {
        let shown = rows(&[button("undo:5")]).unwrap();
        let expected = json!([{"type": 1, "components": [
            {"type": 2, "style": 4, "label": "\u{200b}", "custom_id": "undo:5", "disabled": true}]}]);
        assert_eq!(json!(shown), expected);
    }

    #[test]
    fn a_custom_id_is_never_cut() {
        for id in ["", &"x".repeat(101)] {
            assert!(matches!(rows(&[button(id)]), Err(RenderError::CustomId(_))));
        }
    }

    #[test]
    fn a_form_opens_with_its_fields() {
        let field = FormField {
            id: "why".to_owned(),
            label: "Why?".to_owned(),
            multiline: true,
            required: true,
            max_length: 3,
            value: "abcdef".to_owned(),
        };
        let shown = form(&Form {
            custom_id: "case:1".to_owned(),
            title: "t".repeat(60),
            fields: vec![field],
        })
        .unwrap();
        assert_eq!(shown["components"][0]["components"][0]["value"], "ab…");
        assert_eq!(shown["title"].as_str().unwrap().chars().count(), 45);
    }
}
