//! `/chat` and `/persona`: what is shown is shown at once, what is asked goes to the model.

use bots::{Trigger, commands::Answer};
use chat::{Invocation, Reply};
use kernel::Op;
use store::Tx;

use super::converse::{Begun, Question, Via, begin};
use crate::{
    Core,
    outcome::{Errand, Failed, Outcome, Says},
    surroundings::Surroundings,
};

/// Answers a command, a press or a choice of the personas.
pub(crate) fn invoke(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    invocation: &Invocation,
    around: &Surroundings,
) -> Result<Outcome, Failed> {
    let talk = bots::commands::Talk {
        op,
        settings: &around.config.settings.persona,
        words: &core.words,
        invocation,
    };
    let text = match bots::commands::invoke(tx, &talk)? {
        Answer::Said(reply) => return Ok((*reply).into()),
        Answer::Asked(text) => text,
    };
    let Some(channel) = invocation.channel else {
        return Err(Failed::NotOurs);
    };
    let question = Question {
        trigger: Trigger::Chat,
        channel,
        asker: invocation.asker.user,
        asker_name: invocation.asker.name.clone(),
        text,
        author: invocation.asker.user,
        via: Via::Interaction(invocation.id),
    };
    match begin(tx, core, op, around, &question)? {
        Begun::Now(talk) => Ok(Outcome {
            says: Says::Later(Errand::Talk(talk)),
            ..Reply::private("").into()
        }),
        Begun::Silent { words, .. } => Ok(Reply::private(words).into()),
        Begun::Before => Err(Failed::NotOurs),
    }
}
