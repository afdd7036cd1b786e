//! `/automod`: a console that shows what rules would do, and the switch that stops them all.

use ::store::Tx;
use chat::{Colour, Embed, Reply, Visibility};
use kernel::Told;

use super::{
    Answer, CommandError, Talk,
    card::{escaped, found, mention, moment, named},
};
use crate::{
    judge::{Hit, Standing, Verdict},
    ranks::Power,
    settings::{Action, Mode},
    switch::{Switch, SwitchState, switch, switch_turn},
    trial::{Trial, trial},
};

pub(super) fn test(talk: &Talk<'_>, text: &str) -> Result<Answer, CommandError> {
    talk.may(Power::Warn)?;
    let verdict = tried(talk, text);
    let title = match verdict.hits.len() {
        0 => talk.word("moderation-test-none"),
        count => {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            talk.say(&Told::new("moderation-test-hits").with("count", count))
        }
    };
    let mut lines: Vec<String> = verdict.hits.iter().map(|hit| line(talk, hit)).collect();
    for ask in &verdict.asks {
        let told = Told::new("moderation-test-ask").with("rule", escaped(&ask.name));
        lines.push(talk.say(&told));
    }
    let mut about = String::new();
    for line in lines {
        if about.len() + line.len() > 3_500 {
            break;
        }
        about.push_str(&line);
        about.push('\n');
    }
    let colour = if verdict.hits.is_empty() {
        Colour::Good
    } else {
        Colour::Warning
    };
    let embed = Embed::new(colour, title, about.trim_end())
        .with_footer(talk.word("moderation-test-footer"));
    Ok(Answer::only(Reply::card(Visibility::Private, embed)))
}

/// The text as a message of an ordinary member in this channel, who has written nothing before.
fn tried(talk: &Talk<'_>, text: &str) -> Verdict {
    let asked = Trial {
        guild: talk.op.guild,
        channel: talk.invocation.channel.map(|channel| (channel, None)),
        author: Some(talk.invocation.asker.user),
        roles: &[],
        standing: Standing::Member,
        text,
        at: talk.op.at,
    };
    trial(talk.desk.compiled, &asked)
}

fn line(talk: &Talk<'_>, hit: &Hit) -> String {
    let mode = talk.word(match hit.mode {
        Mode::Act => "moderation-mode-act",
        Mode::Shadow => "moderation-mode-shadow",
    });
    let actions: Vec<String> = hit
        .actions
        .iter()
        .map(|action| named_action(talk, action))
        .collect();
    let mut line = format!(
        "**{}** ({mode}): {}",
        escaped(&hit.name),
        actions.join(", ")
    );
    if !hit.matched.is_empty() {
        line.push_str(" · ");
        line.push_str(&found(&hit.matched));
    }
    line
}

fn named_action(talk: &Talk<'_>, action: &Action) -> String {
    let told = match action {
        Action::Delete {} => Told::new("moderation-action-delete"),
        Action::Hold {} => Told::new("moderation-action-hold"),
        Action::Warn { points } => Told::new("moderation-action-warn").with("points", *points),
        Action::Points { points } => Told::new("moderation-action-points").with("points", *points),
        Action::Timeout { minutes } => {
            Told::new("moderation-action-timeout").with("length", crate::duration::spoken(*minutes))
        }
        Action::Log {} => Told::new("moderation-action-log"),
    };
    talk.say(&told)
}

pub(super) fn status(tx: &mut Tx<'_>, talk: &Talk<'_>) -> Result<Answer, CommandError> {
    talk.may(Power::Warn)?;
    let turned = switch(tx, talk.op.guild)?;
    let is_off = turned
        .as_ref()
        .is_some_and(|switch| switch.state == SwitchState::Off);
    let (key, colour) = if is_off {
        ("moderation-status-off", Colour::Danger)
    } else if !talk.desk.settings.enabled {
        ("moderation-status-disabled", Colour::Warning)
    } else {
        ("moderation-status-on", Colour::Good)
    };
    let (mut acting, mut shadow) = (0_i64, 0_i64);
    for (_, _, mode) in talk.desk.compiled.active() {
        match mode {
            Mode::Act => acting += 1,
            Mode::Shadow => shadow += 1,
        }
    }
    let about = Told::new("moderation-status-rules")
        .with("acting", acting)
        .with("shadow", shadow);
    let mut embed = Embed::new(colour, talk.word(key), talk.say(&about));
    if let Some(switch) = turned {
        embed = embed.with_field(
            talk.word("moderation-field-switched"),
            who_and_when(&switch),
        );
    }
    if let Some(channel) = talk.desk.settings.log_channel_id {
        embed = embed.with_field(talk.word("moderation-field-log"), format!("<#{channel}>"));
    }
    for rule in talk.desk.compiled.left_out().iter().take(1) {
        let told = Told::new("moderation-left-out").with("rule", rule.as_str());
        embed = embed.with_footer(talk.say(&told));
    }
    Ok(Answer::only(Reply::card(Visibility::Private, embed)))
}

fn who_and_when(switch: &Switch) -> String {
    format!("{} · {}", named(&switch.by), moment(switch.at))
}

pub(super) fn turn(
    tx: &mut Tx<'_>,
    talk: &Talk<'_>,
    state: SwitchState,
) -> Result<Answer, CommandError> {
    talk.may(Power::Warn)?;
    let switched = switch_turn(tx, talk.op, state)?;
    let (key, colour) = match state {
        SwitchState::On => ("moderation-switched-on", Colour::Good),
        SwitchState::Off => ("moderation-switched-off", Colour::Danger),
    };
    let title = talk.word(key);
    let by = Told::new("moderation-log-by").with("user", mention(talk.invocation.asker.user));
    let card = Embed::new(colour, title.clone(), talk.say(&by));
    let mut answer = Answer::only(Reply::private(title));
    answer.card = Some(Reply::card(Visibility::Public, card));
    answer.switched = Some(switched);
    Ok(answer)
}
