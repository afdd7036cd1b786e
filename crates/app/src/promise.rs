//! The answer that an invocation is promised when it takes longer than its transaction.
//!
//! The transaction owes words that say it was interrupted, held back for as long as the work may take. Whoever does
//! the work owes the true answer in their place. If the process dies first, the relay of the next one sends the words
//! that are owed: so nobody waits for nothing.

use std::sync::Arc;

use chat::{Effect, Invocation, Reply};
use kernel::{Op, Span, Told};
use store::{DbError, Tx, owed};

use crate::{
    Core, answer,
    outcome::{Owing, owe},
};

/// How long the work may take before the asker is told that it was interrupted.
const HELD: Span = Span::minutes(3);

/// A promised answer.
#[derive(Debug, Clone)]
pub(crate) struct Promise {
    placeholder: i64,
    pub(crate) invocation: Arc<Invocation>,
}

impl Promise {
    /// Promises an answer in this transaction.
    pub(crate) fn give(
        tx: &mut Tx<'_>,
        core: &Core,
        op: &Op,
        invocation: &Arc<Invocation>,
    ) -> Result<Self, DbError> {
        let words = Told::new("app-interrupted").with("id", op.correlation.to_string());
        let reply = answer::refusal(&core.words, &op.locale, &words);
        let owing = owe(tx, core, op, answer::reply(invocation, None, reply))?;
        owed::owed_hold(tx, owing.id, op.at + HELD)?;
        Ok(Self {
            placeholder: owing.id,
            invocation: Arc::clone(invocation),
        })
    }

    /// Owes the true answer in place of the words that were held back.
    pub(crate) fn keep(
        &self,
        tx: &mut Tx<'_>,
        core: &Core,
        op: &Op,
        reply: Reply,
    ) -> Result<Owing, DbError> {
        owed::owed_confirm(tx, self.placeholder)?;
        owe(tx, core, op, self.answer(reply))
    }

    /// The answer as an effect: one that an audit entry explains.
    pub(crate) fn answer(&self, reply: Reply) -> Effect {
        let mut effect = answer::reply(&self.invocation, None, reply);
        if let Effect::Answer(answer) = &mut effect {
            answer.explained = true;
        }
        effect
    }
}
