//! What came of an answer: its outcome and cost, the last of its words, and what of it is kept.

use ai::{Actual, Awaited, ModelError};
use audit::{Conclusion, Cost, NewEffect, Outcome, Said};
use bots::{AnswerState, Silence, fallback};
use chat::{Edit, Effect, Reply, pieces};
use memory::{NewTurn, Speaker};
use store::{DbError, Tx};

use super::{Talk, provisional, speak::Spoken};
use crate::{
    Core,
    flows::noting::conclude,
    outcome::{Owing, owe},
    promise::Promise,
};

/// Records an answer, once; gives what is owed because of it.
pub(super) fn record(
    tx: &mut Tx<'_>,
    core: &Core,
    talk: &Talk,
    spoken: &Spoken,
    promise: Option<&Promise>,
) -> Result<Vec<Owing>, DbError> {
    let ended = Ended::of(core, talk, spoken);
    if !bots::answer_finish(tx, talk.op.guild, talk.answer, ended.state)? {
        return Ok(Vec::new());
    }
    let settled = ai::settle(tx, &talk.op, &talk.reservation, &actual(spoken))?;
    let owing = owed(tx, core, talk, spoken, promise, &ended)?;
    let conclusion = conclusion(spoken, &ended, settled.micros, &owing);
    conclude(tx, core, &talk.op, talk.entry, &conclusion)?;
    let shown: Vec<_> = spoken.shown.iter().map(|shown| shown.message).collect();
    bots::answer_sent(tx, talk.op.guild, talk.answer, &shown)?;
    for message in &shown {
        audit::message_made(tx, talk.op.guild, talk.entry, *message)?;
    }
    if ended.state == AnswerState::Done {
        keep(tx, talk, spoken, &ended)?;
    }
    Ok(owing)
}

/// How an answer ended, and what is to stand there.
struct Ended {
    state: AnswerState,
    outcome: Outcome,
    text: String,
    why: String,
}

impl Ended {
    fn of(core: &Core, talk: &Talk, spoken: &Spoken) -> Self {
        let persona = &talk.config.settings.persona;
        let say = |why| fallback(&core.words, &talk.op.locale, persona, why);
        let why = format!("triggered by {}", talk.question.trigger.name());
        match (&spoken.end, spoken.text.is_empty()) {
            (Ok(_), false) => Self {
                state: AnswerState::Done,
                outcome: Outcome::Executed,
                text: spoken.text.clone(),
                why,
            },
            (Ok(_), true) => Self {
                state: AnswerState::Fallback,
                outcome: Outcome::Error,
                text: say(Silence::Empty),
                why: format!("{why}; the model wrote nothing that can be shown"),
            },
            (Err(error), true) => Self {
                state: AnswerState::Fallback,
                outcome: Outcome::Error,
                text: say(silence(error)),
                why: format!("{why}; {error}"),
            },
            (Err(error), false) => Self {
                state: AnswerState::Interrupted,
                outcome: Outcome::Error,
                text: format!("{} …\n-# {}", spoken.text, say(Silence::Interrupted)),
                why: format!("{why}; {error}"),
            },
        }
    }
}

const fn silence(error: &ModelError) -> Silence {
    match error {
        ModelError::Timeout {
            awaited: Awaited::First | Awaited::Whole,
            ..
        } => Silence::Slow,
        ModelError::TooLong { .. } => Silence::Empty,
        ModelError::RateLimited { .. } => Silence::Busy,
        _ => Silence::Away,
    }
}

fn actual(spoken: &Spoken) -> Actual {
    match &spoken.end {
        Ok(_) => Actual::Answered {
            text: spoken.raw.clone(),
            claimed: spoken.usage,
        },
        Err(error) => Actual::broken(error, &spoken.raw, spoken.usage),
    }
}

/// What must still happen, so that the whole of it can be seen.
fn owed(
    tx: &mut Tx<'_>,
    core: &Core,
    talk: &Talk,
    spoken: &Spoken,
    promise: Option<&Promise>,
    ended: &Ended,
) -> Result<Vec<Owing>, DbError> {
    if let Some(promise) = promise {
        let reply = match (ended.state, spoken.shown.is_empty()) {
            (AnswerState::Fallback, true) => Reply::private(ended.text.clone()),
            _ => Reply::public(ended.text.clone()),
        };
        return Ok(vec![promise.keep(tx, core, &talk.op, reply)?]);
    }
    if ended.state == AnswerState::Fallback
        && spoken.shown.is_empty()
        && !talk.question.trigger.is_asked_for()
    {
        return Ok(Vec::new());
    }
    let effects = missing(talk, spoken, &ended.text);
    let owe = |effect| owe(tx, core, &talk.op, effect);
    effects.into_iter().map(owe).collect()
}

/// What is shown and differs is edited; what is not shown yet is posted, all of it as one, so that it keeps its order.
fn missing(talk: &Talk, spoken: &Spoken, text: &str) -> Vec<Effect> {
    let parts = pieces(text);
    let mut effects = Vec::new();
    for (shown, part) in spoken.shown.iter().zip(&parts) {
        if shown.text != *part {
            effects.push(Effect::Edit(Edit {
                channel: talk.question.channel,
                message: shown.message,
                reply: Reply::public(part),
            }));
        }
    }
    let place = spoken.shown.len();
    let rest: Vec<&str> = parts.iter().skip(place).map(String::as_str).collect();
    if !rest.is_empty() {
        effects.push(talk.post(place, &rest.join("\n")));
    }
    effects
}

fn conclusion(spoken: &Spoken, ended: &Ended, micros: i64, owing: &[Owing]) -> Conclusion {
    let mut why = ended.why.clone();
    if !spoken.changes.is_empty() {
        let changes: Vec<&str> = spoken.changes.iter().map(|change| change.name()).collect();
        why = format!("{why}; changed before it was shown: {}", changes.join(", "));
    }
    let effects = owing.iter().map(|owing| NewEffect {
        owed: owing.id,
        kind: owing.effect.kind().to_owned(),
    });
    Conclusion {
        answer: Some(ended.text.clone()),
        reasoning: Some(Said::by_nobody(why)),
        model: spoken.by.as_ref().map(|by| by.model.clone()),
        cost: Some(Cost {
            currency: "USD".to_owned(),
            micros,
        }),
        effects: effects.collect(),
        ..Conclusion::new(ended.outcome)
    }
}

/// Keeps what the persona said, as part of the talk with whom it answered.
fn keep(tx: &mut Tx<'_>, talk: &Talk, spoken: &Spoken, ended: &Ended) -> Result<(), DbError> {
    let kept_as = spoken.shown.first().map(|shown| shown.message);
    let asked = talk.question.via.place().to_column();
    let Some(message) = kept_as.or_else(|| provisional(asked)) else {
        return Ok(());
    };
    let settings = &talk.config.settings;
    let turn = NewTurn {
        message,
        place: talk.place,
        speaker: Speaker::Bot,
        user: talk.question.asker,
        name: settings.persona.shown_name().to_owned(),
        text: ended.text.clone(),
    };
    memory::say(tx, &talk.op, &settings.memory, &settings.privacy, &turn).map(drop)
}
