//! Several models as one: the next is asked where one fails before its first piece.

use std::sync::Arc;

use ai::{Answer, Model, ModelError, Next, Request, Spoke, Standing, TRIES_MAX};
use chat::BoxFuture;
use kernel::Stopwatch;

use crate::remote::span;

/// Models in the order in which they are asked.
#[derive(Debug)]
pub(crate) struct Chain(pub(crate) Vec<Arc<dyn Model>>);

impl Model for Chain {
    fn ask<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, ModelError>> {
        Box::pin(self.asked(request))
    }
}

impl Chain {
    async fn asked(&self, request: &Request) -> Result<Answer, ModelError> {
        let (watch, whole) = (Stopwatch::start(), request.deadline.to_std());
        let mut request = request.clone();
        let mut links = self.0.iter();
        loop {
            let Some(link) = links.next() else {
                let reason = "no model is configured".to_owned();
                return Err(ModelError::Refused { reason });
            };
            let error = match link.ask(&request).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let left = span(whole.saturating_sub(watch.elapsed()));
            // Each link has tried again by itself where that could help.
            let standing = Standing {
                tries: TRIES_MAX,
                others: links.len(),
                left,
                spoke: Spoke::Nothing,
            };
            if ai::next(&error, &standing) != Next::Other {
                return Err(error);
            }
            tracing::info!(%error, "the next model is asked");
            request.deadline = left;
        }
    }
}
