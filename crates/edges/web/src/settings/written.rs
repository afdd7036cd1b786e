//! What a form asks the document to become.

use app::Problem;
use serde_json::{Map, Value};

use super::{Kind, Section, Setting, sent_texts, texts};
use crate::sent::Sent;

/// A section of a form, beside the document that its author looked at and the one in force.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filled<'a> {
    pub(crate) section: &'a Section,
    pub(crate) sent: &'a Sent,
    /// What its author looked at.
    pub(crate) base: &'a Value,
    /// What is in force.
    pub(crate) head: &'a Value,
}

impl Filled<'_> {
    fn settings(&self) -> impl Iterator<Item = &'static Setting> + use<> {
        let groups = self.section.groups.iter();
        groups.flat_map(|group| group.settings)
    }

    fn is_changed(&self, setting: &Setting) -> bool {
        // A browser ends lines in its own way, and takes spaces at the ends for nothing.
        let tidy = |all: Vec<String>| {
            let all = all.iter().map(|text| text.replace("\r\n", "\n"));
            let all = all.filter(|text| !text.is_empty());
            all.collect::<Vec<_>>()
        };
        tidy(sent_texts(setting, self.sent)) != tidy(texts(setting, self.base))
    }

    /// The document in force with what the author changed.
    ///
    /// What they left as it was stays as it is now, so that saving undoes nobody else's change.
    pub(crate) fn document(&self) -> Result<Value, Vec<Problem>> {
        let mut document = self.head.clone();
        let mut problems = Vec::new();
        for setting in self.settings().filter(|setting| self.is_changed(setting)) {
            match read(setting, &sent_texts(setting, self.sent)) {
                Ok(value) => put(&mut document, setting.pointer, value),
                Err(reason) => problems.push(Problem {
                    pointer: setting.pointer.to_owned(),
                    reason: reason.to_owned(),
                }),
            }
        }
        if problems.is_empty() {
            Ok(document)
        } else {
            Err(problems)
        }
    }

    /// What the form shows where somebody else saved meanwhile: what the author changed, and else what is in force.
    pub(crate) fn merged(&self) -> Sent {
        let named = |setting: &'static Setting| {
            let shown = if self.is_changed(setting) {
                sent_texts(setting, self.sent)
            } else {
                texts(setting, self.head)
            };
            shown
                .into_iter()
                .map(|text| (setting.pointer.to_owned(), text))
        };
        Sent(self.settings().flat_map(named).collect())
    }
}

/// The value that texts of a field stand for.
fn read(setting: &Setting, texts: &[String]) -> Result<Value, &'static str> {
    let text = texts.first().map_or("", |text| text.trim());
    Ok(match setting.kind {
        Kind::Line(_) | Kind::Choice(_) | Kind::Preset => text.into(),
        Kind::Text(_) => text.replace("\r\n", "\n").into(),
        Kind::Maybe(_) | Kind::MaybeChoice(_) | Kind::Channel if text.is_empty() => Value::Null,
        Kind::Maybe(_) | Kind::MaybeChoice(_) | Kind::Channel => text.into(),
        Kind::List => {
            let lines = text.lines().map(str::trim);
            let lines = lines.filter(|line| !line.is_empty());
            lines.map(str::to_owned).collect::<Vec<_>>().into()
        }
        Kind::Some(_) | Kind::Channels | Kind::Roles => texts
            .iter()
            .filter(|text| !text.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .into(),
        Kind::Switch => (text == "true").into(),
        Kind::Whole(..) => {
            let number: i64 = text.parse().map_err(|_| "write a whole number")?;
            number.into()
        }
        Kind::Dollars => micros(text).ok_or("write an amount such as 1.50")?.into(),
        Kind::Share => share(text).ok_or("write a percentage such as 2.5")?,
    })
}

/// Dollars as millionths of one.
fn micros(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if part.len() > 6 || whole.is_empty() || !is_number(whole) || !is_number(part) {
        return None;
    }
    let part: i64 = format!("{part:0<6}").parse().ok()?;
    let whole: i64 = whole.parse().ok()?;
    whole.checked_mul(1_000_000)?.checked_add(part)
}

/// A percentage as a share.
fn share(text: &str) -> Option<Value> {
    let percent: f64 = text.parse().ok()?;
    serde_json::Number::from_f64(percent / 100.0).map(Value::Number)
}

/// Puts a value in its place; what leads there is made where it is missing.
fn put(document: &mut Value, pointer: &str, value: Value) {
    let mut place = document;
    for name in pointer.split('/').skip(1) {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Some(object) = place.as_object_mut() else {
            return;
        };
        place = object.entry(name).or_insert(Value::Null);
    }
    *place = value;
}

#[cfg(test)]
mod tests {
    use app::GuildSettings;
    use serde_json::{Value, json};

    use super::{Filled, micros, share};
    use crate::{
        sent::Sent,
        settings::{SECTIONS, texts},
    };

    fn defaults() -> Value {
        let document = GuildSettings::default().document();
        document.unwrap().value().clone()
    }

    /// A section's form as it is sent with these changes.
    fn form(section: usize, document: &Value, changes: &[(&str, &str)]) -> Sent {
        let settings = SECTIONS[section].groups.iter();
        let mut pairs = Vec::new();
        for setting in settings.flat_map(|group| group.settings) {
            let changed = changes.iter().find(|(name, _)| *name == setting.pointer);
            let shown = match changed {
                Some((_, text)) => vec![(*text).to_owned()],
                None => texts(setting, document),
            };
            pairs.extend(
                shown
                    .into_iter()
                    .map(|text| (setting.pointer.to_owned(), text)),
            );
        }
        // What a browser does not send: a switch that is off.
        pairs.retain(|(_, text)| text != "false");
        Sent(pairs)
    }

    #[test]
    fn a_form_that_changes_nothing_asks_for_nothing() {
        let document = defaults();
        for (place, section) in SECTIONS.iter().enumerate() {
            let sent = form(place, &document, &[]);
            let filled = Filled {
                section,
                sent: &sent,
                base: &document,
                head: &document,
            };
            assert_eq!(
                filled.document().as_ref(),
                Ok(&document),
                "{}",
                section.name
            );
        }
    }

    #[test]
    fn what_was_changed_is_read_as_what_it_is() {
        let document = defaults();
        let read = |section: usize, name: &str, text: &str| {
            let sent = form(section, &document, &[(name, text)]);
            let filled = Filled {
                section: &SECTIONS[section],
                sent: &sent,
                base: &document,
                head: &document,
            };
            filled
                .document()
                .map(|document| document.pointer(name).cloned())
        };
        let table = [
            (0, "/economy/daily/amount", " 150 ", json!(150)),
            (0, "/economy/enabled", "false", json!(false)),
            (
                0,
                "/economy/daily/zone",
                "Europe/Berlin",
                json!("Europe/Berlin"),
            ),
            (
                1,
                "/persona/keywords",
                "light\r\n\r\n harbour ",
                json!(["light", "harbour"]),
            ),
            (1, "/persona/chance", "2.5", json!(0.025)),
            (1, "/persona/prompt", "one\r\ntwo", json!("one\ntwo")),
            (2, "/moderation/log_channel_id", "51", json!("51")),
            (4, "/ai/caps/guild_day_micros", "0.25", json!(250_000)),
        ];
        for (section, name, text, value) in table {
            assert_eq!(read(section, name, text), Ok(Some(value)), "{name}");
        }
        let wrong = read(0, "/economy/daily/amount", "many").unwrap_err();
        assert_eq!(wrong[0].pointer, "/economy/daily/amount");
    }

    #[test]
    fn saving_undoes_nobody_else_s_change() {
        let base = defaults();
        let mut head = base.clone();
        head["economy"]["daily"]["amount"] = json!(120);
        head["economy"]["start_balance"] = json!(5);
        let sent = form(0, &base, &[("/economy/start_balance", "9")]);
        let filled = Filled {
            section: &SECTIONS[0],
            sent: &sent,
            base: &base,
            head: &head,
        };
        let document = filled.document().unwrap();
        assert_eq!(document["economy"]["daily"]["amount"], 120);
        assert_eq!(document["economy"]["start_balance"], 9);
        let merged = filled.merged();
        assert_eq!(merged.one("/economy/daily/amount"), Some("120"));
        assert_eq!(merged.one("/economy/start_balance"), Some("9"));
    }

    #[test]
    fn money_and_shares_are_read_exactly_or_not_at_all() {
        let money = ["1", "0.25", "0.000001", "10000", "1."];
        assert_eq!(
            money.map(micros),
            [1_000_000, 250_000, 1, 10_000_000_000, 1_000_000].map(Some)
        );
        for text in [
            "",
            ".5",
            "-1",
            "1e3",
            "0.0000001",
            "99999999999999999999",
            "1,5",
        ] {
            assert_eq!(micros(text), None, "{text}");
        }
        assert_eq!(share("7"), Some(json!(0.07)));
        assert_eq!([share("NaN"), share("x"), share("")], [None, None, None]);
    }
}
