//! Log lines: to standard error, for people or machines, at a level that can be changed while it runs.
//!
//! Secrets that are known are blacked out of every line, whoever wrote it. Libraries that log what they send are held
//! at `info` unless the level names them.

use std::{
    io::{self, IsTerminal, Write},
    sync::{Arc, PoisonError, RwLock},
};

use secrecy::{ExposeSecret, SecretString};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    fmt::{self, MakeWriter, format::FmtSpan},
    layer::SubscriberExt,
    reload,
    util::SubscriberInitExt,
};

use crate::config::LogFormat;

/// Libraries whose finer levels tell what goes over a wire.
const TALKATIVE: [&str; 12] = [
    "h2",
    "hyper",
    "hyper_util",
    "libsql",
    "reqwest",
    "rustls",
    "tokio_postgres",
    "tokio_tungstenite",
    "tungstenite",
    "twilight_gateway",
    "twilight_gateway_queue",
    "twilight_http",
];

/// A secret shorter than this is no secret, and would black out ordinary words.
const SECRET_MIN: usize = 8;

/// The running log.
#[derive(Debug, Clone)]
pub struct Logs {
    level: reload::Handle<EnvFilter, Registry>,
    blackout: Blackout,
}

/// Why the log could not be started or changed.
#[derive(Debug, thiserror::Error)]
pub enum LogsError {
    /// Another one runs in this process.
    #[error("the log is running already: {0}")]
    Running(#[from] tracing_subscriber::util::TryInitError),
    /// The level makes no sense.
    #[error("the log level `{given}` makes no sense: {reason}")]
    Level {
        /// What was given.
        given: String,
        /// Why not.
        reason: String,
    },
}

impl Logs {
    /// Starts the process's log at this level.
    ///
    /// # Errors
    /// When it runs already, or the level makes no sense.
    pub fn start(level: &str, format: LogFormat) -> Result<Self, LogsError> {
        let blackout = Blackout::default();
        let (filter, handle) = reload::Layer::new(filter(level)?);
        let lines = fmt::layer()
            .with_writer(blackout.clone())
            .with_span_events(FmtSpan::NONE);
        let layer = match format {
            LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
            LogFormat::Json => lines
                .json()
                .flatten_event(true)
                .with_span_list(false)
                .boxed(),
        };
        tracing_subscriber::registry()
            .with(filter)
            .with(layer)
            .try_init()?;
        Ok(Self {
            level: handle,
            blackout,
        })
    }

    /// Changes the level from now on.
    ///
    /// # Errors
    /// When the level makes no sense.
    pub fn set_level(&self, level: &str) -> Result<(), LogsError> {
        let refused = |reason: String| LogsError::Level {
            given: level.to_owned(),
            reason,
        };
        self.level
            .reload(filter(level)?)
            .map_err(|error| refused(error.to_string()))
    }

    /// Blacks these secrets out from now on.
    pub fn hide<'s>(&self, secrets: impl IntoIterator<Item = &'s SecretString>) {
        for secret in secrets {
            self.blackout.add(secret.expose_secret());
        }
    }
}

fn filter(level: &str) -> Result<EnvFilter, LogsError> {
    EnvFilter::builder()
        .parse(directives(level))
        .map_err(|error| LogsError::Level {
            given: level.to_owned(),
            reason: error.to_string(),
        })
}

/// The level, with talkative libraries held back where it would set them off.
fn directives(level: &str) -> String {
    let mut parts: Vec<&str> = level.split(',').collect();
    let all_at = |wanted: &str| parts.contains(&wanted);
    if !all_at("debug") && !all_at("trace") {
        return level.to_owned();
    }
    let quiet: Vec<String> = TALKATIVE
        .iter()
        .filter(|name| {
            !parts.iter().any(|part| {
                part.split_once('=')
                    .is_some_and(|(target, _)| target == **name)
            })
        })
        .map(|name| format!("{name}=info"))
        .collect();
    parts.extend(quiet.iter().map(String::as_str));
    parts.join(",")
}

/// Texts that are replaced in every line.
#[derive(Debug, Clone, Default)]
struct Blackout {
    secrets: Arc<RwLock<Vec<String>>>,
}

impl Blackout {
    fn add(&self, secret: &str) {
        let mut secrets = self.secrets.write().unwrap_or_else(PoisonError::into_inner);
        for text in [Some(secret), password(secret)].into_iter().flatten() {
            if text.len() >= SECRET_MIN && !secrets.iter().any(|known| known == text) {
                secrets.push(text.to_owned());
            }
        }
        // The longest first: a secret may stand inside another.
        secrets.sort_by_key(|known| std::cmp::Reverse(known.len()));
    }

    fn apply(&self, line: &[u8]) -> Option<String> {
        let secrets = self.secrets.read().unwrap_or_else(PoisonError::into_inner);
        let text = str::from_utf8(line).ok()?;
        let found = secrets.iter().any(|secret| text.contains(secret.as_str()));
        found.then(|| {
            let black = |text: String, secret: &String| text.replace(secret.as_str(), "[secret]");
            secrets.iter().fold(text.to_owned(), black)
        })
    }
}

/// The password inside an address, which a driver may log without the rest.
fn password(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    let (login, _) = rest.rsplit_once('@')?;
    login.split_once(':').map(|(_, password)| password)
}

impl<'a> MakeWriter<'a> for Blackout {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(self)
    }
}

/// Writes whole lines, as the formatter hands them over.
struct Line<'a>(&'a Blackout);

impl Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut out = io::stderr().lock();
        match self.0.apply(line) {
            Some(clean) => out.write_all(clean.as_bytes())?,
            None => out.write_all(line)?,
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().lock().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::{Blackout, directives, filter};

    #[test]
    fn secrets_and_passwords_are_blacked_out_of_a_line() {
        let blackout = Blackout::default();
        blackout.add("tok.en.value");
        blackout.add("postgres://bot:hunter2hunter2@db/guildhall");
        blackout.add("short");
        let said = |line: &str| {
            blackout
                .apply(line.as_bytes())
                .unwrap_or_else(|| line.to_owned())
        };
        assert_eq!(
            said("sent tok.en.value twice: tok.en.value"),
            "sent [secret] twice: [secret]"
        );
        assert_eq!(said("login hunter2hunter2 failed"), "login [secret] failed");
        assert_eq!(said("a short line"), "a short line");
    }

    #[test]
    fn fine_levels_leave_the_wire_out_unless_it_is_named() {
        assert_eq!(directives("info"), "info");
        assert!(directives("debug").contains(",twilight_gateway=info"));
        let named = directives("trace,twilight_gateway=debug");
        assert!(
            named.contains("twilight_gateway=debug") && !named.contains("twilight_gateway=info")
        );
        assert!(filter(&named).is_ok());
    }
}
