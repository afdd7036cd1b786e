//! Moderators' commands: what they decide is recorded, owed to Discord, and shown in the log channel.

use audit::{Kind, NewEntry, Outcome, Said};
use chat::{IncomingMessage, Invocation, KnownMember, Reply};
use kernel::{Fault, FaultKind, Op, Told, UserId};
use moderation::{
    Deed, Ranks,
    commands::{Answer, Desk, needs_ranks},
};
use store::{DbError, Tx};

use super::{
    deeds::{self, owe_all, owe_card},
    moderate::faulty,
    noting::{record, trigger_by, trigger_of},
};
use crate::{
    Core, GuildConfig,
    outcome::{Failed, Outcome as Led, Owing},
    surroundings::Surroundings,
};

/// How many sanctions one run ends.
const DUE_MAX: u32 = 100;

/// How many messages `/purge` looks back over at most.
pub(crate) const PURGE_LOOKS_BACK: u16 = 100;

/// The channel's messages could not be read, so none can be taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the latest messages of the channel could not be read")]
struct Unread;

impl Fault for Unread {
    fn kind(&self) -> FaultKind {
        FaultKind::Forbidden
    }

    fn told(&self) -> Told {
        Told::new("app-messages-unread")
    }
}

/// Answers a command, a press or a menu of moderation.
pub(crate) fn invoke(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    invocation: &Invocation,
    around: &Surroundings,
) -> Result<Led, Failed> {
    if looks_back(invocation) && around.recent.is_none() {
        return Err(Failed::Fault(Box::new(Unread)));
    }
    let settings = &around.config.settings.moderation;
    let ranks = ranks(invocation, around);
    let desk = Desk {
        settings,
        compiled: &around.config.rules,
        words: &core.words,
        ranks: ranks.as_ref(),
    };
    let ids = core.ids.as_ref();
    let answer = moderation::commands::invoke(tx, op, ids, &desk, invocation)?;
    let reason = reason(&answer, invocation);
    let ruling = Ruling {
        entry: decided(&answer).then(|| entry(&answer, invocation, &reason)),
        deeds: &answer.deeds,
        reason: &reason,
        recent: around.recent.as_deref().unwrap_or_default(),
        card: answer.card,
    };
    Ok(Led {
        owing: carry(tx, core, op, &around.config, ruling)?,
        ..answer.reply.into()
    })
}

/// What somebody decided about a member or a channel, wherever they decided it.
#[derive(Debug)]
pub(crate) struct Ruling<'a> {
    /// What is recorded; nothing where it was only looked at. Its effects are yet to come.
    pub(crate) entry: Option<NewEntry>,
    /// What must happen in Discord.
    pub(crate) deeds: &'a [Deed],
    /// Why, as Discord's own audit log shows it.
    pub(crate) reason: &'a str,
    /// The latest messages of the channel, where deeds may need them; newest first.
    pub(crate) recent: &'a [IncomingMessage],
    /// What stands in the log channel, where there is one.
    pub(crate) card: Option<Reply>,
}

/// Owes what a ruling asks for, records it, and shows it in the log channel.
pub(crate) fn carry(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    config: &GuildConfig,
    ruling: Ruling<'_>,
) -> Result<Vec<Owing>, DbError> {
    let cause = deeds::Cause {
        op,
        reason: ruling.reason,
        recent: ruling.recent,
    };
    let (mut owing, effects) = owe_all(tx, core, &cause, ruling.deeds)?;
    if let Some(mut entry) = ruling.entry {
        entry.config_revision = config.revision.map(platform::Revision::get);
        entry.effects = effects;
        record(tx, core, op, &entry)?;
    }
    let channel = config.settings.moderation.log_channel_id;
    owing.extend(owe_card(tx, core, op, channel, ruling.card)?);
    Ok(owing)
}

fn entry(answer: &Answer, invocation: &Invocation, reason: &str) -> NewEntry {
    let trigger = trigger_by(invocation);
    let mut entry = NewEntry::new(Kind::Human, action(answer), Outcome::Executed, trigger);
    entry.subject = answer.case.as_ref().map(|case| case.user);
    entry.case = answer.case.as_ref().map(|case| case.number);
    entry.reasoning = Some(Said::by(invocation.asker.user, reason));
    entry
}

/// Where everybody stands, for the commands that look at roles.
fn ranks(invocation: &Invocation, around: &Surroundings) -> Option<Ranks> {
    let (_, target) = needs_ranks(&invocation.invoked)?;
    let view = around.guild.as_deref()?;
    let asker = (invocation.asker.user, invocation.asker.roles.as_slice());
    let member = target.and_then(|target| member(invocation, target));
    let channel = invocation.channel;
    Some(Ranks::of(view, asker, (target, member.as_ref()), channel))
}

/// The target as Discord sent it along; nobody where it is no member.
fn member(invocation: &Invocation, target: UserId) -> Option<KnownMember> {
    let sent = invocation
        .users
        .get(&target)
        .filter(|sent| sent.is_member)?;
    Some(KnownMember {
        roles: sent.roles.clone(),
        is_bot: sent.is_bot,
        joined_at: sent.joined_at,
        timed_out_until: sent.timed_out_until,
        ..KnownMember::named(target, sent.name.clone())
    })
}

/// Whether anything was decided, rather than only shown.
fn decided(answer: &Answer) -> bool {
    !answer.deeds.is_empty() || answer.card.is_some() || answer.switched.is_some()
}

/// What was done, in a word.
fn action(answer: &Answer) -> &'static str {
    if answer.switched.is_some() {
        return "switch";
    }
    match &answer.case {
        Some(case) if case.undone_by.is_some() => "undo",
        Some(case) => case.kind.name(),
        None => answer.deeds.first().map_or("report", Deed::kind),
    }
}

/// The moderator's reason, as Discord's own audit log shows it beside their name.
fn reason(answer: &Answer, invocation: &Invocation) -> String {
    let asker = &invocation.asker.name;
    let given = answer.case.as_ref().map(|case| {
        let undo = case.undo_reason.as_deref();
        undo.unwrap_or(&case.reason).to_owned()
    });
    match given.filter(|given| !given.is_empty()) {
        Some(given) => format!("{asker}: {given}"),
        None => asker.clone(),
    }
}

/// Whether this command needs the channel's latest messages.
pub(crate) fn looks_back(invocation: &Invocation) -> bool {
    matches!(
        needs_ranks(&invocation.invoked),
        Some((moderation::Power::Purge, _))
    )
}

/// Ends every sanction whose time is over; what must happen in Discord is owed, and the relay carries it out.
///
/// # Errors
/// When the database fails.
pub(crate) async fn end_due(core: &Core) -> Result<(), DbError> {
    let now = core.clock.now();
    let due = move |tx: &mut Tx<'_>| moderation::sanction_due(tx, now, DUE_MAX);
    for due in core.database.write("sanctions-due", due).await? {
        let op = core
            .admission
            .scheduled(due.guild, &format!("sanction:{}", due.id));
        let inside = core.clone();
        let work = move |tx: &mut Tx<'_>| end_one(tx, &inside, &op, due.id);
        core.database.write("sanction-end", work).await?;
    }
    Ok(())
}

fn end_one(tx: &mut Tx<'_>, core: &Core, op: &Op, id: i64) -> Result<(), DbError> {
    let Some((case, deeds)) = moderation::sanction_end(tx, op, id).map_err(faulty)? else {
        return Ok(());
    };
    let reason = format!("case {} is over", case.number);
    let cause = deeds::Cause {
        op,
        reason: &reason,
        recent: &[],
    };
    let (_, effects) = owe_all(tx, core, &cause, &deeds)?;
    let mut entry = NewEntry::new(Kind::Moderation, "end", Outcome::Executed, trigger_of(op));
    entry.subject = Some(case.user);
    entry.case = Some(case.number);
    entry.reasoning = Some(Said::by_nobody(reason));
    entry.effects = effects;
    record(tx, core, op, &entry).map(drop)
}
