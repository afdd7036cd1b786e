//! Where an answer appears while it is being written: posted once, then edited, a message for each of its pieces.
//!
//! What is shown here is owed by nobody: the recorded end of the answer is. A picture of it that could not be sent is
//! not sent again.

use std::sync::Arc;

use chat::{Courier, Delivered, Edit, Effect, Reply, pieces};
use kernel::MessageId;

use super::{Talk, Via};
use crate::promise::Promise;

/// A message that shows a piece of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) message: MessageId,
    pub(super) text: String,
}

/// What of an answer can be seen.
pub(super) struct Screen<'a> {
    courier: Arc<dyn Courier>,
    talk: &'a Talk,
    promise: Option<&'a Promise>,
    shown: Vec<Shown>,
    /// Whether something could not be shown: then nothing more is until the end.
    torn: bool,
}

impl<'a> Screen<'a> {
    pub(super) const fn new(
        courier: Arc<dyn Courier>,
        talk: &'a Talk,
        promise: Option<&'a Promise>,
    ) -> Self {
        Self {
            courier,
            talk,
            promise,
            shown: Vec::new(),
            torn: false,
        }
    }

    /// Whether nothing can be seen yet.
    pub(super) const fn is_dark(&self) -> bool {
        self.shown.is_empty()
    }

    /// Says in the channel that the persona is writing.
    pub(super) async fn typing(&self) {
        if matches!(self.talk.question.via, Via::Message(_))
            && let Err(error) = self.courier.typing(self.talk.question.channel).await
        {
            tracing::debug!(%error, "typing could not be shown");
        }
    }

    /// Shows what there is; gives whether all of it can be seen.
    pub(super) async fn show(&mut self, text: &str) -> bool {
        if self.torn {
            return false;
        }
        let parts = pieces(text);
        self.torn = match self.promise {
            Some(promise) => !self.show_answer(promise, &parts).await,
            None => !self.show_messages(&parts).await,
        };
        !self.torn
    }

    /// A command's answer shows its first piece until it is whole; what is more comes with the end.
    async fn show_answer(&mut self, promise: &Promise, parts: &[String]) -> bool {
        let Some(text) = parts.first() else {
            return true;
        };
        let effect = promise.answer(Reply::public(text));
        match message_of(self.courier.deliver(&effect).await) {
            Some(message) => {
                let text = text.clone();
                self.shown = vec![Shown { message, text }];
                true
            }
            None => false,
        }
    }

    async fn show_messages(&mut self, parts: &[String]) -> bool {
        for (place, text) in parts.iter().enumerate() {
            let done = match self.shown.get(place) {
                Some(shown) if shown.text == *text => true,
                Some(shown) => self.change(place, shown.message, text).await,
                None => self.post(place, text).await,
            };
            if !done {
                return false;
            }
        }
        true
    }

    async fn change(&mut self, place: usize, message: MessageId, text: &str) -> bool {
        let effect = Effect::Edit(Edit {
            channel: self.talk.question.channel,
            message,
            reply: Reply::public(text),
        });
        let changed = message_of(self.courier.deliver(&effect).await).is_some();
        if let (true, Some(shown)) = (changed, self.shown.get_mut(place)) {
            text.clone_into(&mut shown.text);
        }
        changed
    }

    async fn post(&mut self, place: usize, text: &str) -> bool {
        let effect = self.talk.post(place, text);
        let Some(message) = message_of(self.courier.deliver(&effect).await) else {
            return false;
        };
        let text = text.to_owned();
        self.shown.push(Shown { message, text });
        true
    }

    pub(super) fn into_shown(self) -> Vec<Shown> {
        self.shown
    }
}

impl Talk {
    /// A piece of the answer as a message; the first one replies to the question.
    pub(super) fn post(&self, place: usize, text: &str) -> Effect {
        Effect::Post {
            channel: self.question.channel,
            reply: Reply::public(text),
            reply_to: self.question.via.message().filter(|_| place == 0),
            nonce: format!("a{}-{place}", self.answer.get()),
        }
    }
}

fn message_of(sent: Result<Delivered, chat::DeliveryError>) -> Option<MessageId> {
    match sent {
        Ok(Delivered::Done { message } | Delivered::Followed { message }) => message,
        Ok(Delivered::Undeliverable) => None,
        Err(error) => {
            tracing::info!(%error, "a part of an answer could not be shown yet");
            None
        }
    }
}
