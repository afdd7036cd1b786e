//! A model judges a message against rules in plain words: after the rules that need no model, and late.
//!
//! The money is set aside first, from the guild's budget alone. What the model answers is read to the letter; what it
//! leads to is decided like any other hit, and never more than can be taken back. Where it finds nothing, nothing was
//! decided; what it was too unsure of, or what made no sense, makes an entry and nothing else.

use ai::{Actual, BudgetError, Discarded, Estimate, Judgement, Novelty, Purpose, Request, Reserve};
use chat::IncomingMessage;
use kernel::{Cause, CauseKind, GuildId, Op};
use moderation::Ask;
use store::{DbError, Tx, handled};

use super::{
    moderate::{Decision, Judged},
    voice,
};
use crate::{Core, outcome::Owing, surroundings::Surroundings};

/// The most characters of a message that are judged.
const JUDGED_MAX: usize = 4_000;

/// Has one rule's question answered about a message; gives what is owed because of it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn adjudge(
    core: &Core,
    guild: GuildId,
    message: &IncomingMessage,
    around: &Surroundings,
    ask: &Ask,
) -> Result<Vec<Owing>, DbError> {
    let words: Vec<&str> = message.texts().filter(|text| !text.is_empty()).collect();
    let words: String = words.join("\n").chars().take(JUDGED_MAX).collect();
    let request = Request {
        deadline: core.answer_within,
        ..Request::judgement(ask.rules.clone(), words)
    };
    let op = core.admission.event(guild, cause(message, &ask.rule_id));
    let Some(reservation) = reserved(core, &op, around, &request).await? else {
        return Ok(Vec::new());
    };
    let asked = asked(core, guild, around, &request).await;
    let judging = Judging {
        core: core.clone(),
        op,
        around: around.clone(),
        message: message.clone(),
        rule_id: ask.rule_id.clone(),
        reservation,
        asked,
    };
    let work = move |tx: &mut Tx<'_>| judging.taken(tx);
    core.database.write("adjudge", work).await
}

/// A message, or one edit of it, and one rule: judged once.
fn cause(message: &IncomingMessage, rule: &str) -> Cause {
    let id = match message.edited_at {
        Some(at) => format!("{}@{}?{rule}", message.id, at.micros()),
        None => format!("{}?{rule}", message.id),
    };
    Cause::new(CauseKind::Message, id)
}

/// Sets the money aside; nothing where there is none, or where this was asked before.
async fn reserved(
    core: &Core,
    op: &Op,
    around: &Surroundings,
    request: &Request,
) -> Result<Option<ai::Reservation>, DbError> {
    let settings = &around.config.settings.ai;
    let model = voice::listed(core, settings);
    let reserve = Reserve {
        purpose: Purpose::Judgement,
        payer: None,
        estimate: Estimate::of(&core.prices, &model, request),
    };
    let (inside, op, budget) = (core.clone(), op.clone(), core.budget(settings));
    let work =
        move |tx: &mut Tx<'_>| match ai::reserve(tx, &op, inside.ids.as_ref(), &budget, &reserve) {
            Ok(reservation) if reservation.novelty == Novelty::Before => Ok(None),
            Ok(reservation) => Ok(Some(reservation)),
            Err(BudgetError::Exhausted { .. }) => {
                metrics::counter!("guildhall_judgements_skipped_total", "why" => "budget")
                    .increment(1);
                Ok(None)
            }
            Err(BudgetError::Store(error)) => Err(error),
        };
    core.database.write("adjudge-reserve", work).await
}

/// What the model said.
struct Asked {
    actual: Actual,
    model: Option<String>,
    judgement: Option<Result<Judgement, Discarded>>,
}

async fn asked(core: &Core, guild: GuildId, around: &Surroundings, request: &Request) -> Asked {
    let answer = match voice::voice(core, guild, &around.config.settings.ai).await {
        Ok(model) => model.decide(request).await,
        Err(error) => Err(ai::Broken::before(error)),
    };
    match answer {
        Ok(decided) => Asked {
            judgement: Some(Judgement::read(&decided.text)),
            model: Some(decided.by.model),
            actual: Actual::Answered {
                text: decided.text,
                claimed: decided.usage,
            },
        },
        Err(broken) => {
            metrics::counter!("guildhall_judgements_skipped_total", "why" => "model").increment(1);
            tracing::info!(%guild, error = %broken.error, "a message was not judged; the other rules hold");
            Asked {
                actual: Actual::broken(&broken.error, &broken.text, broken.usage),
                model: broken.by.map(|by| by.model),
                judgement: None,
            }
        }
    }
}

/// A judgement on its way into the database.
struct Judging {
    core: Core,
    op: Op,
    around: Surroundings,
    message: IncomingMessage,
    rule_id: String,
    reservation: ai::Reservation,
    asked: Asked,
}

impl Judging {
    fn taken(&self, tx: &mut Tx<'_>) -> Result<Vec<Owing>, DbError> {
        if handled::handled_mark(tx, &self.op.cause, self.op.at)? == handled::Handled::Before {
            return Ok(Vec::new());
        }
        self.core.tripwire.check("adjudge");
        let settled = ai::settle(tx, &self.op, &self.reservation, &self.asked.actual)?;
        let judged = Judged {
            model: self.asked.model.clone(),
            micros: settled.micros,
        };
        match &self.asked.judgement {
            None => Ok(Vec::new()),
            Some(Err(discarded)) => {
                let decision = self.decision(Vec::new(), judged);
                decision.note_discarded(tx, &self.rule_id, &discarded.to_string())?;
                Ok(Vec::new())
            }
            Some(Ok(judgement)) => self.decided(tx, judgement, judged),
        }
    }

    fn decided(
        &self,
        tx: &mut Tx<'_>,
        judgement: &Judgement,
        judged: Judged,
    ) -> Result<Vec<Owing>, DbError> {
        let answer = moderation::Answer {
            violates: judgement.violates,
            rule: judgement.rule.clone(),
            confidence: judgement.confidence,
            reasoning: judgement.reasoning.clone(),
        };
        let settings = &self.around.config.settings.moderation;
        match moderation::judgement(settings, &self.rule_id, &answer) {
            Some(hit) => self.decision(vec![hit], judged).decided(tx),
            None if judgement.violates => {
                let decision = self.decision(Vec::new(), judged);
                decision.note_unsure(tx, &self.rule_id, judgement)?;
                Ok(Vec::new())
            }
            None => Ok(Vec::new()),
        }
    }

    fn decision(&self, hits: Vec<moderation::Hit>, judged: Judged) -> Decision {
        Decision {
            core: self.core.clone(),
            op: self.op.clone(),
            around: self.around.clone(),
            message: self.message.clone(),
            hits,
            judged: Some(judged),
        }
    }
}
