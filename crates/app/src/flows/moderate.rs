//! A message meets the rules of its guild: what hits is decided, recorded and owed in one transaction.
//!
//! A rule that acts opens a case, and one entry says why; a rule in the shadow makes an entry and nothing else. The same
//! message, or the same edit of it, is judged once.

use audit::{Confidence, Kind, NewEntry, NewInput, Outcome, RuleSeen, Said, Trigger, TriggerKind};
use chat::{IncomingMessage, Permissions};
use kernel::{Cause as EventCause, CauseKind, GuildId, Op};
use moderation::{
    CaseError, Dealt, Enforced, Hit, Message, Mode, Offence, Standing, Verdict, commands::log_card,
    enforce, judge, texts,
};
use store::{DbError, Tx, handled};

use super::{
    deeds::{self, owe_all, owe_card},
    noting::record,
};
use crate::{Core, outcome::Owing, surroundings::Surroundings};

/// Judges a message, new or edited; gives what is owed because of it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn moderate(
    core: &Core,
    guild: GuildId,
    message: &IncomingMessage,
) -> Result<Vec<Owing>, DbError> {
    let around = Surroundings::of(core, guild).await?;
    if !around.config.settings.moderation.enabled {
        return Ok(Vec::new());
    }
    let verdict = verdict(core, guild, &around, message);
    if verdict.hits.is_empty() {
        return Ok(Vec::new());
    }
    let op = core.admission.event(guild, cause(message));
    let decision = Decision {
        core: core.clone(),
        op,
        around,
        message: message.clone(),
        hits: verdict.hits,
    };
    core.database
        .write("moderate", move |tx| decision.taken(tx))
        .await
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
    let standing = standing(around, message);
    let now = core.clock.now();
    match Message::of(message, &texts, standing, now) {
        Some(message) => core
            .floods
            .with(guild, |flood| judge(&around.config.rules, flood, &message)),
        None => Verdict::default(),
    }
}

/// Whether the author may manage messages there, by what is known of the guild.
fn standing(around: &Surroundings, message: &IncomingMessage) -> Standing {
    let held = around
        .guild
        .as_ref()
        .map(|view| view.permissions(message.author, &message.roles, Some(message.channel)));
    if held.is_some_and(|held| held.allow(Permissions::MANAGE_MESSAGES)) {
        Standing::Moderator
    } else {
        Standing::Member
    }
}

/// A message with what hit it.
struct Decision {
    core: Core,
    op: Op,
    around: Surroundings,
    message: IncomingMessage,
    hits: Vec<Hit>,
}

impl Decision {
    fn taken(&self, tx: &mut Tx<'_>) -> Result<Vec<Owing>, DbError> {
        if handled::handled_mark(tx, &self.op.cause, self.op.at)? == handled::Handled::Before {
            return Ok(Vec::new());
        }
        self.core.tripwire.check("message");
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
            Enforced::Off => Ok(Vec::new()),
            Enforced::Noted => {
                self.note_all(tx)?;
                Ok(Vec::new())
            }
            Enforced::Done(dealt) => {
                self.note_shadows(tx)?;
                self.dealt(tx, &dealt)
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
            let card = log_card(words, locale, case, Some(&entry.to_string()));
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
        entry
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
