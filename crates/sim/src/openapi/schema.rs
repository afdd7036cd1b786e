//! JSON Schema, as far as OpenAPI descriptions of this kind use it: types, required, bounds, patterns, formats, unions, references.
//! What always holds: checking ends (depth is bounded), never panics, and says where and why.
//! Keywords outside the subset (`if`, `not`, `patternProperties` …) are ignored, which can only miss a fault, not invent one.
//! `oneOf` asks for at least one fitting branch: the descriptions' branches overlap where all their members are optional.

use std::collections::HashMap;

use regex::Regex;
use serde_json::{Map, Number, Value};

use super::OpenApiError;

/// Deeper than any body the API has; a reference that leads to itself ends here.
const DEPTH_MAX: usize = 96;

type Wrong = Vec<(String, String)>;

/// The document, with its patterns compiled.
#[derive(Debug)]
pub(super) struct Schemas {
    document: Value,
    patterns: HashMap<String, Regex>,
}

impl Schemas {
    pub(super) fn new(document: Value) -> Result<Self, OpenApiError> {
        let mut patterns = HashMap::new();
        collect_patterns(&document, &mut patterns)?;
        Ok(Self { document, patterns })
    }

    pub(super) fn document(&self) -> &Value {
        &self.document
    }

    /// Follows references until something that isn't one.
    pub(super) fn resolve<'a>(&'a self, mut schema: &'a Value) -> &'a Value {
        for _ in 0..DEPTH_MAX {
            let Some(target) = schema
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|r| r.strip_prefix('#'))
            else {
                break;
            };
            let Some(next) = self.document.pointer(target) else {
                break;
            };
            schema = next;
        }
        schema
    }

    /// Adds to `wrong` everything in `value` that departs from `schema`.
    pub(super) fn check(&self, schema: &Value, value: &Value, pointer: &str, wrong: &mut Wrong) {
        self.check_at(schema, value, pointer, 0, wrong);
    }

    /// A query parameter is text; the schema says what the text stands for.
    pub(super) fn read_parameter(&self, schema: &Value, text: &str) -> Value {
        let schema = self.resolve(schema);
        let wants = |name: &str| allowed_types(schema).contains(&name);
        if (wants("integer") || wants("number"))
            && let Ok(number) = text.parse::<i64>()
        {
            return Value::from(number);
        }
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" if wants("boolean") => Value::Bool(true),
            "false" | "0" if wants("boolean") => Value::Bool(false),
            _ if wants("array") => Value::Array(text.split(',').map(Value::from).collect()),
            _ => Value::from(text),
        }
    }

    fn check_at(
        &self,
        schema: &Value,
        value: &Value,
        pointer: &str,
        depth: usize,
        wrong: &mut Wrong,
    ) {
        if depth > DEPTH_MAX {
            wrong.push((
                pointer.to_owned(),
                "nested deeper than this checker follows".to_owned(),
            ));
            return;
        }
        let schema = self.resolve(schema);
        if !type_fits(schema, value) {
            wrong.push((
                pointer.to_owned(),
                format!(
                    "is {}, expected {}",
                    kind(value),
                    allowed_types(schema).join(" or ")
                ),
            ));
            return;
        }
        check_choice(schema, value, pointer, wrong);
        match value {
            Value::String(text) => self.check_text(schema, text, pointer, wrong),
            Value::Number(number) => check_number(schema, number, pointer, wrong),
            Value::Array(items) => self.check_items(schema, items, pointer, depth, wrong),
            Value::Object(members) => self.check_members(schema, members, pointer, depth, wrong),
            Value::Null | Value::Bool(_) => {}
        }
        self.check_unions(schema, value, pointer, depth, wrong);
    }

    fn check_unions(
        &self,
        schema: &Value,
        value: &Value,
        pointer: &str,
        depth: usize,
        wrong: &mut Wrong,
    ) {
        for part in list(schema, "allOf") {
            self.check_at(part, value, pointer, depth + 1, wrong);
        }
        for keyword in ["oneOf", "anyOf"] {
            let branches = list(schema, keyword);
            if branches.is_empty() {
                continue;
            }
            if let Some(nearest) = self.nearest_branch(branches, value, pointer, depth) {
                wrong.push((
                    pointer.to_owned(),
                    format!(
                        "fits none of the {} described shapes; the nearest fails as follows",
                        branches.len()
                    ),
                ));
                wrong.extend(nearest);
            }
        }
    }

    /// `None` where a branch fits; else the faults of the branch that was meant: the one whose `type` fits, with the fewest faults.
    fn nearest_branch(
        &self,
        branches: &[Value],
        value: &Value,
        pointer: &str,
        depth: usize,
    ) -> Option<Wrong> {
        let mut nearest: Option<((u8, usize), Wrong)> = None;
        for branch in branches {
            let mut wrong = Wrong::new();
            self.check_at(branch, value, pointer, depth + 1, &mut wrong);
            if wrong.is_empty() {
                return None;
            }
            let strangeness = wrong.iter().map(|(at, _)| match at.strip_prefix(pointer) {
                Some("") => 2,
                Some("/type") => 1,
                _ => 0,
            });
            let rank = (strangeness.max().unwrap_or(0), wrong.len());
            if nearest.as_ref().is_none_or(|(best, _)| rank < *best) {
                nearest = Some((rank, wrong));
            }
        }
        nearest.map(|(_, wrong)| wrong)
    }

    fn check_text(&self, schema: &Value, text: &str, pointer: &str, wrong: &mut Wrong) {
        let length = text.chars().count() as u64;
        check_size(
            schema,
            length,
            ("minLength", "maxLength"),
            "characters",
            pointer,
            wrong,
        );
        if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
            && let Some(regex) = self.patterns.get(pattern)
            && !regex.is_match(text)
        {
            wrong.push((pointer.to_owned(), format!("does not match {pattern}")));
        }
        let format = schema
            .get("format")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let fits = match format {
            "date-time" => text.parse::<jiff::Timestamp>().is_ok(),
            "snowflake" => text.parse::<u64>().is_ok(),
            "uri" => text.split_once("://").is_some_and(|(scheme, rest)| {
                !scheme.is_empty() && !rest.is_empty() && !rest.contains(' ')
            }),
            _ => true,
        };
        if !fits {
            wrong.push((pointer.to_owned(), format!("is not a {format}")));
        }
    }

    fn check_items(
        &self,
        schema: &Value,
        items: &[Value],
        pointer: &str,
        depth: usize,
        wrong: &mut Wrong,
    ) {
        check_size(
            schema,
            items.len() as u64,
            ("minItems", "maxItems"),
            "items",
            pointer,
            wrong,
        );
        if let Some(item) = schema.get("items") {
            for (index, value) in items.iter().enumerate() {
                self.check_at(item, value, &format!("{pointer}/{index}"), depth + 1, wrong);
            }
        }
        let unique = schema.get("uniqueItems") == Some(&Value::Bool(true));
        if unique
            && items
                .iter()
                .enumerate()
                .any(|(index, item)| items[..index].contains(item))
        {
            wrong.push((pointer.to_owned(), "has the same item twice".to_owned()));
        }
    }

    fn check_members(
        &self,
        schema: &Value,
        members: &Map<String, Value>,
        pointer: &str,
        depth: usize,
        wrong: &mut Wrong,
    ) {
        check_size(
            schema,
            members.len() as u64,
            ("minProperties", "maxProperties"),
            "members",
            pointer,
            wrong,
        );
        for name in list(schema, "required").iter().filter_map(Value::as_str) {
            if !members.contains_key(name) {
                wrong.push((format!("{pointer}/{name}"), "is missing".to_owned()));
            }
        }
        let described = schema.get("properties").and_then(Value::as_object);
        for (name, value) in members {
            let at = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            match (
                described.and_then(|all| all.get(name)),
                schema.get("additionalProperties"),
            ) {
                (Some(member), _) => self.check_at(member, value, &at, depth + 1, wrong),
                (None, Some(Value::Bool(false))) => wrong.push((at, "is not described".to_owned())),
                (None, Some(other @ Value::Object(_))) => {
                    self.check_at(other, value, &at, depth + 1, wrong)
                }
                (None, _) => {}
            }
        }
    }
}

fn collect_patterns(
    value: &Value,
    patterns: &mut HashMap<String, Regex>,
) -> Result<(), OpenApiError> {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(pattern)) = members.get("pattern") {
                let regex =
                    Regex::new(pattern).map_err(|_| OpenApiError::Pattern(pattern.clone()))?;
                patterns.insert(pattern.clone(), regex);
            }
            members
                .values()
                .try_for_each(|member| collect_patterns(member, patterns))
        }
        Value::Array(items) => items
            .iter()
            .try_for_each(|item| collect_patterns(item, patterns)),
        _ => Ok(()),
    }
}

fn list<'a>(schema: &'a Value, keyword: &str) -> &'a [Value] {
    schema
        .get(keyword)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn allowed_types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn type_fits(schema: &Value, value: &Value) -> bool {
    let allowed = allowed_types(schema);
    allowed.is_empty() || allowed.iter().any(|name| is_of_type(name, value))
}

fn is_of_type(name: &str, value: &Value) -> bool {
    match name {
        // 3.0 counts as an integer in JSON Schema.
        "integer" => {
            value.is_i64()
                || value.is_u64()
                || value.as_f64().is_some_and(|number| number.fract() == 0.0)
        }
        other => other == kind(value),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn check_choice(schema: &Value, value: &Value, pointer: &str, wrong: &mut Wrong) {
    let choices = list(schema, "enum");
    if !choices.is_empty() && !choices.contains(value) {
        wrong.push((
            pointer.to_owned(),
            format!("is {value}, which is not among the described values"),
        ));
    }
    if let Some(only) = schema.get("const")
        && only != value
    {
        wrong.push((pointer.to_owned(), format!("is {value}, expected {only}")));
    }
}

fn check_number(schema: &Value, number: &Number, pointer: &str, wrong: &mut Wrong) {
    let value = number.as_f64().unwrap_or(f64::NAN);
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    if bound("minimum").is_some_and(|minimum| value < minimum)
        || bound("maximum").is_some_and(|maximum| value > maximum)
    {
        wrong.push((pointer.to_owned(), format!("{number} is out of bounds")));
    }
    let fits = match schema.get("format").and_then(Value::as_str) {
        Some("int32") => value >= f64::from(i32::MIN) && value <= f64::from(i32::MAX),
        Some("int64") => number.is_i64(),
        _ => true,
    };
    if !fits {
        wrong.push((
            pointer.to_owned(),
            format!("{number} does not fit its format"),
        ));
    }
}

fn check_size(
    schema: &Value,
    size: u64,
    (least, most): (&str, &str),
    unit: &str,
    pointer: &str,
    wrong: &mut Wrong,
) {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
    if bound(least).is_some_and(|least| size < least) || bound(most).is_some_and(|most| size > most)
    {
        wrong.push((
            pointer.to_owned(),
            format!("has {size} {unit}, which is out of bounds"),
        ));
    }
}
