//! An answer on its way: bytes in, pieces out, until its end, an error, or a bound.

use std::{collections::VecDeque, sync::Arc};

use ai::{ANSWER_BYTES_MAX, Awaited, Estimate, ModelError, Piece, Pieces, Prices, Request, Usage};
use chat::BoxFuture;
use http_out::{Streamed, header};
use kernel::Stopwatch;

use crate::{
    circuit::{Circuit, Held},
    failure::{nonsense, of_call},
    meters,
    sse::{Events, Unreadable},
    wire::Reader,
};

/// The most bytes of an answer as it comes over the wire, where each word is wrapped in a few hundred.
pub(crate) const WIRE_BYTES_MAX: usize = 8 * 1_024 * 1_024;

/// An answer on its way.
#[derive(Debug)]
pub(crate) struct Coming {
    source: Source,
    reader: Reader,
    ready: VecDeque<Piece>,
    state: State,
    held: Held,
    tally: Tally,
}

#[derive(Debug)]
struct Source {
    streamed: Streamed,
    events: Events,
    /// Whether it comes as events; some answer whole although asked otherwise.
    as_events: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Running,
    /// It broke; what is ready is still given first.
    Broken(ModelError),
    Over,
}

/// What is counted of an answer.
#[derive(Debug)]
struct Tally {
    provider: String,
    purpose: &'static str,
    estimate: Estimate,
    watch: Stopwatch,
    text: String,
    claimed: Option<Usage>,
    told: bool,
    circuit: Arc<Circuit>,
}

impl Coming {
    pub(crate) fn new(streamed: Streamed, reader: Reader, held: Held, asked: &Asked<'_>) -> Self {
        let kind = streamed.headers.get(header::CONTENT_TYPE);
        let as_events = kind
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("text/event-stream"));
        Self {
            source: Source {
                streamed,
                events: Events::default(),
                as_events,
            },
            reader,
            ready: VecDeque::new(),
            state: State::Running,
            tally: Tally {
                circuit: Arc::clone(held.circuit()),
                provider: asked.provider.to_owned(),
                purpose: asked.request.purpose.name(),
                estimate: Estimate::of(asked.prices, asked.model, asked.request),
                watch: asked.watch,
                text: String::new(),
                claimed: None,
                told: false,
            },
            held,
        }
    }

    /// Waits until there is something to give.
    ///
    /// # Errors
    /// When it breaks before it began.
    pub(crate) async fn begin(&mut self) -> Result<(), ModelError> {
        self.fill().await;
        if self.ready.is_empty()
            && let State::Broken(error) = &self.state
        {
            let error = error.clone();
            self.give_up(&error);
            return Err(error);
        }
        let took = self.tally.watch.elapsed();
        meters::first(&self.tally.provider, took);
        self.tally
            .circuit
            .note(|record, _| record.first_piece(took));
        Ok(())
    }

    /// It did not begin; whoever may still ask again counts it.
    pub(crate) fn give_up(&mut self, error: &ModelError) {
        self.tally.told = true;
        self.held.failed(error);
    }

    async fn fill(&mut self) {
        while self.ready.is_empty() && self.state == State::Running {
            if let Err(error) = self.read().await {
                // Nothing is lost where only the end of the connection went wrong.
                let closing = self.reader.close();
                if closing.is_empty() {
                    self.state = State::Broken(error);
                } else {
                    self.take(closing);
                }
            }
        }
    }

    async fn read(&mut self) -> Result<(), ModelError> {
        let source = &mut self.source;
        let of_call = |error: http_out::CallError| of_call(&error, Awaited::Whole);
        if !source.as_events {
            let body = source.streamed.rest().await.map_err(of_call)?;
            let pieces = self.reader.whole(&body)?;
            self.take(pieces);
            return Ok(());
        }
        let bytes = source.streamed.next().await.map_err(of_call)?;
        let events = match &bytes {
            Some(bytes) => source.events.feed(bytes),
            None => source
                .events
                .finish()
                .map(|last| last.into_iter().collect()),
        };
        for event in events.map_err(unreadable)? {
            let pieces = self.reader.event(&event)?;
            self.take(pieces);
        }
        if bytes.is_none() && self.state == State::Running {
            let closing = self.reader.close();
            if closing.is_empty() {
                let reason = "the stream ended before its end".to_owned();
                return Err(ModelError::Cut { reason });
            }
            self.take(closing);
        }
        Ok(())
    }

    fn take(&mut self, pieces: Vec<Piece>) {
        for piece in pieces {
            if self.state != State::Running {
                return;
            }
            match &piece {
                Piece::Text(more) if self.tally.text.len() + more.len() > ANSWER_BYTES_MAX => {
                    self.state = State::Broken(ModelError::TooLong {
                        bound: ANSWER_BYTES_MAX,
                    });
                    return;
                }
                Piece::Text(more) => self.tally.text.push_str(more),
                Piece::Usage(usage) => self.tally.claimed = Some(*usage),
                Piece::End(_) => self.state = State::Over,
            }
            self.ready.push_back(piece);
        }
    }

    async fn give(&mut self) -> Option<Result<Piece, ModelError>> {
        self.fill().await;
        if let Some(piece) = self.ready.pop_front() {
            if matches!(piece, Piece::End(_)) {
                self.held.well();
                self.tally.tell("done");
            }
            return Some(Ok(piece));
        }
        match std::mem::replace(&mut self.state, State::Over) {
            State::Broken(error) => {
                self.held.failed(&error);
                self.tally.tell(error.name());
                Some(Err(error))
            }
            State::Running | State::Over => None,
        }
    }
}

impl Pieces for Coming {
    fn next(&mut self) -> BoxFuture<'_, Option<Result<Piece, ModelError>>> {
        Box::pin(self.give())
    }
}

/// What was asked, for counting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) provider: &'a str,
    pub(crate) model: &'a str,
    pub(crate) request: &'a Request,
    pub(crate) prices: &'a Prices,
    pub(crate) watch: Stopwatch,
}

impl Tally {
    fn tell(&mut self, outcome: &'static str) {
        if std::mem::replace(&mut self.told, true) {
            return;
        }
        let took = self.watch.elapsed();
        meters::ended(&self.provider, self.purpose, outcome, took);
        let usage = self.estimate.counted(&self.text, self.claimed);
        let micros = self.estimate.price.cost(usage);
        meters::cost(&self.provider, usage, micros);
        self.circuit.note(|record, _| record.cost(usage, micros));
    }
}

impl Drop for Tally {
    /// Whoever stops listening has still been served.
    fn drop(&mut self) {
        self.tell("dropped");
    }
}

fn unreadable(what: Unreadable) -> ModelError {
    match what {
        Unreadable::TooLong => ModelError::TooLong {
            bound: crate::sse::EVENT_BYTES_MAX,
        },
        Unreadable::NotText => nonsense("the stream is no text"),
    }
}
