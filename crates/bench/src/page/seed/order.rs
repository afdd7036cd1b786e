//! Cases: most of rules, some of moderators with notes, and messages that wait for a moderator.

use std::sync::Arc;

use anyhow::Result;
use kernel::{MessageId, Span, Words};
use moderation::{
    Action, CaseError, CaseKind, Hit, Matched, Mode, Offence, OpenCase, Part, Settings,
};
use store::{Database, Tx};

use super::{Seeding, known};

/// Cases of one transaction.
const CHUNK: u32 = 500;
/// Causes of cases are numbered from here on, apart from all others.
const FIRST: u64 = 600_000_000_000_000_000;
/// Messages that wait for a moderator.
const WAITING: u32 = 60;
/// One in so many cases was opened by a moderator, who wrote a note.
const MODERATED_EVERY: u32 = 6;

/// Opens all of them; gives the number of one in the middle.
pub(super) async fn cases(seeding: &Seeding, database: &Database) -> Result<i64> {
    let count = seeding.size.cases;
    for first in (0..count).step_by(CHUNK as usize) {
        let openings: Arc<Vec<_>> = Arc::new(
            (first..count.min(first + CHUNK))
                .map(|number| opening(seeding, number))
                .collect(),
        );
        let ids = Arc::clone(&seeding.ids);
        let write = move |tx: &mut Tx<'_>| {
            for (op, open) in openings.iter() {
                let (_, case) = moderation::case_open(tx, op, open)?;
                if open.kind != CaseKind::Automod {
                    moderation::case_note(tx, op, ids.as_ref(), case.number, "They said sorry.")?;
                }
            }
            Ok(())
        };
        database
            .write::<_, CaseError, _>("bench.cases", write)
            .await?;
    }
    waiting(seeding, database).await?;
    Ok(i64::from(count / 2).max(1))
}

fn opening(seeding: &Seeding, number: u32) -> (kernel::Op, OpenCase) {
    let at = seeding.moment(number, seeding.size.cases);
    let (user, moderator) = (seeding.somebody(number % 1_500), seeding.town.owner);
    let op = seeding.op(moderator, FIRST + u64::from(number), at);
    if number.is_multiple_of(MODERATED_EVERY) {
        let kind = if number.is_multiple_of(4) {
            CaseKind::Timeout
        } else {
            CaseKind::Warn
        };
        let reason = "After the third time of being asked not to.".to_owned();
        return (op, OpenCase::plain(kind, user, reason));
    }
    let rule = number % known::RULES;
    let message = MessageId::new(FIRST + u64::from(number)).ok();
    let open = OpenCase {
        points: 1,
        rule_id: Some(known::rule_id(rule)),
        message: message.map(|message| (seeding.town.channel, message)),
        found: Some((vec![hit(rule)], at + Span::days(30))),
        ..OpenCase::plain(CaseKind::Automod, user, known::rule_name(rule))
    };
    (op, open)
}

fn hit(rule: u32) -> Hit {
    Hit {
        rule_id: known::rule_id(rule),
        name: known::rule_name(rule),
        trigger: "words".to_owned(),
        mode: Mode::Act,
        matched: vec![Matched {
            part: Part::Content,
            start: 0,
            end: 8,
            text: format!("word{rule}x3"),
        }],
        actions: vec![Action::Hold {}],
        reasoning: "It is on the list.".to_owned(),
        confidence: 1.0,
        messages: Vec::new(),
    }
}

/// Has messages held until a moderator looks.
async fn waiting(seeding: &Seeding, database: &Database) -> Result<()> {
    let words: Arc<Words> = Arc::new(app::words()?);
    let mut held = Vec::new();
    for number in 0..WAITING {
        let user = seeding.somebody(number);
        let cause = FIRST + u64::from(seeding.size.cases + number);
        let offence = Offence {
            message: MessageId::new(cause)?,
            channel: seeding.town.channel,
            user,
            text: format!("word1x3 said {number} times is a message that waits"),
            hits: vec![hit(1)],
        };
        held.push((seeding.op(user, cause, seeding.now), offence));
    }
    let (ids, settings) = (Arc::clone(&seeding.ids), Settings::default());
    let write = move |tx: &mut Tx<'_>| {
        for (op, offence) in &held {
            moderation::enforce(tx, op, ids.as_ref(), &settings, &words, offence)?;
        }
        Ok(())
    };
    Ok(database
        .write::<_, CaseError, _>("bench.held", write)
        .await?)
}
