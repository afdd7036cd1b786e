//! `/memory`: members see, add, forget, and have nothing remembered. What they decide is recorded.

use audit::{Kind, NewEntry, NewInput, Outcome as Ending, Remembered, Said};
use chat::Invocation;
use kernel::Op;
use memory::{
    Remembering, Subject,
    commands::{Did, Talk},
};
use store::{DbError, Tx};

use super::noting::{record, trigger_by};
use crate::{
    Core,
    outcome::{Errand, Failed, Outcome, Says},
    surroundings::Surroundings,
};

/// Answers a command or a press of memory.
pub(crate) fn invoke(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    invocation: &Invocation,
    around: &Surroundings,
) -> Result<Outcome, Failed> {
    let Some(channel) = invocation.channel else {
        return Err(Failed::NotOurs);
    };
    let settings = &around.config.settings;
    let talk = Talk {
        op,
        ids: core.ids.as_ref(),
        settings: &settings.memory,
        privacy: &settings.privacy,
        words: &core.words,
        invocation,
        place: around.place(channel),
    };
    let answer = memory::commands::invoke(tx, &talk)?;
    let errand = match &answer.did {
        Did::ExportWanted => Some(Errand::Export(op.clone())),
        Did::EraseWanted => Some(Errand::Erase(op.clone())),
        did => {
            note(tx, core, op, invocation, did)?;
            None
        }
    };
    let outcome: Outcome = answer.reply.into();
    Ok(match errand {
        Some(errand) => Outcome {
            says: Says::Later(errand),
            ..outcome
        },
        None => outcome,
    })
}

/// Records what a member decided about their own memories.
fn note(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    invocation: &Invocation,
    did: &Did,
) -> Result<(), DbError> {
    let asker = invocation.asker.user;
    let (action, why, fact) = match did {
        Did::Shown | Did::ExportWanted | Did::EraseWanted => return Ok(()),
        Did::Learnt(learnt) => ("memory_add", "a memory was added".to_owned(), learnt.fact()),
        // What is forgotten is not written down again by saying so.
        Did::Forgot(fact) => (
            "memory_forget",
            format!("memory {} was forgotten", fact.id),
            None,
        ),
        Did::ForgotAll(count) => (
            "memory_forget",
            format!("{count} memories were forgotten"),
            None,
        ),
        Did::Set(Remembering::On) => ("memory_on", "remembering was turned on".to_owned(), None),
        Did::Set(Remembering::Off) => ("memory_off", "remembering was turned off".to_owned(), None),
    };
    let mut entry = NewEntry::new(
        Kind::Human,
        action,
        Ending::Executed,
        trigger_by(invocation),
    );
    entry.subject = Some(asker);
    entry.reasoning = Some(Said::by_nobody(why));
    let remembered = fact.map(|fact| Remembered {
        id: fact.id.to_string(),
        about: (fact.subject == Subject::Member).then_some(fact.user),
        text: fact.text.clone(),
    });
    entry.input = NewInput {
        memories: remembered.into_iter().collect(),
        ..NewInput::default()
    };
    record(tx, core, op, &entry).map(drop)
}
