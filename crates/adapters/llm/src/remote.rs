//! One model of one provider: asked under its deadline and circuit, and again where that may help.

use std::{sync::Arc, time::Duration};

use ai::{Answer, Awaited, By, Model, ModelError, Next, Prices, Request, Spoke, Standing};
use chat::BoxFuture;
use http_out::{Client, Streamed};
use kernel::{Chance, Span, Stopwatch};

use crate::{
    circuit::Circuit,
    coming::{Asked, Coming, WIRE_BYTES_MAX},
    failure::{of_call, of_status},
    meters,
    wire::{self, Place, Reader},
};

/// The most bytes of an error that are read.
const ERROR_BYTES_MAX: usize = 64 * 1_024;
/// What the first piece may take of the whole deadline.
const FIRST_PART: u32 = 3;

/// A model over the network.
#[derive(Debug)]
pub(crate) struct Remote {
    pub(crate) by: By,
    pub(crate) place: Place,
    pub(crate) client: Client,
    pub(crate) circuit: Arc<Circuit>,
    pub(crate) prices: Arc<Prices>,
    pub(crate) chance: Arc<dyn Chance>,
}

impl Model for Remote {
    fn ask<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, ModelError>> {
        Box::pin(self.asked(request))
    }
}

impl Remote {
    async fn asked(&self, request: &Request) -> Result<Answer, ModelError> {
        request.check()?;
        let (watch, whole) = (Stopwatch::start(), request.deadline.to_std());
        let mut tries = 0;
        loop {
            tries += 1;
            let left = whole.saturating_sub(watch.elapsed());
            let error = match self.once(request, watch, left).await {
                Ok(coming) => {
                    let (by, pieces) = (self.by.clone(), Box::new(coming));
                    return Ok(Answer { by, pieces });
                }
                Err(error) => error,
            };
            let standing = Standing {
                tries,
                others: 0,
                left: span(whole.saturating_sub(watch.elapsed())),
                spoke: Spoke::Nothing,
            };
            let Next::Again { after } = ai::next(&error, &standing) else {
                self.count(request, &error, watch);
                return Err(error);
            };
            tracing::debug!(provider = self.by.provider, %error, "a model is asked again");
            tokio::time::sleep(after.to_std() + self.jitter()).await;
        }
    }

    async fn once(
        &self,
        request: &Request,
        watch: Stopwatch,
        left: Duration,
    ) -> Result<Coming, ModelError> {
        let mut held = self.circuit.admit()?;
        // A structured answer has no first word: it comes whole, within the whole deadline.
        let first = match wire::delivery(request) {
            wire::Delivery::Streamed => (request.deadline.to_std() / FIRST_PART).min(left),
            wire::Delivery::Whole => left,
        };
        let begun = async {
            let streamed = self.opened(request, left).await;
            let streamed = streamed.inspect_err(|error| held.failed(error))?;
            let reader = Reader::new(self.place.kind, request);
            let asked = Asked {
                provider: &self.by.provider,
                model: &self.by.model,
                request,
                prices: &self.prices,
                watch,
            };
            Ok((streamed, reader, asked))
        };
        let watch_first = Stopwatch::start();
        let (streamed, reader, asked) = match tokio::time::timeout(first, begun).await {
            Ok(begun) => begun?,
            Err(_) => {
                let late = late(first);
                held.failed(&late);
                return Err(late);
            }
        };
        let mut coming = Coming::new(streamed, reader, held, &asked);
        let rest = first.saturating_sub(watch_first.elapsed());
        match tokio::time::timeout(rest, coming.begin()).await {
            Ok(begun) => begun.map(|()| coming),
            Err(_) => {
                let late = late(first);
                coming.give_up(&late);
                Err(late)
            }
        }
    }

    /// Sends the request; gives an answer of success.
    async fn opened(&self, request: &Request, left: Duration) -> Result<Streamed, ModelError> {
        let mut call = wire::call(&self.place, request)?;
        call.deadline = left;
        call.answer_max = WIRE_BYTES_MAX;
        let opened = self.client.open(call).await;
        let mut streamed = opened.map_err(|error| of_call(&error, Awaited::First))?;
        if streamed.status.is_success() {
            return Ok(streamed);
        }
        let mut body = Vec::new();
        // An error that can't be read to its end is still an error of that status.
        while let Ok(Some(part)) = streamed.next().await {
            body.extend_from_slice(&part);
            if body.len() > ERROR_BYTES_MAX {
                break;
            }
        }
        Err(of_status(streamed.status, &streamed.headers, &body))
    }

    /// Counts a request that never began to be answered.
    fn count(&self, request: &Request, error: &ModelError, watch: Stopwatch) {
        let (provider, purpose) = (&self.by.provider, request.purpose.name());
        meters::ended(provider, purpose, error.name(), watch.elapsed());
        if error.may_cost() {
            let estimate = ai::Estimate::of(&self.prices, &self.by.model, request);
            let usage = estimate.lost();
            let micros = estimate.price.cost(usage);
            meters::cost(provider, usage, micros);
            self.circuit.note(|record, _| record.cost(usage, micros));
        }
        tracing::info!(provider, model = self.by.model, purpose, %error, "a model gave no answer");
    }

    fn jitter(&self) -> Duration {
        Duration::from_millis(self.chance.below(250))
    }
}

fn late(after: Duration) -> ModelError {
    ModelError::Timeout {
        awaited: Awaited::First,
        after: span(after),
    }
}

pub(crate) fn span(duration: Duration) -> Span {
    Span::millis(u32::try_from(duration.as_millis()).unwrap_or(u32::MAX))
}
