//! The tree of faults in a body, as Discord's answer 50035 carries it: keys lead to the place, `_errors` lists what is wrong there.
//! What always holds: a fault's place is a path of keys and indices, and several faults may stand at one place.

use serde_json::{Map, Value, json};

/// One fault, with Discord's own name for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    pub(crate) fn required() -> Self {
        Self::new("BASE_TYPE_REQUIRED", "This field is required")
    }

    pub(crate) fn too_long(max: usize) -> Self {
        Self::new(
            "BASE_TYPE_MAX_LENGTH",
            format!("Must be {max} or fewer in length."),
        )
    }

    pub(crate) fn bad_length(min: usize, max: usize) -> Self {
        Self::new(
            "BASE_TYPE_BAD_LENGTH",
            format!("Must be between {min} and {max} in length."),
        )
    }

    pub(crate) fn choices(of: &[u64]) -> Self {
        let list: Vec<String> = of.iter().map(u64::to_string).collect();
        Self::new(
            "BASE_TYPE_CHOICES",
            format!("Value must be one of {{{}}}.", list.join(", ")),
        )
    }

    pub(crate) fn union_choices(of: &[u64]) -> Self {
        let list: Vec<String> = of.iter().map(u64::to_string).collect();
        Self::new(
            "UNION_TYPE_CHOICES",
            format!(
                "Value of field \"type\" must be one of ({}).",
                list.join(", ")
            ),
        )
    }

    pub(crate) fn not_snowflake(value: &Value) -> Self {
        let shown = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        Self::new(
            "NUMBER_TYPE_COERCE",
            format!(
                "Value \"{}\" is not snowflake.",
                shown.chars().take(40).collect::<String>()
            ),
        )
    }

    pub(crate) fn not_integer(value: &Value) -> Self {
        let shown = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        Self::new(
            "NUMBER_TYPE_COERCE",
            format!(
                "Value \"{}\" is not int.",
                shown.chars().take(40).collect::<String>()
            ),
        )
    }

    pub(crate) fn not_object() -> Self {
        Self::new(
            "DICT_TYPE_CONVERT",
            "Only dictionaries may be used in a DictType",
        )
    }

    pub(crate) fn not_list() -> Self {
        Self::new(
            "LIST_TYPE_CONVERT",
            "Only iterables may be used in a ListType",
        )
    }

    pub(crate) fn bad_url() -> Self {
        Self::new("URL_TYPE_INVALID_URL", "Not a well formed URL.")
    }

    pub(crate) fn bad_time(value: &Value) -> Self {
        let shown: String = value
            .as_str()
            .unwrap_or_default()
            .chars()
            .take(40)
            .collect();
        Self::new(
            "DATE_TIME_TYPE_PARSE",
            format!("Could not parse {shown}. Should be ISO8601."),
        )
    }

    pub(crate) fn number_max(max: i64) -> Self {
        Self::new(
            "NUMBER_TYPE_MAX",
            format!("int value should be less than or equal to {max}."),
        )
    }

    pub(crate) fn number_min(min: i64) -> Self {
        Self::new(
            "NUMBER_TYPE_MIN",
            format!("int value should be greater than or equal to {min}."),
        )
    }
}

/// All faults of a body.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Problems {
    tree: Map<String, Value>,
}

impl Problems {
    /// Notes a fault at a place, its keys and indices separated by `/`; the empty place is the body itself.
    pub(crate) fn add(&mut self, at: &str, fault: Fault) {
        let mut node = &mut self.tree;
        for key in at.split('/').filter(|key| !key.is_empty()) {
            let child = node.entry(key).or_insert_with(|| Value::Object(Map::new()));
            let Value::Object(map) = child else { return };
            node = map;
        }
        let faults = node.entry("_errors").or_insert_with(|| json!([]));
        if let Value::Array(list) = faults {
            let message = Value::String(fault.message);
            list.push(json!({"code": fault.code, "message": message}));
        }
    }

    /// A single fault.
    pub(crate) fn one(at: &str, fault: Fault) -> Self {
        let mut problems = Self::default();
        problems.add(at, fault);
        problems
    }

    /// The same faults one level down: the body was a member of a larger one.
    pub(crate) fn under(self, name: &str) -> Self {
        if self.tree.is_empty() {
            return self;
        }
        Self {
            tree: [(name.to_owned(), Value::Object(self.tree))]
                .into_iter()
                .collect(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tree.is_empty()
    }

    /// `Err` with everything noted, where anything was.
    pub(crate) fn result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }

    pub(crate) fn into_tree(self) -> Value {
        Value::Object(self.tree)
    }
}
