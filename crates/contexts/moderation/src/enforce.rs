//! From hits to what is done: one case for a message, what lasts, what is kept to be given back, and where points lead.
//!
//! Only hits that act make a case; shadow hits are for the audit alone. What a model alone decided never ends in a
//! removal from the server: where points would, a time-out with an end stands in. A member gets one time-out for a
//! message, the longest of what its rules and its points lead to.

use ::store::Tx;
use kernel::{ChannelId, IdSource, MessageId, Op, Span, Told, UserId, Words};

use crate::{
    cases::{Case, CaseError, CaseKind, HELD_LENGTH_MAX, Held, Novelty, OpenCase, case_open},
    commands::escaped,
    deed::Deed,
    judge::{Hit, merged},
    sanctions::{Measure, imposed},
    settings::{Action, Mode, Settings, StepSanction},
    store::{
        cases,
        held::{self, Review},
    },
    switch::{SwitchState, switch},
};

/// A message that rules hit.
#[derive(Debug, Clone, PartialEq)]
pub struct Offence {
    /// Its id.
    pub message: MessageId,
    /// Where it stands.
    pub channel: ChannelId,
    /// Who wrote it.
    pub user: UserId,
    /// Its words, kept for a time so that they can be given back.
    pub text: String,
    /// What hit.
    pub hits: Vec<Hit>,
}

/// What came of an offence.
#[derive(Debug, Clone, PartialEq)]
pub enum Enforced {
    /// The rules are switched off in this guild: nothing.
    Off,
    /// Nothing acts: the hits are shadow ones, or call for nothing but a card.
    Noted,
    /// It was dealt with.
    Done(Box<Dealt>),
}

/// How an offence was dealt with.
#[derive(Debug, Clone, PartialEq)]
pub struct Dealt {
    /// Whether it was now.
    pub novelty: Novelty,
    /// Its case.
    pub case: Case,
    /// What its points led to.
    pub step: Option<Case>,
    /// The member's points with it.
    pub points: i64,
    /// What was decided, merged.
    pub actions: Vec<Action>,
    /// What must happen.
    pub deeds: Vec<Deed>,
}

/// Who decided: a person or a rule that can be read, or a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Author {
    Person,
    Rule,
    Model,
}

/// What a case's points led to.
pub(crate) struct Followed {
    pub(crate) points: i64,
    pub(crate) step: Option<Case>,
    pub(crate) deeds: Vec<Deed>,
}

/// Deals with a message that rules hit, once for the operation's cause.
///
/// # Errors
/// When the database fails.
pub fn enforce(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    settings: &Settings,
    words: &Words,
    offence: &Offence,
) -> Result<Enforced, CaseError> {
    if switch(tx, op.guild)?.is_some_and(|switch| switch.state == SwitchState::Off) {
        return Ok(Enforced::Off);
    }
    let acting: Vec<Hit> = acting(offence).cloned().collect();
    let actions = merged(&acting);
    let Some(first) = acting.first() else {
        return Ok(Enforced::Noted);
    };
    if actions
        .iter()
        .all(|action| matches!(action, Action::Log {}))
    {
        return Ok(Enforced::Noted);
    }
    let author = if acting.iter().all(|hit| hit.trigger == "model") {
        Author::Model
    } else {
        Author::Rule
    };
    let open = opened(
        op,
        settings,
        offence,
        first.rule_id.clone(),
        &acting,
        &actions,
    );
    let (novelty, case) = case_open(tx, op, &open)?;
    let mut dealt = Dealt {
        novelty,
        case,
        step: None,
        points: 0,
        actions,
        deeds: Vec::new(),
    };
    if novelty == Novelty::New {
        act(tx, op, ids, settings, offence, &mut dealt)?;
        dealt.deeds.extend(told(op, words, &dealt));
        let followed = follow(tx, op, ids, settings, &dealt.case, author)?;
        dealt.points = followed.points;
        dealt.step = followed.step;
        dealt.deeds = with_one_time_out(dealt.deeds, followed.deeds);
    }
    Ok(Enforced::Done(Box::new(dealt)))
}

fn acting(offence: &Offence) -> impl Iterator<Item = &Hit> {
    offence.hits.iter().filter(|hit| hit.mode == Mode::Act)
}

fn opened(
    op: &Op,
    settings: &Settings,
    offence: &Offence,
    rule_id: String,
    acting: &[Hit],
    actions: &[Action],
) -> OpenCase {
    let names: Vec<&str> = acting.iter().map(|hit| hit.name.as_str()).collect();
    let points = actions.iter().map(|action| match action {
        Action::Warn { points } | Action::Points { points } => *points,
        _ => 0,
    });
    let minutes = actions.iter().find_map(|action| match action {
        Action::Timeout { minutes } => Some(*minutes),
        _ => None,
    });
    let kept_until = op.at + Span::days(settings.kept_days);
    OpenCase {
        kind: CaseKind::Automod,
        user: offence.user,
        reason: names.join(", "),
        points: points.fold(0, u32::saturating_add),
        rule_id: Some(rule_id),
        message: Some((offence.channel, offence.message)),
        until: minutes.map(|minutes| op.at + Span::minutes(minutes)),
        parent: None,
        found: (settings.kept_days > 0).then(|| (acting.to_vec(), kept_until)),
    }
}

fn act(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    settings: &Settings,
    offence: &Offence,
    dealt: &mut Dealt,
) -> Result<(), CaseError> {
    for action in &dealt.actions {
        match action {
            Action::Delete {} | Action::Hold {} => {
                dealt.deeds.extend(removals(offence));
                let review = match action {
                    Action::Hold {} => Review::Waits,
                    _ => Review::None,
                };
                keep(tx, op, settings, offence, (dealt.case.number, review))?;
            }
            Action::Timeout { minutes } => {
                let measure = Measure::Timeout { minutes: *minutes };
                dealt
                    .deeds
                    .extend(imposed(tx, op, ids, &dealt.case, measure)?);
            }
            Action::Warn { .. } | Action::Points { .. } | Action::Log {} => {}
        }
    }
    Ok(())
}

/// The message goes, and those that make a flood with it, each from where it stands and once. What hit is asked, not
/// the case: that may keep nothing of it.
fn removals(offence: &Offence) -> impl Iterator<Item = Deed> {
    let mut places = vec![(offence.channel, offence.message)];
    for counted in acting(offence).flat_map(|hit| &hit.messages) {
        if !places.iter().any(|(_, known)| *known == counted.message) {
            let channel = counted.channel.unwrap_or(offence.channel);
            places.push((channel, counted.message));
        }
    }
    let removal = |(channel, message)| Deed::DeleteMessage { channel, message };
    places.into_iter().map(removal)
}

/// All of these deeds. Of two time-outs only that of the step remains, which is there only where it is the longer one:
/// they leave side by side, and whichever came last would hold.
fn with_one_time_out(mut deeds: Vec<Deed>, step: Vec<Deed>) -> Vec<Deed> {
    let is_time_out = |deed: &Deed| matches!(deed, Deed::Timeout { .. });
    if step.iter().any(is_time_out) {
        deeds.retain(|deed| !is_time_out(deed));
    }
    deeds.extend(step);
    deeds
}

/// What the member is told, where they are warned.
fn told(op: &Op, words: &Words, dealt: &Dealt) -> Option<Deed> {
    let warned = |action: &Action| matches!(action, Action::Warn { .. });
    let told = Told::new("moderation-tell-rule")
        .with("rule", escaped(&dealt.case.reason))
        .with("number", dealt.case.number);
    dealt.actions.iter().any(warned).then(|| Deed::Tell {
        user: dealt.case.user,
        text: words.say(&op.locale, &told),
    })
}

/// Keeps a removed message's words, so that they can be given back.
fn keep(
    tx: &mut Tx<'_>,
    op: &Op,
    settings: &Settings,
    offence: &Offence,
    (number, review): (i64, Review),
) -> Result<(), CaseError> {
    let text: String = offence.text.chars().take(HELD_LENGTH_MAX).collect();
    if settings.kept_days == 0 || text.trim().is_empty() {
        return Ok(());
    }
    let held = Held {
        number,
        user: offence.user,
        channel: offence.channel,
        message: offence.message,
        text,
        expires_at: op.at + Span::days(settings.kept_days),
    };
    Ok(held::held_insert(tx, op.guild, &held, review)?)
}

/// A member's points that still count.
///
/// # Errors
/// When the database fails.
pub fn points(
    tx: &mut Tx<'_>,
    op: &Op,
    settings: &Settings,
    user: UserId,
) -> Result<i64, ::store::DbError> {
    let after = op.at.before(Span::days(settings.points.decay_days));
    cases::points_sum(tx, op.guild, user, after)
}

/// Where the points lead that a case brought: to the highest step that they reach and did not reach before it.
pub(crate) fn follow(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    settings: &Settings,
    case: &Case,
    author: Author,
) -> Result<Followed, CaseError> {
    let sum = points(tx, op, settings, case.user)?;
    let before = sum - i64::from(case.points);
    let step = settings
        .points
        .steps
        .iter()
        .filter(|step| (before + 1..=sum).contains(&i64::from(step.points)))
        .max_by_key(|step| step.points);
    let mut followed = Followed {
        points: sum,
        step: None,
        deeds: Vec::new(),
    };
    let Some(step) = step else {
        return Ok(followed);
    };
    let measure = measure_of(step.sanction, author);
    let (kind, minutes) = match measure {
        Measure::Timeout { minutes } => (CaseKind::Timeout, Some(minutes)),
        Measure::Ban { minutes, .. } => (CaseKind::Ban, minutes),
        _ => (CaseKind::Kick, None),
    };
    let mut open = OpenCase::plain(kind, case.user, format!("{sum} points"));
    open.parent = Some(case.number);
    open.until = minutes.map(|minutes| op.at + Span::minutes(minutes));
    let (novelty, child) = case_open(tx, op, &open)?;
    if novelty == Novelty::New && !outlasts(case, &child) {
        followed
            .deeds
            .extend(imposed(tx, op, ids, &child, measure)?);
    }
    followed.step = Some(child);
    Ok(followed)
}

/// Whether the time-out of a case holds as long as the one that its points led to: then that is written down, and the
/// longer one stays.
fn outlasts(case: &Case, step: &Case) -> bool {
    let times_out = matches!(case.kind, CaseKind::Automod | CaseKind::Timeout);
    times_out && step.kind == CaseKind::Timeout && case.until >= step.until
}

/// A model alone removes nobody: a day without writing gives a person the time to look.
const fn measure_of(sanction: StepSanction, author: Author) -> Measure {
    match (sanction, author) {
        (StepSanction::Timeout { minutes }, _) => Measure::Timeout { minutes },
        (_, Author::Model) => Measure::Timeout { minutes: 24 * 60 },
        (StepSanction::Kick {}, _) => Measure::Kick,
        (StepSanction::Ban { days }, _) => Measure::Ban {
            minutes: match days {
                Some(days) => Some(days.saturating_mul(24 * 60)),
                None => None,
            },
            delete_seconds: 0,
        },
    }
}
