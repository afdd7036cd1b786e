//! A provider that knows when it was asked each question.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use testkit::model_servers::{Asked, Format, ModelServer, Turn};
use tokio::time::Instant;

/// How every question begins, so that it is found again in whatever is put around it.
const MARK: &str = "question-";
/// The model writes a word this often, and the first one so long after it was asked.
pub(super) const GAP: Duration = Duration::from_millis(200);
/// The first piece is as long as Guildhall waits for before it shows anything; the spaces in it do not break.
const ANSWER: &str = "Of\u{a0}course,\u{a0}and\u{a0}gladly:\u{a0}this\u{a0}is\u{a0}what\u{a0}everybody\u{a0}here\u{a0}knows\u{a0}of\u{a0}it\u{a0}so\u{a0}far. \
    It is early days and there is more to say about all that when you come back later on.";
/// What everybody sees first.
pub(super) const FIRST: &str = "Of\u{a0}course";
/// A hanging model answers at last, or never, but not before.
const HANGS_MAX: Duration = Duration::from_secs(120);

/// The provider; it ends with its value.
#[derive(Debug)]
pub(super) struct Provider {
    server: ModelServer,
    asked: Arc<Mutex<HashMap<String, Instant>>>,
}

impl Provider {
    /// One that streams a few words a second.
    pub(super) async fn start() -> Self {
        let server = ModelServer::start(Format::Openai).await;
        let asked = Arc::new(Mutex::new(HashMap::new()));
        let seen = Arc::clone(&asked);
        server.always_by(move |question| {
            if let Some(name) = name(question) {
                let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                seen.insert(name, Instant::now());
            }
            turn(
                question,
                Turn::Slow {
                    text: ANSWER.to_owned(),
                    gap: GAP,
                },
            )
        });
        Self { server, asked }
    }

    /// Answers at once from now on.
    pub(super) fn hurry(&self) {
        self.server
            .always_by(|question| turn(question, Turn::Text("Certainly.".to_owned())));
    }

    /// Says nothing from now on: every second answer comes after up to two minutes, the others never.
    pub(super) fn hang(&self) {
        let count = AtomicU64::new(0);
        self.server.always_by(move |question| {
            let number = count.fetch_add(1, Ordering::Relaxed);
            let late = Turn::Slow {
                text: "At\u{a0}last.".to_owned(),
                gap: HANGS_MAX * u32::try_from(number % 100).unwrap_or(0) / 100,
            };
            turn(
                question,
                if number.is_multiple_of(2) {
                    late
                } else {
                    Turn::Hang
                },
            )
        });
    }

    /// Where it is.
    pub(super) fn base_url(&self) -> String {
        self.server.base_url()
    }

    /// When it was asked this question.
    pub(super) fn asked_at(&self, name: &str) -> Option<Instant> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.get(name).copied()
    }
}

/// The words of a question, for whoever asks.
pub(super) fn question(number: u64) -> String {
    format!("{MARK}{number}")
}

fn name(asked: &Asked) -> Option<String> {
    if asked.schema().is_some() {
        return None;
    }
    let (_, rest) = asked.text().rsplit_once(MARK)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(format!("{MARK}{digits}"))
}

/// What is not asked by a member has nothing to report.
fn turn(asked: &Asked, to_members: Turn) -> Turn {
    match asked.schema() {
        Some(_) => Turn::Text(r#"{"facts":[]}"#.to_owned()),
        None => to_members,
    }
}
