//! What was said longer ago in a channel is summed up by a model, so that a long talk fits a short window.
//!
//! After an answer it is looked whether there is twice of what fits. The money comes from the guild's budget; a pending
//! entry says what goes in before anybody is asked, and how it ended afterwards. The summary itself stands in no entry:
//! it is made of several people's words, and goes with the first of them who is erased. Where words went, or another
//! summary came, while the model wrote, it is dropped.

use std::sync::Arc;

use ai::{
    Actual, BudgetError, Estimate, Known, Message, Novelty, Purpose, Request, Reservation, Reserve,
};
use audit::{Conclusion, Cost, EntryId, Kind, NewEntry, Outcome, Said, Trigger, TriggerKind};
use kernel::{Cause, CauseKind, ChannelId, Op};
use memory::{SummaryDue, Summed};
use store::{DbError, Tx};

use super::{
    noting::{conclude, record},
    voice,
};
use crate::{Core, GuildConfig};

/// How the notes of what was summed up before are called for the model.
const BEFORE: &str = "what came before";
/// The version of the guiding words, for the audit.
const PROMPT_VERSION: &str = "summary/1";

/// Sums up what is due in a channel. What goes wrong ends the summary and nothing else.
pub(crate) async fn summarise(core: &Core, op: &Op, config: &Arc<GuildConfig>, channel: ChannelId) {
    if let Err(error) = summed(core, op, config, channel).await {
        tracing::warn!(correlation = %op.correlation, %error, "a talk was not summed up");
    }
}

async fn summed(
    core: &Core,
    op: &Op,
    config: &Arc<GuildConfig>,
    channel: ChannelId,
) -> Result<(), DbError> {
    let (now, inside) = (op.clone(), Arc::clone(config));
    let look =
        move |tx: &mut Tx<'_>| memory::summary_due(tx, &now, &inside.settings.memory, channel);
    let Some(due) = core.database.read("summary-due", look).await? else {
        return Ok(());
    };
    // Up to one message a channel is summed up once, however many answers find it due.
    let cause = Cause::new(CauseKind::Message, format!("{}?summary", due.through));
    let summing = Summing {
        op: core.admission.event(op.guild, cause),
        request: request(core, config, &due),
        config: Arc::clone(config),
        due,
    };
    let summing = Arc::new(summing);
    let Some(begun) = begin(core, &summing).await? else {
        return Ok(());
    };
    let asked = asked(core, &summing).await;
    let inside = core.clone();
    let work = move |tx: &mut Tx<'_>| end(tx, &inside, &summing, &begun, &asked);
    core.database.write("summary-end", work).await
}

/// What is to be summed up, and how.
struct Summing {
    op: Op,
    config: Arc<GuildConfig>,
    due: SummaryDue,
    request: Request,
}

fn request(core: &Core, config: &GuildConfig, due: &SummaryDue) -> Request {
    let before = due.before.iter();
    let tokens = config.settings.memory.budgets.summary;
    Request {
        purpose: Purpose::Summary,
        known: before
            .map(|before| Known::new(BEFORE, before.text.as_str()))
            .collect(),
        messages: due
            .turns
            .iter()
            .map(|turn| Message::user(line(turn)))
            .collect(),
        tokens_max: u32::try_from(tokens).unwrap_or(u32::MAX),
        temperature_percent: Some(0),
        deadline: core.answer_within,
        ..Request::answer(memory::SUMMARY_INSTRUCTION, "")
    }
}

fn line(turn: &memory::Turn) -> String {
    format!("{}: {}", turn.name, turn.text)
}

/// What must be settled.
struct Begun {
    reservation: Reservation,
    entry: EntryId,
}

/// Sets the money aside and writes down what goes in; nothing where there is none, or where this was asked before.
async fn begin(core: &Core, summing: &Arc<Summing>) -> Result<Option<Begun>, DbError> {
    let (inside, summing) = (core.clone(), Arc::clone(summing));
    let work = move |tx: &mut Tx<'_>| {
        let settings = &summing.config.settings.ai;
        let model = voice::listed(&inside, settings);
        let reserve = Reserve {
            purpose: Purpose::Summary,
            payer: None,
            estimate: Estimate::of(&inside.prices, &model, &summing.request),
        };
        let (op, ids) = (&summing.op, inside.ids.as_ref());
        let reservation = match ai::reserve(tx, op, ids, &inside.budget(settings), &reserve) {
            Ok(reservation) if reservation.novelty == Novelty::Before => return Ok(None),
            Ok(reservation) => reservation,
            Err(BudgetError::Exhausted { .. }) => return Ok(None),
            Err(BudgetError::Store(error)) => return Err(error),
        };
        let entry = record(tx, &inside, op, &entry(&summing))?;
        Ok(Some(Begun { reservation, entry }))
    };
    core.database.write("summary-begin", work).await
}

fn entry(summing: &Summing) -> NewEntry {
    let due = &summing.due;
    let trigger = Trigger {
        channel: Some(due.channel),
        message: Some(due.through),
        ..Trigger::of(TriggerKind::Message)
    };
    let mut entry = NewEntry::new(Kind::Ai, "summarise", Outcome::Pending, trigger);
    let said = |turn: &memory::Turn| Said::by(turn.user, line(turn)).in_message(turn.message);
    entry.input.history = due.turns.iter().map(said).collect();
    entry.reasoning = Some(Said::by_nobody(why(due)));
    entry.prompt_version = Some(PROMPT_VERSION.to_owned());
    entry.config_revision = summing.config.revision.map(platform::Revision::get);
    entry
}

fn why(due: &SummaryDue) -> String {
    let count = due.turns.len();
    match &due.before {
        Some(before) => format!(
            "{count} older messages of the channel, and the summary up to message {}",
            before.through
        ),
        None => format!("{count} older messages of the channel"),
    }
}

/// What the model wrote.
struct Asked {
    actual: Actual,
    model: Option<String>,
    text: Result<String, String>,
}

async fn asked(core: &Core, summing: &Summing) -> Asked {
    let settings = &summing.config.settings.ai;
    let answer = match voice::voice(core, summing.op.guild, settings).await {
        Ok(model) => model.decide(&summing.request).await,
        Err(error) => Err(ai::Broken::before(error)),
    };
    match answer {
        Ok(decided) => Asked {
            model: Some(decided.by.model),
            actual: Actual::Answered {
                text: decided.text.clone(),
                claimed: decided.usage,
            },
            text: Ok(decided.text),
        },
        Err(broken) => Asked {
            actual: Actual::broken(&broken.error, &broken.text, broken.usage),
            model: broken.by.map(|by| by.model),
            text: Err(broken.error.to_string()),
        },
    }
}

/// Keeps the summary, and says how it ended.
fn end(
    tx: &mut Tx<'_>,
    core: &Core,
    summing: &Summing,
    begun: &Begun,
    asked: &Asked,
) -> Result<(), DbError> {
    let (op, due) = (&summing.op, &summing.due);
    let settled = ai::settle(tx, op, &begun.reservation, &asked.actual)?;
    let (outcome, how) = match &asked.text {
        Ok(text) => {
            let privacy = &summing.config.settings.privacy;
            match memory::summary_put(tx, op, privacy, due, text)? {
                Summed::Kept => (Outcome::Executed, "summed up".to_owned()),
                Summed::Stale => (
                    Outcome::Suppressed,
                    "dropped: words went or were changed meanwhile, or there were none".to_owned(),
                ),
            }
        }
        Err(error) => (Outcome::Error, error.clone()),
    };
    let conclusion = Conclusion {
        reasoning: Some(Said::by_nobody(format!("{}; {how}", why(due)))),
        model: asked.model.clone(),
        cost: Some(Cost {
            currency: "USD".to_owned(),
            micros: settled.micros,
        }),
        ..Conclusion::new(outcome)
    };
    conclude(tx, core, op, begun.entry, &conclusion)
}
