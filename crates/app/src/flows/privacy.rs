//! `/privacy`: a member takes everything that is kept of them along, or has it erased, in every context.
//!
//! Both are errands: they may take a while, and the asker was promised an answer. An erasure goes in chunks; stopped in
//! the middle it has erased a part, and asked for again it erases the rest. A job then has the bytes leave the disk.

use audit::{Kind, NewEntry, Outcome as Ending, Said, Trigger, TriggerKind};
use kernel::{GuildId, Op, Span, UserId};
use memory::commands::{erased, exported};
use serde_json::json;
use store::{
    DbError, Tx,
    jobs::{NewJob, job_insert},
    owed,
};

use super::noting::record;
use crate::{Core, estate::installation_chain, jobs::JobKind, outcome::Owing, promise::Promise};

/// Gathers what every context keeps of the asker, and owes it to them.
///
/// # Errors
/// When the database fails.
pub(crate) async fn export(core: &Core, op: &Op, promise: &Promise) -> Result<Owing, DbError> {
    let (inside, op, promise) = (core.clone(), op.clone(), promise.clone());
    let work = move |tx: &mut Tx<'_>| {
        let (guild, user) = (op.guild, asker(&promise));
        let kept = json!({
            "guild_id": guild,
            "user_id": user,
            "at": op.at.to_string(),
            "economy": economy::export(tx, guild, user, op.at)?,
            "memory": memory::export(tx, guild, user)?,
            "persona": bots::export(tx, guild, user)?,
            "ai": ai::export(tx, guild, user)?,
            "moderation": moderation::export(tx, guild, user)?,
            "settings": platform::export(tx, guild, user)?,
            "decisions": audit::export(tx, guild, user)?,
        });
        let mut entry = NewEntry::new(Kind::Human, "export", Ending::Executed, trigger(user));
        entry.subject = Some(user);
        entry.reasoning = Some(Said::by_nobody("asked for everything that is kept of them"));
        record(tx, &inside, &op, &entry)?;
        let reply = exported(&inside.words, &op.locale, &kept);
        promise.keep(tx, &inside, &op, reply)
    };
    core.database.write("privacy-export", work).await
}

/// Erases the asker in every context, and owes them the count of what went.
///
/// # Errors
/// When the database fails.
pub(crate) async fn erase(core: &Core, op: &Op, promise: &Promise) -> Result<Owing, DbError> {
    let mut texts = 0;
    loop {
        let (op, user) = (op.clone(), asker(promise));
        let chunk = move |tx: &mut Tx<'_>| audit::erase(tx, &op, op.guild, user);
        let gone = core.database.write("privacy-erase", chunk).await?;
        texts += gone.texts;
        if !gone.more {
            break;
        }
    }
    // Whoever is forgotten is not written down again by saying so: the entry names nobody.
    let forgotten = core.admission.event(op.guild, op.cause.clone());
    let (inside, op, promise) = (core.clone(), op.clone(), promise.clone());
    let work = move |tx: &mut Tx<'_>| {
        let items = texts + erase_rest(tx, &inside, &op, asker(&promise))?;
        let mut entry = NewEntry::new(
            Kind::Human,
            "erase",
            Ending::Executed,
            Trigger::of(TriggerKind::Button),
        );
        let why = format!("a member had everything erased that was kept of them: {items} things");
        entry.reasoning = Some(Said::by_nobody(why));
        record(tx, &inside, &forgotten, &entry)?;
        scrub_later(tx, &inside, &op)?;
        let reply = erased(&inside.words, &op.locale, items);
        promise.keep(tx, &inside, &op, reply)
    };
    let owing = core.database.write("privacy-erase-rest", work).await?;
    core.hot.forget_all();
    Ok(owing)
}

/// The rows are gone with this transaction; that their bytes leave the disk is a job, which is tried until it is done.
fn scrub_later(tx: &mut Tx<'_>, core: &Core, op: &Op) -> Result<(), DbError> {
    let kind = JobKind::Scrub.name();
    let job = NewJob {
        id: core.ids.next(),
        kind,
        key: &format!("{kind}:{}", op.cause),
        payload: "{}",
        due_at: op.at,
    };
    job_insert(tx, &job, op.at).map(drop)
}

fn erase_rest(tx: &mut Tx<'_>, core: &Core, op: &Op, user: UserId) -> Result<u64, DbError> {
    let guild = op.guild;
    let memory = memory::erase(tx, op, guild, user)?;
    let bots = bots::erase(tx, guild, user)?;
    ai::erase(tx, op, guild, user)?;
    let moderation = moderation::erase(tx, op, guild, user)?;
    let settings = platform::erase(tx, op, guild, user)?;
    let purse = u64::from(economy::erase(tx, guild, user, &core.pseudonyms(), op.at)?);
    // Whom an effect that failed is about is not known here, so none of the guild's is kept for another try.
    owed::owed_forget_guild(tx, guild)?;
    // An audit entry that was made while the first ones were erased.
    let late = audit::erase(tx, op, guild, user)?;
    let talks = memory.facts + memory.turns + memory.summaries + bots.answers + bots.votes;
    Ok(talks + moderation + settings + purse + late.texts)
}

fn asker(promise: &Promise) -> UserId {
    promise.invocation.asker.user
}

fn trigger(user: UserId) -> Trigger {
    Trigger {
        user: Some(user),
        ..Trigger::of(TriggerKind::Command)
    }
}

/// How many rows one transaction forgets of each sort.
const FORGET_CHUNK: u32 = 500;
/// How many transactions one run makes at most; the next run goes on.
const FORGET_RUNS: u32 = 200;
/// How long it is known what an answer was made by, and what was spent by whom.
const ANSWERS_KEPT: Span = Span::days(90);

/// Forgets what members said, what was learnt and what was answered, when its time is over.
///
/// # Errors
/// When the database fails.
pub(crate) async fn forget_due(core: &Core) -> Result<(), DbError> {
    let now = core.clock.now();
    for _ in 0..FORGET_RUNS {
        let forget = move |tx: &mut Tx<'_>| {
            let memories = memory::prune(tx, now, FORGET_CHUNK)?;
            let answers = bots::prune(tx, now.before(ANSWERS_KEPT), FORGET_CHUNK)?;
            let spent = ai::forget(tx, now.before(ANSWERS_KEPT))?;
            economy::forget_erased(tx, now)?;
            Ok::<_, DbError>(memories.max(answers).max(spent))
        };
        if core.database.write("forget-words", forget).await? < u64::from(FORGET_CHUNK) {
            break;
        }
    }
    forget_texts(core).await
}

/// Forgets the texts of decisions, for as long as each guild keeps words.
async fn forget_texts(core: &Core) -> Result<(), DbError> {
    let mut after = None;
    loop {
        let list = move |tx: &mut Tx<'_>| audit::guilds(tx, after, audit::HEADS_LIMIT_MAX);
        let guilds = core.database.read("audit-guilds", list).await?;
        for guild in &guilds {
            forget_texts_of(core, *guild).await?;
        }
        after = guilds.last().copied();
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn forget_texts_of(core: &Core, guild: GuildId) -> Result<(), DbError> {
    // What operators did is kept as long as the installation keeps words at all.
    let days = if guild == installation_chain() {
        core.retention_days_max
    } else {
        let config = core.config(guild).await?;
        u32::try_from(config.settings.privacy.retention_days).unwrap_or(1)
    };
    let before = core.clock.now().before(Span::days(days.max(1)));
    for _ in 0..FORGET_RUNS {
        let prune =
            move |tx: &mut Tx<'_>| audit::prune_texts(tx, guild, before, audit::ERASE_CHUNK_MAX);
        let gone = core.database.write("audit-texts", prune).await?;
        if gone < u64::from(audit::ERASE_CHUNK_MAX) {
            break;
        }
    }
    Ok(())
}
