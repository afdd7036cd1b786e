//! What is set, who the persona was, and what is remembered.

use std::{collections::BTreeSet, sync::Arc};

use anyhow::Result;
use app::GuildSettings;
use bots::VersionError;
use kernel::MessageId;
use memory::{FactId, Lesson, NewFact, Origin, Place, Privacy, Scope, Subject};
use moderation::{Action, Mode, Rule, Trigger};
use platform::{
    ConfigError, Document, Put, TOKEN_SCOPES, TOKENS_MAX, Ticket, TokenCreate, TokenError, TokenId,
};
use store::{Database, DbError, Tx};
use testkit::ops::operator_op;

use super::Seeding;

/// Rules in force.
pub(super) const RULES: u32 = 12;
/// Versions of the persona.
const VERSIONS: u32 = 12;
/// Facts of one member.
const FACTS_EACH: u32 = 4;
/// Members who teach in one transaction.
const CHUNK: u32 = 100;
/// Causes of lessons are numbered from here on, apart from all others.
const FIRST: u64 = 500_000_000_000_000_000;

/// The id of a rule.
pub(super) fn rule_id(number: u32) -> String {
    format!("words-{number}")
}

/// What people call it.
pub(super) fn rule_name(number: u32) -> String {
    format!("Words nobody wants, list {number}")
}

/// Whether it only watches.
pub(super) const fn is_shadow(number: u32) -> bool {
    number % 4 == 3
}

/// Writes all revisions down; gives the number of one in the middle.
pub(super) async fn revisions(seeding: &Seeding, database: &Database) -> Result<i64> {
    let (guild, count) = (seeding.town.guild, seeding.size.revisions);
    let mut puts = Vec::new();
    for number in 0..count {
        let at = seeding.moment(number, count);
        puts.push((
            operator_op(guild, &format!("revision-{number}"), at),
            document(number)?,
        ));
    }
    let write = move |tx: &mut Tx<'_>| {
        for (number, (op, document)) in puts.iter().enumerate() {
            if number == 0 {
                platform::config_start(tx, op, document)?;
                continue;
            }
            let put = Put {
                document: document.clone(),
                note: format!("Change number {number}."),
                base_revision: None,
            };
            platform::config_put(tx, op, &put)?;
        }
        Ok(())
    };
    database
        .write::<_, ConfigError, _>("bench.revisions", write)
        .await?;
    Ok(i64::from(count / 2).max(1))
}

fn document(number: u32) -> Result<Document> {
    let mut settings = GuildSettings::default();
    settings.economy.daily.amount = 50 + i64::from(number % 50);
    settings.memory.member_facts_max = 100;
    settings.moderation.rules = (0..RULES).map(rule).collect();
    Ok(settings.document()?)
}

fn rule(number: u32) -> Rule {
    Rule {
        id: rule_id(number),
        name: rule_name(number),
        enabled: true,
        mode: if is_shadow(number) {
            Mode::Shadow
        } else {
            Mode::Act
        },
        trigger: Trigger::Words {
            words: (0..40).map(|at| format!("word{number}x{at}")).collect(),
        },
        actions: vec![Action::Delete {}],
        include_moderators: false,
        exempt_role_ids: Vec::new(),
        exempt_channel_ids: Vec::new(),
    }
}

/// Takes one persona on after the other; gives the number of one in the middle.
pub(super) async fn personas(seeding: &Seeding, database: &Database) -> Result<i64> {
    let guild = seeding.town.guild;
    let ops: Vec<_> = (0..VERSIONS)
        .map(|number| {
            operator_op(
                guild,
                &format!("persona-{number}"),
                seeding.moment(number, VERSIONS),
            )
        })
        .collect();
    let write = move |tx: &mut Tx<'_>| {
        for (number, op) in ops.iter().enumerate() {
            let persona = bots::Settings {
                prompt: format!(
                    "You keep the hall, and this is how you do it in year {number}. {}",
                    "Be kind. ".repeat(60)
                ),
                ..bots::Settings::default()
            };
            let drafted = bots::draft(tx, op, &persona, "A new year")?;
            bots::deploy(tx, op, drafted.number)?;
        }
        Ok(())
    };
    database
        .write::<_, VersionError, _>("bench.personas", write)
        .await?;
    Ok(i64::from(VERSIONS / 2))
}

/// Makes as many tokens as a guild may have; gives the id of one.
pub(super) async fn tokens(seeding: &Seeding, database: &Database) -> Result<i64> {
    let op = operator_op(seeding.town.guild, "tokens", seeding.now);
    let creates: Vec<TokenCreate> = (0..TOKENS_MAX)
        .map(|number| TokenCreate {
            id: TokenId::new(seeding.ids.next()),
            digest: Ticket::draw(seeding.chance.as_ref()).digest(),
            name: format!("program-{number}"),
            scopes: BTreeSet::from(TOKEN_SCOPES),
        })
        .collect();
    let some = creates.first().map_or(0, |create| create.id.get());
    let write = move |tx: &mut Tx<'_>| {
        for create in &creates {
            platform::token_create(tx, &op, create)?;
        }
        Ok(())
    };
    database
        .write::<_, TokenError, _>("bench.tokens", write)
        .await?;
    Ok(some)
}

/// Has members teach what is to be remembered of them; gives the id of a fact.
pub(super) async fn facts(seeding: &Seeding, database: &Database) -> Result<FactId> {
    let members = (seeding.size.facts / FACTS_EACH).max(1);
    let mut some = None;
    for first in (0..members).step_by(CHUNK as usize) {
        let mut lessons = Vec::new();
        for number in first..members.min(first + CHUNK) {
            lessons.push(lesson(seeding, number, members)?);
        }
        let ids = Arc::clone(&seeding.ids);
        let write = move |tx: &mut Tx<'_>| {
            let mut known = None;
            for (op, lesson) in &lessons {
                let settings = memory::Settings::default();
                let learnt =
                    memory::learn(tx, op, ids.as_ref(), &settings, &Privacy::default(), lesson)?;
                known = known.or_else(|| learnt.first()?.fact().map(|fact| fact.id));
            }
            Ok(known)
        };
        let known = database
            .write::<_, DbError, _>("bench.facts", write)
            .await?;
        some = some.or(known);
    }
    some.ok_or_else(|| anyhow::anyhow!("no fact was kept"))
}

fn lesson(seeding: &Seeding, number: u32, members: u32) -> Result<(kernel::Op, Lesson)> {
    let (teacher, cause) = (seeding.somebody(number), FIRST + u64::from(number));
    let likes = ["tea", "chess", "rain", "maps"];
    let facts = likes.iter().map(|liked| NewFact {
        subject: Subject::Member,
        ..NewFact::added(format!("Collects {liked} of kind {number} since school"))
    });
    let lesson = Lesson {
        teacher,
        teacher_name: format!("payer{number}"),
        others: Vec::new(),
        place: Place {
            channel: seeding.town.channel,
            scope: Scope::Guild,
        },
        source: Some(MessageId::new(cause)?),
        origin: Origin::Said,
        facts: facts.collect(),
    };
    Ok((
        seeding.op(teacher, cause, seeding.moment(number, members)),
        lesson,
    ))
}
