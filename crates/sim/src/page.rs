//! The chat page: a person looks at the simulated Discord and acts in it as any of its members.
//!
//! P1  A member is shown what Discord would show it, and no more: channels it may view, and private answers of its own.
//! P2  Whoever acts is checked as Discord checks a person: access, permissions, lengths, and the shape of what is pressed.
//! P3  Nothing that a browser sends grows memory past a limit, and no other site can act through it.
//!
//! The page is files (`assets/page`) and a small API under the same prefix; nothing on it comes from another host.
//! Not here: what virtual members do (`crowd`), Discord's own API (`rest`), how events are told (`world::tell`).

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, patch, post, put};
use tokio::sync::{Semaphore, broadcast};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Hub;
use crate::control::{Control, Core};
use crate::crowd::Pace;
use crate::world::Snowflake;

mod acting;
mod ask;
mod assets;
mod fault;
mod guard;
mod live;
mod notes;
mod sign_in;
mod steps;
mod talk;
#[cfg(test)]
mod tests;
mod view;

pub use notes::NotesError;
pub(crate) use talk::{message_write, reaction_give};

use notes::Notes;

/// What one request may weigh: texts are short, and files are not sent from here.
const REQUEST_BYTES_MAX: usize = 64 * 1024;
/// Interactions whose answer is waited for at once.
const WAITING_MAX: usize = 256;
/// Changes of the page's own that a slow stream may lag behind.
const SIGNALS_MAX: usize = 64;

/// What the page is told at its start.
#[derive(Debug)]
pub(crate) struct PageSettings {
    /// Where its own notes are kept; without a folder they last as long as the process.
    pub(crate) folder: Option<PathBuf>,
    pub(crate) stopping: CancellationToken,
}

/// A change of the page itself, which every open stream shows its viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    Steps,
    Pace,
}

/// The page's state beside the world.
pub(crate) struct Page {
    pub(crate) hub: Arc<Hub>,
    pub(crate) control: Control,
    pub(crate) tasks: TaskTracker,
    pub(crate) stopping: CancellationToken,
    core: Arc<Core>,
    notes: Mutex<Notes>,
    /// When somebody last acted as a member, in microseconds: virtual life leaves those alone.
    acted: Mutex<HashMap<Snowflake, i64>>,
    signals: broadcast::Sender<Signal>,
    streams: AtomicUsize,
    waiting: Semaphore,
}

impl Page {
    /// Makes the page's state; its notes are read, or begun.
    ///
    /// # Errors
    /// When the notes are there and can't be read, or their folder can't be used.
    pub(crate) fn new(core: Arc<Core>, settings: PageSettings) -> Result<Arc<Self>, NotesError> {
        let notes = Notes::open(settings.folder)?;
        let (signals, _) = broadcast::channel(SIGNALS_MAX);
        Ok(Arc::new(Self {
            hub: Arc::clone(&core.hub),
            control: Control::new(Arc::clone(&core)),
            tasks: core.tasks.clone(),
            core,
            stopping: settings.stopping,
            notes: Mutex::new(notes),
            acted: Mutex::default(),
            signals,
            streams: AtomicUsize::new(0),
            waiting: Semaphore::new(WAITING_MAX),
        }))
    }

    /// How lively the virtual members are.
    pub(crate) fn pace(&self) -> Pace {
        self.notes().pace()
    }

    /// Changes how lively they are, for ever.
    pub(crate) fn set_pace(&self, pace: Pace) {
        self.notes().set_pace(pace);
        self.signal(Signal::Pace);
    }

    /// When somebody last acted as a member.
    pub(crate) fn acted_us(&self, user: Snowflake) -> Option<i64> {
        locked(&self.acted).get(&user).copied()
    }

    /// Hears of changes; they come as signals, to be looked up.
    pub(crate) fn listen(&self) -> broadcast::Receiver<Signal> {
        self.signals.subscribe()
    }

    pub(crate) fn note_acting(&self, user: Snowflake) {
        let now = self.hub.now_us();
        // Bounded by the users there are: only those that exist are noted.
        locked(&self.acted).insert(user, now);
    }

    fn signal(&self, signal: Signal) {
        // Nobody listening is fine: whoever comes later reads the whole.
        let _ = self.signals.send(signal);
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        locked(&self.notes)
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Page").finish_non_exhaustive()
    }
}

/// The page with its API under a prefix such as `/chat`, which has no slash at its end.
pub(crate) fn router(page: Arc<Page>, prefix: &str) -> Router {
    let message = "/api/channels/{channel}/messages/{message}";
    let guarded = Router::new()
        .route("/api/state", get(view::state))
        .route(
            "/api/channels/{channel}/messages",
            get(talk::list).post(talk::send),
        )
        .route(message, patch(talk::edit).delete(talk::delete))
        .route(
            &format!("{message}/reactions"),
            put(talk::react).delete(talk::unreact),
        )
        .route("/api/channels/{channel}/typing", post(talk::typing))
        .route("/api/channels/{channel}/commands", get(view::commands))
        .route("/api/interactions", post(ask::interact))
        .route("/api/pace", put(view::set_pace))
        .route("/api/live", get(live::open))
        .layer(middleware::from_fn(guard::same_site))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX));
    let (plain, slashed) = (assets::page(prefix), assets::page(prefix));
    let inside = Router::new()
        .route("/", get(move || async { plain }))
        .route("/assets/{name}", get(assets::file))
        .route(
            "/attachments/{channel}/{attachment}/{name}",
            get(assets::attachment),
        )
        .merge(guarded);
    Router::new()
        .nest(prefix, inside)
        .route(&format!("{prefix}/"), get(move || async { slashed }))
        .route(
            "/oauth2/authorize",
            get(sign_in::show)
                .post(sign_in::choose)
                .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX)),
        )
        .route("/oauth2/assets/{name}", get(assets::file))
        .with_state(page)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each of these is whole after every statement: a panic elsewhere leaves nothing half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
