//! Learning: what was said becomes a fact, joins one, or takes the place of one.
//!
//! Facts meet only within the same subject, person and place, so that nothing said in private changes what is known
//! in public. Each refusal has a reason, for the receipt.

use ::store::{DbError, Tx};
use kernel::{IdSource, MessageId, Op, UserId};

use crate::{
    fact::{FACT_LENGTH_MAX, Fact, FactId, FactState, Origin, Subject},
    place::{Place, Scope},
    settings::{Privacy, Settings},
    store::{facts, members},
    text::{is_near, key_phrase, line, looks_secret, raw_words, words},
};

/// The most facts taken from one talk.
pub const FACTS_MAX: usize = 8;

/// What may become a fact.
#[derive(Debug, Clone, PartialEq)]
pub struct NewFact {
    /// The sentence.
    pub text: String,
    /// What it is about.
    pub subject: Subject,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
    /// How much it matters, 1 to 10.
    pub importance: u8,
}

impl NewFact {
    /// How much a fact matters that a model noted.
    pub const IMPORTANCE_SAID: u8 = 5;
    /// How much a fact matters that a member added.
    pub const IMPORTANCE_ADDED: u8 = 8;
    /// Below this it is not kept.
    pub const CONFIDENCE_MIN: f64 = 0.5;

    /// What a member adds about themselves.
    #[must_use]
    pub fn added(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            subject: Subject::Member,
            confidence: 1.0,
            importance: Self::IMPORTANCE_ADDED,
        }
    }
}

/// Facts to learn, and from whom and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    /// Who said it: the only person it may be about.
    pub teacher: UserId,
    /// How they are called.
    pub teacher_name: String,
    /// How others in the talk are called: a fact that names one is about somebody else.
    pub others: Vec<String>,
    /// Where it was said.
    pub place: Place,
    /// The message it was said in.
    pub source: Option<MessageId>,
    /// How it came to be known.
    pub origin: Origin,
    /// What was said.
    pub facts: Vec<NewFact>,
}

/// What became of one fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Learnt {
    /// It is new.
    Kept(Fact),
    /// It was known, and is known for longer now.
    Joined(Fact),
    /// It says otherwise than an older one, which holds no more.
    Replaced {
        /// What holds now.
        fact: Fact,
        /// What held before.
        old: FactId,
    },
    /// It was not kept.
    Refused {
        /// What it said.
        text: String,
        /// Why.
        why: TooThin,
    },
}

impl Learnt {
    /// The fact that is known now.
    #[must_use]
    pub const fn fact(&self) -> Option<&Fact> {
        match self {
            Self::Kept(fact) | Self::Joined(fact) | Self::Replaced { fact, .. } => Some(fact),
            Self::Refused { .. } => None,
        }
    }
}

/// Why something was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TooThin {
    /// There is nothing in it.
    Empty,
    /// It is not sure enough.
    Unsure,
    /// It is about another person.
    AboutSomebodyElse,
    /// It looks like a password, a key or a card's number.
    Secret,
    /// Memory, or this part of it, is off in this guild.
    Off,
    /// The member wants nothing remembered.
    OptedOut,
}

impl TooThin {
    /// The name as a receipt spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Unsure => "unsure",
            Self::AboutSomebodyElse => "about-somebody-else",
            Self::Secret => "secret",
            Self::Off => "off",
            Self::OptedOut => "opted-out",
        }
    }
}

/// Learns what a lesson holds, at most [`FACTS_MAX`] facts; nothing where this event taught before.
///
/// # Errors
/// When the database fails.
pub fn learn(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    settings: &Settings,
    privacy: &Privacy,
    lesson: &Lesson,
) -> Result<Vec<Learnt>, DbError> {
    if lesson.facts.is_empty() {
        return Ok(Vec::new());
    }
    // Two lessons of one member queue here, so that neither misses what the other brings.
    let is_silent = members::member_lock(tx, op.guild, lesson.teacher, op.at)?;
    if !members::lesson_insert(tx, op)? {
        return Ok(Vec::new());
    }
    if lesson.facts.iter().any(|new| new.subject == Subject::Guild) {
        members::guild_lock(tx, op.guild, op.at)?;
    }
    let mut learnt = Vec::new();
    for new in lesson.facts.iter().take(FACTS_MAX) {
        let text = line(&new.text, FACT_LENGTH_MAX);
        let refusal = if is_silent {
            Some(TooThin::OptedOut)
        } else {
            refusal(settings, lesson, new, &text)
        };
        learnt.push(match refusal {
            Some(why) => Learnt::Refused { text, why },
            None => take_in(tx, draft(op, ids, privacy, lesson, new, text))?,
        });
    }
    cap(tx, op, settings, lesson)?;
    Ok(learnt)
}

fn refusal(settings: &Settings, lesson: &Lesson, new: &NewFact, text: &str) -> Option<TooThin> {
    let is_off = !settings.enabled
        || (lesson.origin == Origin::Said && !settings.learn)
        || (new.subject == Subject::Guild && !settings.guild_facts);
    if is_off {
        return Some(TooThin::Off);
    }
    if raw_words(text).is_empty() {
        return Some(TooThin::Empty);
    }
    // Written so that NaN is unsure too.
    if !(new.confidence >= NewFact::CONFIDENCE_MIN && new.confidence <= 1.0) {
        return Some(TooThin::Unsure);
    }
    if looks_secret(text) {
        return Some(TooThin::Secret);
    }
    is_about_somebody_else(lesson, text).then_some(TooThin::AboutSomebodyElse)
}

/// A mention of another member, or the name of one who takes part in the talk.
fn is_about_somebody_else(lesson: &Lesson, text: &str) -> bool {
    let own = lesson.teacher.to_string();
    let mentions = text.split("<@").skip(1).any(|rest| {
        let digits = rest.trim_start_matches(['!', '&']);
        let id: String = digits.chars().take_while(char::is_ascii_digit).collect();
        !id.is_empty() && id != own
    });
    let said = raw_words(text);
    let own_name = raw_words(&lesson.teacher_name);
    let names = lesson.others.iter().any(|name| {
        let name = raw_words(name);
        !name.is_empty()
            && name != own_name
            && said
                .windows(name.len())
                .any(|window| window == name.as_slice())
    });
    mentions || names
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the confidence was checked to lie between a half and one"
)]
fn draft(
    op: &Op,
    ids: &dyn IdSource,
    privacy: &Privacy,
    lesson: &Lesson,
    new: &NewFact,
    text: String,
) -> Fact {
    let phrase = key_phrase(&text, &lesson.teacher_name);
    Fact {
        id: FactId::new(ids.next()),
        guild: op.guild,
        subject: new.subject,
        user: lesson.teacher,
        channel: lesson.place.channel,
        scope: lesson.place.scope,
        phrase: phrase.map(|phrase| line(&phrase, 200)),
        text,
        source: lesson.source,
        origin: lesson.origin,
        confidence_permille: (new.confidence * 1_000.0).round() as u16,
        importance: new.importance.clamp(1, 10),
        state: FactState::Live,
        at: op.at,
        updated_at: op.at,
        expires_at: privacy.fact_expires(op.at),
    }
}

/// Joins a fact with one that says the same, or puts it in the place of one that says otherwise.
fn take_in(tx: &mut Tx<'_>, fact: Fact) -> Result<Learnt, DbError> {
    let own = words(&fact.text);
    let mut others = facts::fact_peers(tx, &fact)?;
    others.retain(|other| is_peer(other, &fact));
    let twin = others.iter().find(|other| {
        let same_key =
            other.phrase.is_none() || fact.phrase.is_none() || other.phrase == fact.phrase;
        let said = words(&other.text);
        (said == own) || (same_key && fact.phrase.is_none() && is_near(&said, &own))
    });
    if let Some(twin) = twin {
        let joined = Fact {
            id: twin.id,
            phrase: twin.phrase.clone(),
            text: twin.text.clone(),
            at: twin.at,
            confidence_permille: fact.confidence_permille.max(twin.confidence_permille),
            importance: fact.importance.max(twin.importance),
            ..fact
        };
        facts::fact_refresh(tx, &joined)?;
        return Ok(Learnt::Joined(joined));
    }
    let old = others
        .iter()
        .find(|other| other.phrase.is_some() && other.phrase == fact.phrase)
        .map(|other| other.id);
    facts::fact_insert(tx, &fact, &own)?;
    let Some(old) = old else {
        return Ok(Learnt::Kept(fact));
    };
    facts::fact_supersede(tx, fact.guild, old, fact.at)?;
    Ok(Learnt::Replaced { fact, old })
}

/// Facts meet only where they are about the same and may be used in the same places.
fn is_peer(other: &Fact, fact: &Fact) -> bool {
    other.guild == fact.guild
        && other.subject == fact.subject
        && (fact.subject == Subject::Guild || other.user == fact.user)
        && other.scope == fact.scope
        && (fact.scope == Scope::Guild || other.channel == fact.channel)
}

/// Forgets what matters least where there is more than the owner allows.
fn cap(tx: &mut Tx<'_>, op: &Op, settings: &Settings, lesson: &Lesson) -> Result<(), DbError> {
    facts::member_facts_cap(tx, op.guild, lesson.teacher, settings.member_facts_max)?;
    if lesson
        .facts
        .iter()
        .any(|fact| fact.subject == Subject::Guild)
    {
        facts::guild_facts_cap(tx, op.guild, settings.guild_facts_max)?;
    }
    Ok(())
}
