//! `/warn` to `/lockdown`: what moderators do, after a look at who may.

use ::store::Tx;
use chat::{Colour, Embed, Reply, Visibility};
use kernel::{ChannelId, Told, UserId};

use super::{
    Answer, CommandError, Talk,
    card::{escaped, length, mention},
};
use crate::{
    cases::Novelty,
    deed::Deed,
    ranks::Power,
    sanctions::{Measure, Sanction, Sanctioned, sanction},
};

/// What a measure takes.
pub(super) const fn power(sanction: &Sanction) -> Power {
    match sanction.measure {
        Measure::Warn { .. } | Measure::Note => Power::Warn,
        Measure::Timeout { .. } => Power::Timeout,
        Measure::Kick => Power::Kick,
        Measure::Ban { .. } => Power::Ban,
    }
}

pub(super) fn measure(
    tx: &mut Tx<'_>,
    talk: &Talk<'_>,
    cmd: &Sanction,
) -> Result<Answer, CommandError> {
    talk.may_act(power(cmd))?;
    let done = sanction(tx, talk.op, talk.ids, talk.desk.settings, cmd)?;
    let told = said(talk, cmd, &done);
    let mut embed = Embed::new(Colour::Good, title(talk, done.case.number), talk.say(&told));
    if matches!(cmd.measure, Measure::Warn { .. }) {
        embed = embed.with_field(
            talk.word("moderation-field-points"),
            done.points.to_string(),
        );
    }
    if let Some(step) = &done.step {
        let told = Told::new("moderation-step")
            .with("points", done.points)
            .with("number", step.number);
        embed = embed.with_footer(talk.say(&told));
    }
    let mut deeds = done.deeds;
    if let (Measure::Warn { .. }, Novelty::New) = (cmd.measure, done.novelty) {
        let told = Told::new("moderation-tell-warn")
            .with("reason", escaped(&done.case.reason))
            .with("number", done.case.number);
        deeds.push(Deed::Tell {
            user: cmd.user,
            text: talk.say(&told),
        });
    }
    Ok(Answer {
        reply: Reply::card(Visibility::Private, embed),
        deeds,
        card: Some(talk.log_card(&done.case)),
        case: Some(done.case),
        switched: None,
    })
}

fn title(talk: &Talk<'_>, number: i64) -> String {
    talk.say(&Told::new("moderation-case").with("number", number))
}

fn said(talk: &Talk<'_>, cmd: &Sanction, done: &Sanctioned) -> Told {
    let key = match cmd.measure {
        Measure::Warn { .. } => "moderation-done-warn",
        Measure::Timeout { .. } => "moderation-done-timeout",
        Measure::Kick => "moderation-done-kick",
        Measure::Ban { minutes: None, .. } => "moderation-done-ban",
        Measure::Ban { .. } => "moderation-done-ban-for",
        Measure::Note => "moderation-done-note",
    };
    let told = Told::new(key).with("user", mention(cmd.user));
    match done.case.until {
        Some(until) => told.with("length", length(talk.op.at, until)),
        None => told,
    }
}

pub(super) fn unban(
    tx: &mut Tx<'_>,
    talk: &Talk<'_>,
    user: UserId,
    reason: &str,
) -> Result<Answer, CommandError> {
    talk.may_act(Power::Ban)?;
    let (_, case, deeds) = crate::sanctions::unban(tx, talk.op, user, reason)?;
    let told = Told::new("moderation-done-unban").with("user", mention(user));
    let embed = Embed::new(Colour::Good, title(talk, case.number), talk.say(&told));
    Ok(Answer {
        reply: Reply::card(Visibility::Private, embed),
        deeds,
        card: Some(talk.log_card(&case)),
        case: Some(case),
        switched: None,
    })
}

fn channel(talk: &Talk<'_>) -> Result<ChannelId, CommandError> {
    talk.invocation.channel.ok_or(CommandError::NoChannel)
}

/// Something done to a channel: an answer, a card for the log without buttons, and the deed.
fn in_channel(talk: &Talk<'_>, told: &Told, deed: Deed) -> Result<Answer, CommandError> {
    let by = Told::new("moderation-log-by").with("user", mention(talk.invocation.asker.user));
    let place = format!("<#{}>", channel(talk)?);
    let embed = Embed::new(
        Colour::Neutral,
        talk.say(told),
        format!("{place} · {}", talk.say(&by)),
    );
    let mut answer = Answer::only(Reply::private(talk.say(told)));
    answer.deeds.push(deed);
    answer.card = Some(Reply::card(Visibility::Public, embed));
    Ok(answer)
}

pub(super) fn purge(
    talk: &Talk<'_>,
    count: u32,
    user: Option<UserId>,
) -> Result<Answer, CommandError> {
    talk.may_act(Power::Purge)?;
    let told = match user {
        None => Told::new("moderation-done-purge"),
        Some(user) => Told::new("moderation-done-purge-of").with("user", mention(user)),
    };
    let deed = Deed::Purge {
        channel: channel(talk)?,
        count,
        user,
    };
    in_channel(talk, &told.with("count", count), deed)
}

pub(super) fn slowmode(talk: &Talk<'_>, seconds: u32) -> Result<Answer, CommandError> {
    talk.may_act(Power::Channel)?;
    let told = if seconds == 0 {
        Told::new("moderation-done-slowmode-off")
    } else {
        Told::new("moderation-done-slowmode").with("seconds", seconds)
    };
    let deed = Deed::Slowmode {
        channel: channel(talk)?,
        seconds,
    };
    in_channel(talk, &told, deed)
}

pub(super) fn lockdown(talk: &Talk<'_>, locked: bool) -> Result<Answer, CommandError> {
    talk.may_act(Power::Channel)?;
    let told = Told::new(if locked {
        "moderation-done-locked"
    } else {
        "moderation-done-unlocked"
    });
    let deed = Deed::Lockdown {
        channel: channel(talk)?,
        locked,
    };
    in_channel(talk, &told, deed)
}
