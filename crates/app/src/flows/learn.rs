//! After a talk, a model is asked what the asker said about themselves or the server, and what fits is kept.
//!
//! The answer is read to the letter: what is anything else is discarded, and an entry says so. What was kept, joined,
//! replaced or refused stands in the entry too. Where nothing was said that lasts, nothing was decided.

use std::sync::Arc;

use ai::{Actual, BudgetError, Discarded, Estimate, Fact, Novelty, Purpose, Request, Reserve};
use audit::{Cost, Kind, NewEntry, NewInput, Outcome, Remembered, Said, Trigger, TriggerKind};
use kernel::{GuildId, MessageId, Op, UserId};
use memory::{Learnt, Lesson, NewFact, Origin, Place, Subject};
use store::{DbError, Tx};

use super::{noting::record, voice};
use crate::{Core, GuildConfig};

/// The most tokens of a list of facts.
const FACTS_TOKENS_MAX: u32 = 500;

/// What somebody said, from which something may be learnt.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) op: Op,
    pub(crate) config: Arc<GuildConfig>,
    pub(crate) teacher: UserId,
    pub(crate) teacher_name: String,
    pub(crate) others: Vec<String>,
    pub(crate) place: Place,
    pub(crate) message: Option<MessageId>,
    pub(crate) text: String,
}

impl Source {
    const fn guild(&self) -> GuildId {
        self.op.guild
    }
}

/// Learns from what somebody said. What goes wrong ends the lesson and nothing else.
pub(crate) async fn learn(core: &Core, source: &Source) {
    let settings = &source.config.settings;
    if !settings.memory.enabled || !settings.memory.learn || source.text.trim().is_empty() {
        return;
    }
    if let Err(error) = learnt(core, source).await {
        tracing::warn!(correlation = %source.op.correlation, %error, "a talk taught nothing");
    }
}

async fn learnt(core: &Core, source: &Source) -> Result<(), DbError> {
    let request = Request {
        tokens_max: FACTS_TOKENS_MAX,
        deadline: core.answer_within,
        ..Request::facts(source.text.clone())
    };
    let Some(reservation) = reserved(core, source, &request).await? else {
        return Ok(());
    };
    let asked = asked(core, source, &request).await;
    let (inside, source) = (core.clone(), source.clone());
    let work = move |tx: &mut Tx<'_>| {
        let settled = ai::settle(tx, &source.op, &reservation, &asked.actual)?;
        taught(tx, &inside, &source, &asked, settled.micros)
    };
    core.database.write("learn", work).await
}

/// Sets the money aside; nothing where there is none, where this was asked before, or where the member opted out.
async fn reserved(
    core: &Core,
    source: &Source,
    request: &Request,
) -> Result<Option<ai::Reservation>, DbError> {
    let (inside, source, request) = (core.clone(), source.clone(), request.clone());
    let work = move |tx: &mut Tx<'_>| {
        if memory::is_silent(tx, source.guild(), source.teacher)? {
            return Ok(None);
        }
        let settings = &source.config.settings.ai;
        let model = voice::listed(&inside, settings);
        let reserve = Reserve {
            purpose: Purpose::Facts,
            payer: Some(source.teacher),
            estimate: Estimate::of(&inside.prices, &model, &request),
        };
        let ids = inside.ids.as_ref();
        match ai::reserve(tx, &source.op, ids, &inside.budget(settings), &reserve) {
            Ok(reservation) if reservation.novelty == Novelty::Before => Ok(None),
            Ok(reservation) => Ok(Some(reservation)),
            Err(BudgetError::Exhausted { .. }) => Ok(None),
            Err(BudgetError::Store(error)) => Err(error),
        }
    };
    core.database.write("learn-reserve", work).await
}

/// What a model found.
struct Asked {
    actual: Actual,
    model: Option<String>,
    found: Result<Vec<Fact>, Discarded>,
}

async fn asked(core: &Core, source: &Source, request: &Request) -> Asked {
    let answer = match voice::voice(core, source.guild(), &source.config.settings.ai).await {
        Ok(model) => model.decide(request).await,
        Err(error) => Err(ai::Broken::before(error)),
    };
    match answer {
        Ok(decided) => Asked {
            found: Fact::read_all(&decided.text),
            model: Some(decided.by.model),
            actual: Actual::Answered {
                text: decided.text,
                claimed: decided.usage,
            },
        },
        Err(broken) => {
            // That a provider is away was said in the answer; here it only means that nothing is learnt.
            tracing::info!(correlation = %source.op.correlation, error = %broken.error, "no facts were found");
            Asked {
                actual: Actual::broken(&broken.error, &broken.text, broken.usage),
                model: broken.by.map(|by| by.model),
                found: Ok(Vec::new()),
            }
        }
    }
}

fn taught(
    tx: &mut Tx<'_>,
    core: &Core,
    source: &Source,
    asked: &Asked,
    micros: i64,
) -> Result<(), DbError> {
    let mut entry = match &asked.found {
        Ok(facts) if facts.is_empty() => return Ok(()),
        Ok(facts) => {
            let settings = &source.config.settings;
            let lesson = lesson(source, facts);
            let ids = core.ids.as_ref();
            let learnt = memory::learn(
                tx,
                &source.op,
                ids,
                &settings.memory,
                &settings.privacy,
                &lesson,
            )?;
            if learnt.is_empty() {
                return Ok(());
            }
            kept(source, &learnt)
        }
        Err(discarded) => {
            let mut entry = NewEntry::new(Kind::Ai, "learn", Outcome::Error, trigger(source));
            entry.reasoning = Some(Said::by_nobody(discarded.to_string()));
            entry
        }
    };
    entry.subject = Some(source.teacher);
    entry.model.clone_from(&asked.model);
    entry.prompt_version = Some(ai::QUESTIONS_VERSION.to_owned());
    entry.config_revision = source.config.revision.map(platform::Revision::get);
    entry.cost = Some(Cost {
        currency: "USD".to_owned(),
        micros,
    });
    record(tx, core, &source.op, &entry).map(drop)
}

fn lesson(source: &Source, facts: &[Fact]) -> Lesson {
    let new = |fact: &Fact| NewFact {
        text: fact.text.clone(),
        subject: match fact.subject {
            ai::Subject::Member => Subject::Member,
            ai::Subject::Guild => Subject::Guild,
        },
        confidence: fact.confidence,
        importance: NewFact::IMPORTANCE_SAID,
    };
    Lesson {
        teacher: source.teacher,
        teacher_name: source.teacher_name.clone(),
        others: source.others.clone(),
        place: source.place,
        source: source.message,
        origin: Origin::Said,
        facts: facts.iter().map(new).collect(),
    }
}

fn trigger(source: &Source) -> Trigger {
    Trigger {
        user: Some(source.teacher),
        channel: Some(source.place.channel),
        message: source.message,
        ..Trigger::of(TriggerKind::Message)
    }
}

/// What was learnt, in an entry of its own.
fn kept(source: &Source, learnt: &[Learnt]) -> NewEntry {
    let is_kept = learnt.iter().any(|one| one.fact().is_some());
    let outcome = if is_kept {
        Outcome::Executed
    } else {
        Outcome::Suppressed
    };
    let mut entry = NewEntry::new(Kind::Ai, "learn", outcome, trigger(source));
    let content = Said::by(source.teacher, source.text.clone());
    entry.input = NewInput {
        content: Some(match source.message {
            Some(message) => content.in_message(message),
            None => content,
        }),
        memories: learnt
            .iter()
            .filter_map(Learnt::fact)
            .map(remembered)
            .collect(),
        ..NewInput::default()
    };
    let lines: Vec<String> = learnt.iter().map(told).collect();
    entry.reasoning = Some(Said::by(source.teacher, lines.join("\n")));
    entry
}

fn remembered(fact: &memory::Fact) -> Remembered {
    Remembered {
        id: fact.id.to_string(),
        about: (fact.subject == Subject::Member).then_some(fact.user),
        text: fact.text.clone(),
    }
}

/// What became of each, without its words: whoever reads why may not read what others told. The words stand with the
/// memories of the entry, for those whom they are about.
fn told(learnt: &Learnt) -> String {
    match learnt {
        Learnt::Kept(fact) => format!("memory {} is kept", fact.id),
        Learnt::Joined(fact) => format!("memory {} was known already", fact.id),
        Learnt::Replaced { fact, old } => format!("memory {} is kept in place of {old}", fact.id),
        Learnt::Refused { why, .. } => format!("one was not kept ({})", why.name()),
    }
}
