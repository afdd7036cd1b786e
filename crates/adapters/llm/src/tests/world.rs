//! A provider that stands in for a real one, and the adapter in front of it.

use std::sync::Arc;

use ai::{Broken, Decided, Kind, Model, Models, Piece, Prices, Request};
use kernel::{Clock, SeededChance, Span};
use testkit::{
    model_servers::{Format, ModelServer},
    time::ManualClock,
};

use crate::{Providers, Shared, Wiring};

pub(super) const KEY: &str = "sk-test-key-1";

pub(super) const FORMATS: [(Format, Kind); 3] = [
    (Format::Openai, Kind::Openai),
    (Format::Anthropic, Kind::Anthropic),
    (Format::Gemini, Kind::Gemini),
];

/// The adapter with its clock.
pub(super) struct World {
    pub(super) server: ModelServer,
    pub(super) clock: Arc<ManualClock>,
    pub(super) providers: Providers,
}

pub(super) fn wiring(clock: &Arc<ManualClock>) -> Wiring {
    let clock: Arc<dyn Clock> = clock.clone();
    let chance = Arc::new(SeededChance::new(7));
    Wiring::new(
        &http_out::Settings::default(),
        clock,
        chance,
        Prices::listed(),
    )
    .unwrap()
}

pub(super) fn shared(server: &ModelServer, kind: Kind) -> Shared {
    Shared {
        kind,
        base_url: Some(server.base_url()),
        key: Some(KEY.into()),
        model: "test-model".to_owned(),
    }
}

impl World {
    pub(super) async fn of(format: Format, kind: Kind) -> Self {
        let server = ModelServer::start(format).await;
        let clock = Arc::new(ManualClock::at("2026-11-20T10:00:00Z"));
        let providers = Providers::new(&[shared(&server, kind)], wiring(&clock)).unwrap();
        Self {
            server,
            clock,
            providers,
        }
    }

    pub(super) fn model(&self) -> Arc<dyn Model> {
        self.providers.shared()
    }

    pub(super) async fn decide(&self, request: &Request) -> Result<Decided, Broken> {
        self.model().decide(request).await
    }

    /// The name of what comes: `done`, or that of the error, with the text before it.
    pub(super) async fn outcome(&self, request: &Request) -> (String, String) {
        match self.decide(request).await {
            Ok(decided) => ("done".to_owned(), decided.text),
            Err(broken) => (broken.error.name().to_owned(), broken.text),
        }
    }
}

/// A question with a short deadline, so that what hangs is soon given up.
pub(super) fn question() -> Request {
    let mut request = Request::answer("Be kind.", "hello");
    request.deadline = Span::millis(1_500);
    request
}

/// All pieces of an answer, whole.
pub(super) async fn pieces(model: &dyn Model, request: &Request) -> Vec<Piece> {
    let mut answer = model.ask(request).await.unwrap();
    let mut pieces = Vec::new();
    while let Some(piece) = answer.pieces.next().await {
        pieces.push(piece.unwrap());
    }
    pieces
}
