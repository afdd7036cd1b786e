//! Model providers that stand in for real ones: each wire format on a real socket, with every fault that real ones
//! have.
//!
//! A server answers its next turns from a script, and then always the same way, or as a function of what it is asked.
//! It keeps what it was asked, so that a test can look for what should not be there. Not here: any rule of the product;
//! the formats are written from the providers' documents, apart from the adapter's own reading of them.

mod format;
mod talk;

use std::{
    collections::VecDeque,
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Uri},
    response::Response,
};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

pub use format::Format;

/// The most requests that are kept; older ones go.
const KEPT_MAX: usize = 100_000;

/// How a request is answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Turn {
    /// Well: this text, word by word where it is streamed.
    Text(String),
    /// Well, with counts that the provider makes up.
    Counted {
        /// The text.
        text: String,
        /// Tokens read, as claimed.
        input: u64,
        /// Tokens written, as claimed.
        output: u64,
    },
    /// With this status, and a pause where it asks for one.
    Status {
        /// The status.
        code: u16,
        /// Seconds for `retry-after`.
        retry_after: Option<u32>,
    },
    /// With this status and exactly this body.
    Raw {
        /// The status.
        code: u16,
        /// The type of the contents.
        kind: &'static str,
        /// The body.
        body: String,
    },
    /// Never.
    Hang,
    /// These words, then nothing more, with the connection open.
    HangAfter(String),
    /// These words, then the connection breaks.
    CutAfter(String),
    /// These words, then an orderly end of the stream without the format's own end.
    StopAfter(String),
    /// These words, then an error in the stream, with this code.
    ErrorAfter(String, &'static str),
    /// Word by word with this pause before each.
    Slow {
        /// The text.
        text: String,
        /// The pause.
        gap: Duration,
    },
    /// So many bytes of text.
    Huge(usize),
    /// Words without end.
    Endless,
    /// Letters that are in no format.
    Nonsense,
    /// A structure of the format that breaks off in the middle.
    BrokenJson,
    /// A redirect to this address.
    Redirect(String),
    /// Stopped for its contents.
    Filtered,
    /// Stopped at the bound on tokens, after this text.
    Length(String),
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The path with its query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; null where it is no JSON.
    pub body: Value,
}

type Reply = dyn Fn(&Asked) -> Turn + Send + Sync;

struct Script {
    format: Format,
    next: Mutex<VecDeque<Turn>>,
    always: Mutex<Arc<Reply>>,
    asked: Mutex<VecDeque<Asked>>,
}

/// A provider that stands in for a real one, until it is dropped.
pub struct ModelServer {
    address: SocketAddr,
    script: Arc<Script>,
    serving: JoinHandle<()>,
}

impl fmt::Debug for ModelServer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ModelServer")
            .field("address", &self.address)
            .field("format", &self.script.format)
            .finish_non_exhaustive()
    }
}

impl ModelServer {
    /// A server on a free port, which says `Hello there.` to everything.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn start(format: Format) -> Self {
        Self::start_at(format, SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// A server at an address, for one that comes back where it was.
    ///
    /// # Panics
    /// When the address is taken.
    #[expect(
        clippy::disallowed_methods,
        reason = "the task ends with the server's value"
    )]
    pub async fn start_at(format: Format, address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address)
            .await
            .expect("the address is free");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let script = Arc::new(Script {
            format,
            next: Mutex::default(),
            always: Mutex::new(Arc::new(|_| Turn::Text("Hello there.".to_owned()))),
            asked: Mutex::default(),
        });
        let router = Router::new().fallback(reply).with_state(script.clone());
        let serving = tokio::spawn(async move {
            // Serving ends only when the task does.
            let _ = axum::serve(listener, router).await;
        });
        Self {
            address,
            script,
            serving,
        }
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base address as the vendor's own SDK takes it.
    #[must_use]
    pub fn base_url(&self) -> String {
        match self.script.format {
            Format::Openai => format!("http://{}/v1", self.address),
            Format::Anthropic | Format::Gemini => format!("http://{}", self.address),
        }
    }

    /// The next request without a turn yet is answered so.
    pub fn then(&self, turn: Turn) {
        lock(&self.script.next).push_back(turn);
    }

    /// Every request beyond the script is answered so.
    pub fn always(&self, turn: Turn) {
        self.always_by(move |_| turn.clone());
    }

    /// Every request beyond the script is answered as this says.
    pub fn always_by(&self, reply: impl Fn(&Asked) -> Turn + Send + Sync + 'static) {
        *lock(&self.script.always) = Arc::new(reply);
    }

    /// What it was asked, the oldest first.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.script.asked).iter().cloned().collect()
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Asked {
    /// What the asker said: the text of the last message.
    #[must_use]
    pub fn text(&self) -> &str {
        let body = &self.body;
        let last = |name: &str| body[name].as_array().and_then(|turns| turns.last());
        let said = last("messages").map(|turn| &turn["content"]);
        let said = said.or_else(|| last("contents").map(|turn| &turn["parts"][0]["text"]));
        said.and_then(Value::as_str).unwrap_or_default()
    }

    /// The name of the schema that it asks for.
    #[must_use]
    pub fn schema(&self) -> Option<&str> {
        let body = &self.body;
        let named = body["response_format"]["json_schema"]["name"].as_str();
        let named = named.or_else(|| body["tool_choice"]["name"].as_str());
        // Gemini's schemas have no name; each is known by what it requires.
        let properties = &body["generationConfig"]["responseSchema"]["properties"];
        let of_gemini = ["facts", "judgement"].into_iter().find(|name| match *name {
            "facts" => properties["facts"].is_object(),
            _ => properties["violates"].is_object(),
        });
        named.or(of_gemini)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn reply(
    State(script): State<Arc<Script>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let asked = Asked {
        path: uri.to_string(),
        headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    let scripted = lock(&script.next).pop_front();
    let always = lock(&script.always).clone();
    let turn = scripted.unwrap_or_else(|| always(&asked));
    let shape = script.format.shape(&asked);
    {
        let mut kept = lock(&script.asked);
        if kept.len() >= KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back(asked);
    }
    talk::answer(&shape, turn).await
}
