//! A message meets the rules of its guild: what hits is decided, recorded and owed in one transaction.
//!
//! A rule that acts opens a case, and one entry says why; a rule in the shadow makes an entry and nothing else. The same
//! message, or the same edit of it, is judged once.

use ai::Judgement;
use audit::{
    Confidence, Cost, Kind, NewEntry, NewInput, Outcome, RuleSeen, Said, Trigger, TriggerKind,
};
use chat::{IncomingMessage, Permissions};
use kernel::{Cause as EventCause, CauseKind, ChannelId, GuildId, Op, RoleId, Timestamp, UserId};
use moderation::{
    Action, Ask, CaseError, Dealt, Enforced, Hit, Message, Mode, Offence, Standing, Verdict,
    commands::log_card, enforce, judge, texts,
};
use store::{DbError, Tx, handled};

use super::{
    deeds::{self, owe_all, owe_card},
    noting::record,
};
use crate::{Core, outcome::Owing, surroundings::Surroundings};

/// What the rules made of a message.
#[derive(Debug, Default)]
pub(crate) struct Moderated {
    /// What is owed because of it.
    pub(crate) owing: Vec<Owing>,
    /// Whether the message goes away: then nobody else hears it.
    pub(crate) stopped: bool,
    /// What a model is still to be asked.
    pub(crate) asks: Vec<Ask>,
}

/// Judges a message, new or edited.
///
/// # Errors
/// When the database fails.
pub(crate) async fn moderate(
    core: &Core,
    guild: GuildId,
    message: &IncomingMessage,
    around: &Surroundings,
) -> Result<Moderated, DbError> {
    if !around.config.settings.moderation.enabled {
        return Ok(Moderated::default());
    }
    let verdict = verdict(core, guild, around, message);
    if verdict.hits.is_empty() {
        return Ok(Moderated {
            asks: verdict.asks,
            ..Moderated::default()
        });
    }
    let goes = |action: &Action| matches!(action, Action::Delete {} | Action::Hold {});
    let removes = verdict.actions.iter().any(goes);
    let decision = Decision {
        core: core.clone(),
        op: core.admission.event(guild, cause(message)),
        around: around.clone(),
        message: message.clone(),
        hits: verdict.hits,
        judged: None,
    };
    let work = move |tx: &mut Tx<'_>| decision.taken(tx);
    let taken = core.database.write("moderate", work).await?;
    let stopped = removes && taken.is_enforced;
    Ok(Moderated {
        owing: taken.owing,
        stopped,
        asks: if stopped { Vec::new() } else { verdict.asks },
    })
}

/// The event: an edit is one of its own.
fn cause(message: &IncomingMessage) -> EventCause {
    let id = match message.edited_at {
        Some(at) => format!("{}@{}", message.id, at.micros()),
        None => message.id.to_string(),
    };
    EventCause::new(CauseKind::Message, id)
}

fn verdict(
    core: &Core,
    guild: GuildId,
    around: &Surroundings,
    message: &IncomingMessage,
) -> Verdict {
    let texts = texts(message);
    let standing = standing(
        around,
        message.author,
        &message.roles,
        Some(message.channel),
    );
    let at = written_at(message, core.clock.now());
    match Message::of(message, &texts, standing, at) {
        Some(message) => core
            .floods
            .with(guild, |flood| judge(&around.config.rules, flood, &message)),
        None => Verdict::default(),
    }
}

/// When a message was written or, where it was edited, edited, which may be long ago where it had to wait. Clocks differ,
/// and nothing was written in the time to come.
fn written_at(message: &IncomingMessage, now: Timestamp) -> Timestamp {
    let edited_at = message.edited_at;
    edited_at.unwrap_or(message.id.made_at()).min(now)
}

/// Whether somebody with these roles may manage messages there, by what is known of the guild.
pub(crate) fn standing(
    around: &Surroundings,
    user: UserId,
    roles: &[RoleId],
    channel: Option<ChannelId>,
) -> Standing {
    let guild = around.guild.as_ref();
    let held = guild.map(|view| view.permissions(user, roles, channel));
    if held.is_some_and(|held| held.allow(Permissions::MANAGE_MESSAGES)) {
        Standing::Moderator
    } else {
        Standing::Member
    }
}

/// A message with what hit it.
pub(crate) struct Decision {
    pub(crate) core: Core,
    pub(crate) op: Op,
    pub(crate) around: Surroundings,
    pub(crate) message: IncomingMessage,
    pub(crate) hits: Vec<Hit>,
    /// The model that judged, where one did.
    pub(crate) judged: Option<Judged>,
}

/// Which model judged, and for how much.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    pub(crate) model: Option<String>,
    pub(crate) micros: i64,
}

/// What came of a decision's transaction.
#[derive(Debug, Default)]
struct Taken {
    owing: Vec<Owing>,
    /// Whether the rules are enforced in this guild: they may be switched off.
    is_enforced: bool,
}

impl Decision {
    fn taken(&self, tx: &mut Tx<'_>) -> Result<Taken, DbError> {
        if handled::handled_mark(tx, &self.op.cause, self.op.at)? == handled::Handled::Before {
            return Ok(Taken {
                owing: Vec::new(),
                is_enforced: true,
            });
        }
        self.core.tripwire.check("message");
        let (owing, is_enforced) = self.enforced(tx)?;
        Ok(Taken { owing, is_enforced })
    }

    /// Decides what hit, inside the transaction of an event that was not handled before; gives what is owed.
    pub(crate) fn decided(&self, tx: &mut Tx<'_>) -> Result<Vec<Owing>, DbError> {
        self.enforced(tx).map(|(owing, _)| owing)
    }

    fn enforced(&self, tx: &mut Tx<'_>) -> Result<(Vec<Owing>, bool), DbError> {
        let settings = &self.around.config.settings.moderation;
        let offence = Offence {
            message: self.message.id,
            channel: self.message.channel,
            user: self.message.author,
            text: self.message.text.clone(),
            hits: self.hits.clone(),
        };
        let ids = self.core.ids.as_ref();
        let enforced = enforce(tx, &self.op, ids, settings, &self.core.words, &offence);
        match enforced.map_err(faulty)? {
            Enforced::Off => Ok((Vec::new(), false)),
            Enforced::Noted => {
                self.note_all(tx)?;
                Ok((Vec::new(), true))
            }
            Enforced::Done(dealt) => {
                self.note_shadows(tx)?;
                Ok((self.dealt(tx, &dealt)?, true))
            }
        }
    }

    /// Records what was done, owes it, and posts its card.
    fn dealt(&self, tx: &mut Tx<'_>, dealt: &Dealt) -> Result<Vec<Owing>, DbError> {
        let cause = deeds::Cause {
            op: &self.op,
            reason: &dealt.case.reason,
            recent: &[],
        };
        let (mut owing, effects) = owe_all(tx, &self.core, &cause, &dealt.deeds)?;
        let acting = self.hits.iter().filter(|hit| hit.mode == Mode::Act);
        let action = action(dealt);
        let mut entry = self.entry(action, Outcome::Executed, 0, acting);
        entry.effects = effects;
        entry.case = Some(dealt.case.number);
        let entry = record(tx, &self.core, &self.op, &entry)?;
        let channel = self.around.config.settings.moderation.log_channel_id;
        for case in std::iter::once(&dealt.case).chain(&dealt.step) {
            let (words, locale) = (&self.core.words, &self.op.locale);
            let card = log_card(words, locale, case, Some(entry.get()));
            owing.extend(owe_card(tx, &self.core, &self.op, channel, Some(card))?);
        }
        Ok(owing)
    }

    /// Records hits that did nothing: each shadow rule's, and what only asked to be noted.
    fn note_all(&self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        self.note_shadows(tx)?;
        let acting: Vec<&Hit> = self
            .hits
            .iter()
            .filter(|hit| hit.mode == Mode::Act)
            .collect();
        if acting.is_empty() {
            return Ok(());
        }
        let entry = self.entry("log", Outcome::Executed, 0, acting.into_iter());
        record(tx, &self.core, &self.op, &entry).map(drop)
    }

    fn note_shadows(&self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        let shadows = self.hits.iter().filter(|hit| hit.mode == Mode::Shadow);
        for (ordinal, hit) in (0..).zip(shadows) {
            let entry = self.entry("shadow", Outcome::Suppressed, ordinal, std::iter::once(hit));
            record(tx, &self.core, &self.op, &entry)?;
        }
        Ok(())
    }

    fn entry<'h>(
        &self,
        action: &str,
        outcome: Outcome,
        ordinal: u32,
        hits: impl Iterator<Item = &'h Hit>,
    ) -> NewEntry {
        let hits: Vec<&Hit> = hits.collect();
        let author = self.message.author;
        let mut entry = NewEntry::new(Kind::Moderation, action, outcome, self.trigger());
        entry.ordinal = ordinal;
        entry.subject = Some(author);
        entry.input = NewInput {
            content: Some(Said::by(author, self.message.text.clone()).in_message(self.message.id)),
            ..NewInput::default()
        };
        entry.active_rules = self.active_rules();
        entry.rule = hits.first().map(|hit| hit.rule_id.clone());
        let matched = hits.iter().flat_map(|hit| &hit.matched);
        entry.matched = matched.map(|matched| matched.text.clone()).collect();
        let reasons: Vec<&str> = hits.iter().map(|hit| hit.reasoning.as_str()).collect();
        // A reason quotes what matched, and so holds the author's words.
        entry.reasoning = Some(Said::by(author, reasons.join("\n")));
        let surest = hits.iter().map(|hit| hit.confidence).fold(0.0, f64::max);
        entry.confidence = Confidence::of_share(surest);
        entry.config_revision = self.around.config.revision.map(platform::Revision::get);
        if let Some(judged) = &self.judged {
            entry.model.clone_from(&judged.model);
            entry.prompt_version = Some(ai::QUESTIONS_VERSION.to_owned());
            entry.cost = Some(Cost {
                currency: "USD".to_owned(),
                micros: judged.micros,
            });
        }
        entry
    }

    /// Records that a model's answer made no sense, and led to nothing.
    pub(crate) fn note_discarded(
        &self,
        tx: &mut Tx<'_>,
        rule: &str,
        why: &str,
    ) -> Result<(), DbError> {
        let mut entry = self.entry("judge", Outcome::Error, 0, std::iter::empty());
        entry.kind = Kind::Ai;
        entry.rule = Some(rule.to_owned());
        entry.reasoning = Some(Said::by_nobody(why));
        entry.confidence = None;
        record(tx, &self.core, &self.op, &entry).map(drop)
    }

    /// Records that a model found fault but was not sure enough, and that nothing was done.
    pub(crate) fn note_unsure(
        &self,
        tx: &mut Tx<'_>,
        rule: &str,
        judgement: &Judgement,
    ) -> Result<(), DbError> {
        let mut entry = self.entry("judge", Outcome::Suppressed, 0, std::iter::empty());
        entry.kind = Kind::Ai;
        entry.rule = Some(rule.to_owned());
        let why = format!("not sure enough to act: {}", judgement.reasoning);
        entry.reasoning = Some(Said::by(self.message.author, why));
        entry.confidence = Confidence::of_share(judgement.confidence);
        record(tx, &self.core, &self.op, &entry).map(drop)
    }

    fn trigger(&self) -> Trigger {
        let kind = match self.message.edited_at {
            Some(_) => TriggerKind::Edit,
            None => TriggerKind::Message,
        };
        Trigger {
            user: Some(self.message.author),
            channel: Some(self.message.channel),
            message: Some(self.message.id),
            ..Trigger::of(kind)
        }
    }

    fn active_rules(&self) -> Vec<RuleSeen> {
        let seen = |(id, name, mode): (&str, &str, Mode)| RuleSeen {
            id: id.to_owned(),
            name: name.to_owned(),
            mode: match mode {
                Mode::Act => "act".to_owned(),
                Mode::Shadow => "shadow".to_owned(),
            },
        };
        self.around.config.rules.active().map(seen).collect()
    }
}

/// What was done, in a word: the gravest of the deeds, else that it was warned.
fn action(dealt: &Dealt) -> &'static str {
    let kinds = ["ban", "kick", "timeout", "delete_message"];
    let done = |kind: &&&str| dealt.deeds.iter().any(|deed| deed.kind() == **kind);
    match kinds.iter().find(done) {
        Some(&"delete_message") => "delete",
        Some(kind) => kind,
        None => "warn",
    }
}

/// A case that can't be written for another reason than the database is a defect, and fails the whole decision.
pub(crate) fn faulty(error: CaseError) -> DbError {
    match error {
        CaseError::Store(error) => error,
        other => DbError::Rejected {
            statement: "moderation.enforce".to_owned(),
            reason: other.to_string(),
        },
    }
}
