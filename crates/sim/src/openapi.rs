//! An optional referee: holds every exchange with the simulator against an OpenAPI description of the API.
//! The description is read once, from a path the configuration names; without one nothing is checked and nothing is kept.
//! What always holds: a violation is recorded with the operation, the place and the reason; it never changes an answer.
//! Not here: Discord's rules that a schema can't say (permissions, uniqueness, sums): see `limits` and `rest`.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde_json::Value;

mod schema;

use schema::Schemas;

/// How many violations are kept; older ones make room, the count goes on.
const VIOLATIONS_KEPT_MAX: usize = 1_000;

/// Why a description could not be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenApiError {
    #[error("the API description {path} could not be read: {source}; name a readable file or leave it out", path = path.display())]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the API description {path} is not JSON: {source}", path = path.display())]
    NotJson {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("the API description has no `paths` object, so nothing could be checked against it")]
    NoPaths,
    #[error("the API description has a pattern this checker can't compile: {0}")]
    Pattern(String),
}

/// Which half of an exchange broke the description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Side {
    Request,
    Response,
}

/// One departure from the description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Violation {
    pub(crate) side: Side,
    /// Method and path as the description spells it, or as it was asked when it has no such path.
    pub(crate) operation: String,
    /// The status of the answer; absent on requests.
    pub(crate) status: Option<u16>,
    /// A JSON pointer into the body, or `?name` for a query parameter.
    pub(crate) pointer: String,
    pub(crate) message: String,
}

/// What a client asked, as far as a description can judge it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    /// Without the host, the `/api/v10` prefix and the query.
    pub(crate) path: &'a str,
    pub(crate) query: &'a [(String, String)],
    pub(crate) body: Option<&'a Value>,
}

#[derive(Debug)]
enum Segment {
    Literal(String),
    Parameter,
}

#[derive(Debug)]
struct PathRule {
    template: String,
    segments: Vec<Segment>,
}

/// A loaded description, and what was found against it so far.
#[derive(Debug)]
pub(crate) struct OpenApi {
    schemas: Schemas,
    paths: Vec<PathRule>,
    found: Mutex<Found>,
}

#[derive(Debug, Default)]
struct Found {
    total: u64,
    kept: VecDeque<Violation>,
}

impl OpenApi {
    /// Reads a description from a file.
    pub(crate) fn load(path: &Path) -> Result<Self, OpenApiError> {
        let text = std::fs::read(path).map_err(|source| OpenApiError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        let document = serde_json::from_slice(&text).map_err(|source| OpenApiError::NotJson {
            path: path.to_owned(),
            source,
        })?;
        Self::from_document(document)
    }

    /// Takes a description that was parsed elsewhere.
    pub(crate) fn from_document(document: Value) -> Result<Self, OpenApiError> {
        let templates = document
            .get("paths")
            .and_then(Value::as_object)
            .ok_or(OpenApiError::NoPaths)?;
        let paths = templates
            .keys()
            .map(|template| PathRule {
                template: template.clone(),
                segments: segments_of(template),
            })
            .collect();
        let schemas = Schemas::new(document)?;
        Ok(Self {
            schemas,
            paths,
            found: Mutex::default(),
        })
    }

    /// Judges a request, records what is wrong with it and returns it.
    pub(crate) fn check_request(&self, asked: Asked<'_>) -> Vec<Violation> {
        let mut found = Vec::new();
        match self.operation(asked) {
            Err(message) => found.push(violation(
                Side::Request,
                asked_name(asked),
                None,
                String::new(),
                message,
            )),
            Ok((name, operation)) => self.request_violations(&name, operation, asked, &mut found),
        }
        self.record(&found);
        found
    }

    /// Judges an answer, records what is wrong with it and returns it. Faults (5xx) are not described, and pass.
    pub(crate) fn check_response(
        &self,
        asked: Asked<'_>,
        status: u16,
        body: Option<&Value>,
    ) -> Vec<Violation> {
        let mut found = Vec::new();
        // An unknown path was already found wrong as a request, and its 404 has no description.
        if let (true, Ok((name, operation))) = (status < 500, self.operation(asked)) {
            self.response_violations(&name, operation, status, body, &mut found);
        }
        self.record(&found);
        found
    }

    /// The violations kept, oldest first.
    pub(crate) fn violations(&self) -> Vec<Violation> {
        self.lock().kept.iter().cloned().collect()
    }

    /// How many there were altogether, those no longer kept included.
    pub(crate) fn violations_total(&self) -> u64 {
        self.lock().total
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Found> {
        // The list is valid after any panic: each push is complete in itself.
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self, found: &[Violation]) {
        if found.is_empty() {
            return;
        }
        let mut list = self.lock();
        for violation in found {
            list.total += 1;
            if list.kept.len() == VIOLATIONS_KEPT_MAX {
                list.kept.pop_front();
            }
            list.kept.push_back(violation.clone());
        }
    }

    /// The operation for a request, or why there is none.
    fn operation(&self, asked: Asked<'_>) -> Result<(String, &Value), String> {
        let template = self
            .template(asked.path)
            .ok_or("the description has no such path")?;
        let item = self
            .schemas
            .document()
            .pointer("/paths")
            .and_then(|paths| paths.get(template))
            .ok_or("the description has no such path")?;
        let method = asked.method.to_ascii_lowercase();
        let operation = item
            .get(&method)
            .ok_or("the description has no such method on this path")?;
        Ok((format!("{} {template}", asked.method), operation))
    }

    /// The most literal template that fits: `/users/@me` wins over `/users/{user_id}`.
    fn template(&self, path: &str) -> Option<&str> {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let fitting = self
            .paths
            .iter()
            .filter_map(|rule| fit(rule, &parts).map(|literal| (literal, rule)));
        fitting
            .max_by_key(|(literal, _)| *literal)
            .map(|(_, rule)| rule.template.as_str())
    }

    fn request_violations(
        &self,
        name: &str,
        operation: &Value,
        asked: Asked<'_>,
        found: &mut Vec<Violation>,
    ) {
        let mut wrong = Vec::new();
        self.query_violations(operation, asked.query, &mut wrong);
        match (content_schema(operation.get("requestBody")), asked.body) {
            (Some(schema), Some(body)) => self.schemas.check(schema, body, "", &mut wrong),
            (Some(_), None)
                if operation.pointer("/requestBody/required") == Some(&Value::Bool(true)) =>
            {
                wrong.push((String::new(), "a body is required".to_owned()));
            }
            (None, Some(_)) => wrong.push((
                String::new(),
                "a body was sent where none is described".to_owned(),
            )),
            _ => {}
        }
        found.extend(wrong.into_iter().map(|(pointer, message)| {
            violation(Side::Request, name.to_owned(), None, pointer, message)
        }));
    }

    fn query_violations(
        &self,
        operation: &Value,
        query: &[(String, String)],
        wrong: &mut Vec<(String, String)>,
    ) {
        let none = Vec::new();
        let parameters = operation
            .get("parameters")
            .and_then(Value::as_array)
            .unwrap_or(&none);
        let described = |name: &str| {
            parameters
                .iter()
                .find(|p| p["in"] == "query" && p["name"] == *name)
        };
        for (name, value) in query {
            match described(name) {
                None => wrong.push((
                    format!("?{name}"),
                    "the description has no such query parameter".to_owned(),
                )),
                Some(parameter) => {
                    let schema = &parameter["schema"];
                    let value = self.schemas.read_parameter(schema, value);
                    self.schemas
                        .check(schema, &value, &format!("?{name}"), wrong);
                }
            }
        }
        for parameter in parameters
            .iter()
            .filter(|p| p["in"] == "query" && p["required"] == true)
        {
            let name = parameter["name"].as_str().unwrap_or_default();
            if !query.iter().any(|(given, _)| given == name) {
                wrong.push((
                    format!("?{name}"),
                    "this query parameter is required".to_owned(),
                ));
            }
        }
    }

    fn response_violations(
        &self,
        name: &str,
        operation: &Value,
        status: u16,
        body: Option<&Value>,
        found: &mut Vec<Violation>,
    ) {
        let mut wrong = Vec::new();
        match self.described_response(operation, status) {
            None => wrong.push((
                String::new(),
                "this status is not described here".to_owned(),
            )),
            Some(response) => match (content_schema(Some(response)), body) {
                (Some(schema), Some(body)) => {
                    self.schemas
                        .check(schema, &without_fault_tree(status, body), "", &mut wrong)
                }
                (Some(_), None) => wrong.push((
                    String::new(),
                    "the answer has no JSON body where one is described".to_owned(),
                )),
                (None, Some(_)) => wrong.push((
                    String::new(),
                    "the answer has a body where none is described".to_owned(),
                )),
                (None, None) => {}
            },
        }
        found.extend(wrong.into_iter().map(|(pointer, message)| {
            violation(
                Side::Response,
                name.to_owned(),
                Some(status),
                pointer,
                message,
            )
        }));
    }

    /// An exact status first, then its class (`4XX`), then `default`.
    fn described_response<'a>(&'a self, operation: &'a Value, status: u16) -> Option<&'a Value> {
        let responses = operation.get("responses")?;
        let class = format!("{}XX", status / 100);
        let response = responses
            .get(status.to_string())
            .or_else(|| responses.get(class))
            .or_else(|| responses.get("default"))?;
        Some(self.schemas.resolve(response))
    }
}

fn segments_of(template: &str) -> Vec<Segment> {
    let part = |part: &str| {
        if part.starts_with('{') {
            Segment::Parameter
        } else {
            Segment::Literal(part.to_owned())
        }
    };
    template.trim_matches('/').split('/').map(part).collect()
}

/// How many segments fit literally, or `None` where the template doesn't fit.
fn fit(rule: &PathRule, parts: &[&str]) -> Option<usize> {
    if rule.segments.len() != parts.len() {
        return None;
    }
    rule.segments
        .iter()
        .zip(parts)
        .try_fold(0, |literal, (segment, part)| match segment {
            Segment::Literal(expected) if expected == part => Some(literal + 1),
            Segment::Literal(_) => None,
            Segment::Parameter => (!part.is_empty()).then_some(literal),
        })
}

/// The JSON schema of a body. A multipart request is judged by its `payload_json`, which has the JSON shape.
fn content_schema(body: Option<&Value>) -> Option<&Value> {
    let content = body?.get("content")?.as_object()?;
    content
        .get("application/json")
        .or_else(|| content.values().next())?
        .get("schema")
}

/// The faults of a refused body have names for codes; descriptions call every code a number, and the names would only be noise.
fn without_fault_tree(status: u16, body: &Value) -> std::borrow::Cow<'_, Value> {
    let mut shown = std::borrow::Cow::Borrowed(body);
    if status == 400
        && body.get("errors").is_some()
        && let Some(members) = shown.to_mut().as_object_mut()
    {
        members.remove("errors");
    }
    shown
}

fn asked_name(asked: Asked<'_>) -> String {
    format!("{} {}", asked.method, asked.path)
}

fn violation(
    side: Side,
    operation: String,
    status: Option<u16>,
    pointer: String,
    message: impl Into<String>,
) -> Violation {
    Violation {
        side,
        operation,
        status,
        pointer,
        message: message.into(),
    }
}

#[cfg(test)]
mod tests;
