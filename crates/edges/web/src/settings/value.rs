//! Values as their fields hold them, and as they were sent.

use serde_json::Value;

use super::{Kind, Setting};
use crate::sent::Sent;

/// A setting's value in the document, as the texts that its field holds.
pub(crate) fn texts(setting: &Setting, document: &Value) -> Vec<String> {
    let value = document.pointer(setting.pointer).unwrap_or(&Value::Null);
    match (setting.kind, value) {
        (Kind::List, Value::Array(items)) => vec![strings(items).join("\n")],
        (_, Value::Array(items)) => strings(items),
        (Kind::Dollars, Value::Number(number)) => vec![dollars(number.as_i64().unwrap_or(0))],
        (Kind::Share, Value::Number(number)) => vec![percent(number.as_f64().unwrap_or(0.0))],
        (_, Value::String(text)) => vec![text.clone()],
        (_, Value::Null) => vec![String::new()],
        (_, other) => vec![other.to_string()],
    }
}

fn strings(items: &[Value]) -> Vec<String> {
    let text = |item: &Value| {
        item.as_str()
            .map_or_else(|| item.to_string(), str::to_owned)
    };
    items.iter().map(text).collect()
}

fn dollars(micros: i64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}

/// To a hundredth of a percent, for a share is no exact number.
fn percent(share: f64) -> String {
    let text = format!("{:.2}", share * 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What was sent, as the texts that a field holds.
pub(crate) fn sent_texts(setting: &Setting, sent: &Sent) -> Vec<String> {
    match setting.kind {
        Kind::Some(_) | Kind::Channels | Kind::Roles => sent.all(setting.pointer),
        Kind::Switch => vec![(sent.one(setting.pointer) == Some("true")).to_string()],
        _ => vec![sent.one(setting.pointer).unwrap_or("").to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::{dollars, percent};

    #[test]
    fn money_and_shares_are_written_without_what_says_nothing() {
        let money = [1_000_000, 250_000, 1, 0].map(dollars);
        assert_eq!(money, ["1", "0.25", "0.000001", "0"]);
        assert_eq!([0.05, 0.0, 1.0].map(percent), ["5", "0", "100"]);
    }
}
