//! Buttons, selects and forms.

use chat::{
    Button, ButtonStyle, Form, FormField, Link, Row, Select, SelectOption, clip, clip_filled, units,
};
use serde_json::{Value, json};

use super::RenderError;

const ROW: u8 = 1;
const BUTTON: u8 = 2;
const SELECT: u8 = 3;
const TEXT_INPUT: u8 = 4;
const LINK_STYLE: u8 = 5;
const BUTTONS_MAX: usize = 5;

/// The rows under a message. Links go beside the buttons above them where there is room, and are left out where there
/// is no dashboard that they could lead to.
pub(crate) fn rows(rows: &[Row], dashboard: Option<&str>) -> Result<Vec<Value>, RenderError> {
    let mut shown: Vec<Vec<Value>> = Vec::new();
    let mut has_room = false;
    for row in rows {
        let components = row_of(row, dashboard)?;
        let joins = matches!(row, Row::Links(_)) && has_room;
        has_room = matches!(row, Row::Buttons(_));
        match shown.last_mut() {
            Some(above) if joins && above.len() + components.len() <= BUTTONS_MAX => {
                above.extend(components);
            }
            _ if components.is_empty() => {}
            _ => shown.push(components),
        }
    }
    count("a message's rows", shown.len(), 0, 5)?;
    let row = |components: Vec<Value>| json!({"type": ROW, "components": components});
    Ok(shown.into_iter().map(row).collect())
}

fn row_of(row: &Row, dashboard: Option<&str>) -> Result<Vec<Value>, RenderError> {
    match row {
        Row::Buttons(buttons) => {
            count("a row of buttons", buttons.len(), 1, BUTTONS_MAX)?;
            buttons.iter().map(button).collect()
        }
        Row::Select(choice) => Ok(vec![select(choice)?]),
        Row::Links(links) => {
            count("a row of links", links.len(), 1, BUTTONS_MAX)?;
            let linked = |base| links.iter().map(move |one| link(one, base));
            Ok(dashboard.into_iter().flat_map(linked).collect())
        }
    }
}

fn link(link: &Link, dashboard: &str) -> Value {
    let label = clip_filled(&link.label, 80);
    json!({"type": BUTTON, "style": LINK_STYLE, "label": label, "url": format!("{dashboard}{}", link.page.path())})
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
    use chat::{Button, ButtonStyle, Form, FormField, Link, Page, Row};
    use kernel::GuildId;
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
        let shown = rows(&[button("undo:5")], None).unwrap();
        let expected = json!([{"type": 1, "components": [
            {"type": 2, "style": 4, "label": "\u{200b}", "custom_id": "undo:5", "disabled": true}]}]);
        assert_eq!(json!(shown), expected);
    }

    #[test]
    fn a_link_stands_beside_the_buttons_and_goes_where_there_is_no_dashboard() {
        let guild = GuildId::new(7).unwrap();
        let link = Row::Links(vec![Link {
            label: "Open the receipt".to_owned(),
            page: Page::Receipt(guild, 12),
        }]);
        let card = [button("undo:5"), link.clone()];
        let shown = rows(&card, Some("https://example.org/bots")).unwrap();
        let target = "https://example.org/bots/dashboard/guilds/7/why/12";
        let expected = json!({"type": 2, "style": 5, "label": "Open the receipt", "url": target});
        assert_eq!((shown.len(), &shown[0]["components"][1]), (1, &expected));
        assert_eq!(rows(&card, None).unwrap(), rows(&card[..1], None).unwrap());
        assert_eq!(
            rows(std::slice::from_ref(&link), None).unwrap(),
            Vec::<serde_json::Value>::new()
        );
        let Row::Buttons(five) = button("undo:5") else {
            unreachable!("it is a row of buttons")
        };
        let five = Row::Buttons(five.into_iter().cycle().take(5).collect());
        let shown = rows(&[five, link], Some("https://example.org")).unwrap();
        assert_eq!(shown.len(), 2, "a full row takes no link");
    }

    #[test]
    fn a_custom_id_is_never_cut() {
        for id in ["", &"x".repeat(101)] {
            assert!(matches!(
                rows(&[button(id)], None),
                Err(RenderError::CustomId(_))
            ));
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
