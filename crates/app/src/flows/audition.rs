//! A persona that is not in force answers its owner, so that they hear it before anybody else does; and what it would
//! cost. Nothing of the talk is kept, posted or learnt. The money is counted like that of any answer.

use ai::{Actual, BudgetError, Estimate, Known, Novelty, Purpose, Request, Reserve, Whose};
use bots::{Material, Settings, Silence, Stage, polished};
use kernel::{GuildId, Op, UserId};
use store::{DbError, Tx};

use super::voice;
use crate::{Core, GuildConfig};

/// Days over which the traffic is looked at.
pub const FORECAST_DAYS: i64 = 7;

/// What a persona said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auditioned {
    /// Its words, or why there are none.
    pub words: Result<String, String>,
    /// What that cost, in millionths of a dollar.
    pub micros: i64,
}

/// What a persona would cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    /// Answers of the last [`FORECAST_DAYS`] days.
    pub answers: i64,
    /// What they cost.
    pub micros: i64,
    /// What one answer may cost at most with this persona.
    pub answer_most_micros: i64,
    /// What the whole server may spend in a day.
    pub day_cap_micros: i64,
}

impl Forecast {
    /// What a month would cost at the traffic of the last days; nothing where there was none.
    #[must_use]
    pub const fn month_micros(&self) -> Option<i64> {
        if self.answers == 0 {
            return None;
        }
        Some(self.micros.saturating_mul(30) / FORECAST_DAYS)
    }
}

/// Has a persona answer one message of its owner.
///
/// # Errors
/// When the database fails.
pub async fn audition(
    core: &Core,
    op: Op,
    persona: Settings,
    asker: (UserId, String),
    text: String,
) -> Result<Auditioned, DbError> {
    let config = core.config(op.guild).await?;
    let request = request(core, op.guild, &persona, &asker.1, &text);
    let silent = |why| bots::fallback(&core.words, &op.locale, &persona, why);
    let reservation = match reserved(core, &op, &config, &request).await? {
        Ok(reservation) => reservation,
        Err(why) => {
            return Ok(Auditioned {
                words: Err(silent(why)),
                micros: 0,
            });
        }
    };
    let answer = match voice::voice(core, op.guild, &config.settings.ai).await {
        Ok(model) => model.decide(&request).await,
        Err(error) => Err(ai::Broken::before(error)),
    };
    let (actual, words) = match answer {
        Ok(decided) => {
            let stage = Stage {
                guild: op.guild,
                asker: asker.0,
                asker_name: &asker.1,
            };
            let shown = polished(&decided.text, &stage).text;
            let words = (!shown.trim().is_empty()).then_some(shown);
            let actual = Actual::Answered {
                text: decided.text,
                claimed: decided.usage,
            };
            (actual, words.ok_or_else(|| silent(Silence::Empty)))
        }
        Err(broken) => {
            let actual = Actual::broken(&broken.error, &broken.text, broken.usage);
            (actual, Err(silent(Silence::Away)))
        }
    };
    let settle = {
        let op = op.clone();
        move |tx: &mut Tx<'_>| ai::settle(tx, &op, &reservation, &actual)
    };
    let settled = core.database.write("audition-settle", settle).await?;
    Ok(Auditioned {
        words,
        micros: settled.micros,
    })
}

fn request(core: &Core, guild: GuildId, persona: &Settings, asker: &str, text: &str) -> Request {
    let material = Material {
        question: text.to_owned(),
        ..Material::default()
    };
    let prompt = bots::prompt(persona, 0, &material);
    let mut known = vec![Known::new("asker", asker)];
    if let Some(server) = core.guilds.known(guild) {
        known.push(Known::new("server", server.name));
    }
    Request {
        persona: Some(ai::Persona {
            name: persona.shown_name().to_owned(),
            preset: persona.preset.clone(),
        }),
        known,
        tokens_max: u32::try_from(persona.answer_tokens_max).unwrap_or(600),
        deadline: core.answer_within,
        ..Request::answer(prompt.system, text)
    }
}

/// Sets the money aside, or says why there is none.
async fn reserved(
    core: &Core,
    op: &Op,
    config: &GuildConfig,
    request: &Request,
) -> Result<Result<ai::Reservation, Silence>, DbError> {
    let settings = &config.settings.ai;
    let reserve = Reserve {
        purpose: Purpose::Answer,
        payer: op.member(),
        estimate: Estimate::of(&core.prices, &voice::listed(core, settings), request),
    };
    let (inside, op, budget) = (core.clone(), op.clone(), core.budget(settings));
    let work =
        move |tx: &mut Tx<'_>| match ai::reserve(tx, &op, inside.ids.as_ref(), &budget, &reserve) {
            // The same form again is no second question.
            Ok(reservation) if reservation.novelty == Novelty::Before => Ok(Err(Silence::Busy)),
            Ok(reservation) => Ok(Ok(reservation)),
            Err(BudgetError::Exhausted { whose, .. }) => Ok(Err(match whose {
                Whose::Guild => Silence::Spent,
                Whose::Member => Silence::MemberSpent,
            })),
            Err(BudgetError::Store(error)) => Err(error),
        };
    core.database.write("audition-reserve", work).await
}

/// What a persona would cost, by the traffic of the last days.
///
/// # Errors
/// When the database fails.
pub async fn forecast(
    core: &Core,
    guild: GuildId,
    persona: &Settings,
) -> Result<Forecast, DbError> {
    let config = core.config(guild).await?;
    let settings = &config.settings.ai;
    // As long as a message may be on Discord.
    let request = request(core, guild, persona, "somebody", &"a word ".repeat(285));
    let most = Estimate::of(&core.prices, &voice::listed(core, settings), &request);
    let today = ai::day_of(core.clock.now());
    let first = today - FORECAST_DAYS + 1;
    let read = move |tx: &mut Tx<'_>| ai::spent_models(tx, guild, first, today);
    let models = core.database.read("persona-forecast", read).await?;
    let answers = models.iter();
    let answers = answers.filter(|(purpose, ..)| purpose == Purpose::Answer.name());
    let (count, micros) = answers.fold((0, 0), |(count, micros): (i64, i64), (.., spent)| {
        (
            count.saturating_add(spent.requests),
            micros.saturating_add(spent.micros),
        )
    });
    Ok(Forecast {
        answers: count,
        micros,
        answer_most_micros: most.reserved_micros(),
        day_cap_micros: core.budget(settings).guild_day_micros,
    })
}
