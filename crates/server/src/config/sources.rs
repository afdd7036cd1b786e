//! Where settings come from, laid over one another: `guildhall.toml`, then `.env`, the environment, and flags.
//!
//! Pure: texts and maps in, one value for each setting out. A name that nobody knows is a problem, wherever it
//! stands. A secret given by its file is read through a function that the caller passes.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fmt, io,
    path::Path,
};

use super::{
    dotenv,
    error::Problem,
    keys::{self, Key, PREFIX},
    suggest,
};

/// A text with the name of the file it came from.
#[derive(Debug, Clone)]
pub struct NamedText {
    /// The file, as a message names it.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// A setting given on the command line.
#[derive(Debug, Clone)]
pub struct Flag {
    /// The variable it stands for.
    pub variable: &'static str,
    /// The flag, as a message names it.
    pub flag: &'static str,
    /// The value.
    pub value: String,
}

/// All that was given, unread.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// `guildhall.toml`.
    pub file: Option<NamedText>,
    /// `.env`.
    pub dotenv: Option<NamedText>,
    /// The environment.
    pub environment: BTreeMap<String, String>,
    /// Flags.
    pub flags: Vec<Flag>,
}

/// Reads the file of a secret.
pub type ReadSecret<'a> = &'a dyn Fn(&Path) -> io::Result<String>;

/// The most that a file of a secret may hold.
pub const SECRET_FILE_MAX: usize = 65_536;

/// Where a value was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// In the configuration file, under this key.
    File { name: String, key: String },
    /// In `.env`, on this line.
    Dotenv { name: String, line: usize },
    /// In the environment.
    Environment,
    /// By a flag.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { name, key } => write!(out, "`{key}` in {name}"),
            Self::Dotenv { name, line } => write!(out, "{name}, line {line}"),
            Self::Environment => out.write_str("in the environment"),
            Self::Flag(flag) => write!(out, "given as {flag}"),
        }
    }
}

/// A setting's value, and where it was given.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    /// The value.
    pub(crate) text: String,
    /// Where.
    pub(crate) origin: Origin,
}

/// The settings of one source, by variable.
type Layer = BTreeMap<&'static str, Given>;

/// Lays the sources over one another; gives also what is wrong with them.
pub(crate) fn lay(sources: &Sources, read: ReadSecret<'_>) -> (Layer, Vec<Problem>) {
    let mut reading = Reading {
        read,
        problems: Vec::new(),
    };
    let mut layers = Vec::new();
    if let Some(file) = &sources.file {
        layers.push(reading.file(file));
    }
    if let Some(dotenv) = &sources.dotenv {
        layers.push(reading.dotenv(dotenv));
    }
    layers.push(reading.environment(&sources.environment));
    layers.push(flags(&sources.flags));
    let whole = layers.into_iter().fold(Layer::new(), |mut below, above| {
        below.extend(above);
        below
    });
    (whole, reading.problems)
}

fn flags(flags: &[Flag]) -> Layer {
    let given = |flag: &Flag| Given {
        text: flag.value.clone(),
        origin: Origin::Flag(flag.flag),
    };
    flags
        .iter()
        .map(|flag| (flag.variable, given(flag)))
        .collect()
}

struct Reading<'a> {
    read: ReadSecret<'a>,
    problems: Vec<Problem>,
}

impl Reading<'_> {
    fn environment(&mut self, environment: &BTreeMap<String, String>) -> Layer {
        let mut layer = Layer::new();
        for (name, value) in environment {
            self.variable(&mut layer, name, value, Origin::Environment);
        }
        layer
    }

    fn dotenv(&mut self, file: &NamedText) -> Layer {
        let mut layer = Layer::new();
        for line in dotenv::lines(&file.text) {
            let origin = Origin::Dotenv {
                name: file.name.clone(),
                line: line.number,
            };
            match line.value {
                Ok(value) => self.variable(&mut layer, &line.name, &value, origin),
                Err(reason) => self.problems.push(Problem {
                    name: line.name,
                    origin: Some(origin.to_string()),
                    reason: reason.to_owned(),
                    fix: "Write NAME=VALUE, or NAME=\"VALUE\".".to_owned(),
                }),
            }
        }
        layer
    }

    fn variable(&mut self, layer: &mut Layer, name: &str, value: &str, origin: Origin) {
        if !name.starts_with(PREFIX) || keys::is_reserved(name) {
            return;
        }
        if let Some(key) = keys::key(name) {
            self.put(layer, key, name, value.to_owned(), origin);
        } else if let Some(key) = keys::key_of_file(name) {
            self.put_file(layer, key, name, value, origin);
        } else {
            let fix = match suggest::closest(
                name,
                keys::names().collect::<Vec<_>>().iter().map(String::as_str),
            ) {
                Some(close) => format!("Did you mean {close}? Otherwise take it out."),
                None => "Take it out; `guildhall run --help` lists every setting.".to_owned(),
            };
            self.problems.push(Problem {
                name: name.to_owned(),
                origin: Some(origin.to_string()),
                reason: "there is no such setting".to_owned(),
                fix,
            });
        }
    }

    /// An empty value is as good as none: that is how many a deployment leaves a variable out.
    fn put(
        &mut self,
        layer: &mut Layer,
        key: &'static Key,
        name: &str,
        text: String,
        origin: Origin,
    ) {
        if text.is_empty() {
            return;
        }
        match layer.entry(key.variable) {
            Entry::Vacant(place) => {
                place.insert(Given { text, origin });
            }
            Entry::Occupied(place) => self.problems.push(Problem {
                name: name.to_owned(),
                origin: Some(origin.to_string()),
                reason: format!(
                    "{} is given twice, the other time {}",
                    key.variable,
                    place.get().origin
                ),
                fix: "Keep one of the two.".to_owned(),
            }),
        }
    }

    fn put_file(
        &mut self,
        layer: &mut Layer,
        key: &'static Key,
        name: &str,
        path: &str,
        origin: Origin,
    ) {
        if path.is_empty() {
            return;
        }
        let reason = match (self.read)(Path::new(path)) {
            Ok(text) if text.len() > SECRET_FILE_MAX => {
                format!("the file {path} is too large for a secret")
            }
            Ok(text) if text.trim().is_empty() => format!("the file {path} is empty"),
            Ok(text) => {
                let text = text.trim_end_matches(['\r', '\n']).to_owned();
                return self.put(layer, key, name, text, origin);
            }
            Err(error) => format!("the file {path} cannot be read: {error}"),
        };
        self.problems.push(Problem {
            name: name.to_owned(),
            origin: Some(origin.to_string()),
            reason,
            fix: "Name a file that holds the secret and nothing else, and that this user may read."
                .to_owned(),
        });
    }

    fn file(&mut self, file: &NamedText) -> Layer {
        let mut layer = Layer::new();
        match file.text.parse::<toml::Table>() {
            Ok(table) => self.table(&mut layer, &file.name, &mut Vec::new(), &table),
            Err(error) => self.problems.push(Problem {
                name: file.name.clone(),
                origin: error
                    .span()
                    .map(|span| format!("line {}", line_of(&file.text, span.start))),
                // The error's own text shows the line, which may hold a secret.
                reason: format!("it is no TOML: {}", error.message().replace('\n', " ")),
                fix: "Mend that line.".to_owned(),
            }),
        }
        layer
    }

    fn table<'t>(
        &mut self,
        layer: &mut Layer,
        file: &str,
        path: &mut Vec<&'t str>,
        table: &'t toml::Table,
    ) {
        for (name, value) in table {
            path.push(name);
            if let toml::Value::Table(inner) = value {
                self.table(layer, file, path, inner);
            } else {
                self.entry(layer, file, path, value);
            }
            path.pop();
        }
    }

    fn entry(&mut self, layer: &mut Layer, file: &str, path: &[&str], value: &toml::Value) {
        let dotted = path.join(".");
        let variable = keys::variable(path);
        let known = keys::key(&variable).is_some() || keys::key_of_file(&variable).is_some();
        let Some(text) = plain(value).filter(|_| known) else {
            let (reason, fix) = if known {
                let fix =
                    "Write a text in quotes, a whole number, true or false, or a list of texts.";
                ("it is no plain value".to_owned(), fix.to_owned())
            } else {
                ("there is no such key".to_owned(), key_fix(&dotted))
            };
            return self.problems.push(Problem {
                name: format!("`{dotted}`"),
                origin: Some(file.to_owned()),
                reason,
                fix,
            });
        };
        let origin = Origin::File {
            name: file.to_owned(),
            key: dotted,
        };
        self.variable(layer, &variable, &text, origin);
    }
}

fn line_of(text: &str, place: usize) -> usize {
    text.bytes()
        .take(place)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

fn key_fix(dotted: &str) -> String {
    let known: Vec<String> = keys::names().map(|name| keys::toml_key(&name)).collect();
    match suggest::closest(dotted, known.iter().map(String::as_str)) {
        Some(close) => format!("Did you mean `{close}`? Otherwise take it out."),
        None => "Take it out; `guildhall run --help` lists every setting.".to_owned(),
    }
}

/// A value as the variable would hold it; a list is joined by commas.
fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(truth) => Some(truth.to_string()),
        toml::Value::Array(items) => {
            let items: Option<Vec<&str>> = items.iter().map(toml::Value::as_str).collect();
            items.map(|items| items.join(","))
        }
        toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}
