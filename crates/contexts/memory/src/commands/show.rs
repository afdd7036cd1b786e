//! `/memory`: what is remembered, added, forgotten, and whether.

use ::store::Tx;
use chat::{Button, ButtonStyle, Colour, Embed, Reply, Visibility};
use kernel::Told;

use super::{
    Answer, CommandError, Did, Talk,
    card::{escaped, moment},
};
use crate::{
    fact::{Fact, Subject},
    learn::Learnt,
    member::{Remembering, is_silent},
    place::Scope,
    shelf::{PAGE_MAX, facts},
};

/// Facts on a page: as many as there are buttons in a row.
const PAGE_LINES: usize = 5;

pub(crate) fn answer(tx: &mut Tx<'_>, talk: &Talk<'_>, page: u32) -> Result<Answer, CommandError> {
    let (guild, user, now) = (talk.op.guild, talk.asker(), talk.op.at);
    let mut known: Vec<Fact> = Vec::new();
    let mut before = None;
    let wanted = PAGE_LINES * usize::try_from(page).unwrap_or(1) + 1;
    // A cap keeps this to a few rounds.
    while known.len() < wanted {
        let mut more = facts(tx, guild, Some(user), before, PAGE_MAX, now)?;
        known.append(&mut more.items);
        before = more.next;
        if before.is_none() {
            break;
        }
    }
    // After the last line of a page was forgotten, the page before it is shown.
    let last = known.len().div_ceil(PAGE_LINES).max(1);
    let page = usize::try_from(page).unwrap_or(1).min(last);
    let lines = known
        .chunks(PAGE_LINES)
        .nth(page.saturating_sub(1))
        .unwrap_or_default();
    let is_silent = is_silent(tx, guild, user)?;
    Ok(Answer {
        reply: card(talk, lines, page, page < last, is_silent),
        did: Did::Shown,
    })
}

fn card(talk: &Talk<'_>, facts: &[Fact], page: usize, more: bool, is_silent: bool) -> Reply {
    let title = talk.word("memory-show-title");
    let lines: Vec<String> = facts.iter().map(|fact| line(talk, fact)).collect();
    let about = if lines.is_empty() {
        talk.word("memory-show-empty")
    } else {
        lines.join("\n")
    };
    let (colour, state) = if is_silent {
        (Colour::Warning, "memory-state-off")
    } else if talk.settings.enabled {
        (Colour::Neutral, "memory-state-on")
    } else {
        (Colour::Warning, "memory-state-guild-off")
    };
    let embed = Embed::new(colour, title, about).with_footer(talk.word(state));
    let mut reply = Reply::card(Visibility::Private, embed);
    let forgets: Vec<Button> = facts
        .iter()
        .map(|fact| {
            let label = Told::new("memory-button-forget").with("id", fact.id.to_string());
            let id = format!("forget:{}:{page}", fact.id);
            talk.button(&id, talk.say(&label), ButtonStyle::Secondary)
        })
        .collect();
    if !forgets.is_empty() {
        reply = reply.with_buttons(forgets);
    }
    reply.with_buttons(steps(talk, page, more, is_silent))
}

fn steps(talk: &Talk<'_>, page: usize, more: bool, is_silent: bool) -> Vec<Button> {
    let turn = |to: usize, key, enabled| Button {
        enabled,
        ..talk.button(
            &format!("show:{to}"),
            talk.word(key),
            ButtonStyle::Secondary,
        )
    };
    let (id, key) = if is_silent {
        ("on", "memory-button-on")
    } else {
        ("off", "memory-button-off")
    };
    let mut buttons = Vec::new();
    if page > 1 || more {
        // Two buttons may not share an id, so one that can't be pressed has one that leads nowhere.
        let back = page.saturating_sub(1);
        buttons.push(turn(back, "memory-button-previous", page > 1));
        buttons.push(turn(page + 1, "memory-button-next", more));
    }
    buttons.push(talk.button(id, talk.word(key), ButtonStyle::Secondary));
    buttons.push(talk.button(
        "export",
        talk.word("memory-button-export"),
        ButtonStyle::Secondary,
    ));
    buttons
}

fn line(talk: &Talk<'_>, fact: &Fact) -> String {
    let key = match (fact.subject, fact.scope) {
        (Subject::Guild, Scope::Guild) => "memory-line-guild",
        (Subject::Guild, Scope::Channel) => "memory-line-guild-channel",
        (Subject::Member, Scope::Guild) => "memory-line",
        (Subject::Member, Scope::Channel) => "memory-line-channel",
    };
    let told = Told::new(key)
        .with("id", fact.id.to_string())
        .with("text", escaped(&fact.text))
        .with("channel", format!("<#{}>", fact.channel))
        .with("until", moment(fact.expires_at));
    talk.say(&told)
}

pub(crate) fn added(talk: &Talk<'_>, learnt: &Learnt) -> Reply {
    let key = match learnt {
        Learnt::Joined(_) => "memory-added-known",
        Learnt::Replaced { .. } => "memory-added-replaced",
        Learnt::Kept(_) | Learnt::Refused { .. } => "memory-added",
    };
    let about = learnt
        .fact()
        .map(|fact| line(talk, fact))
        .unwrap_or_default();
    let embed = Embed::new(Colour::Good, talk.word(key), about);
    Reply::card(Visibility::Private, embed).with_buttons(vec![talk.button(
        "show:1",
        talk.word("memory-button-show"),
        ButtonStyle::Primary,
    )])
}

pub(crate) fn forgotten(talk: &Talk<'_>, fact: &Fact) -> Reply {
    let embed = Embed::new(
        Colour::Good,
        talk.word("memory-forgotten"),
        escaped(&fact.text),
    );
    Reply::card(Visibility::Private, embed)
}

pub(crate) fn all_forgotten(talk: &Talk<'_>, count: u64) -> Reply {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let title = Told::new("memory-forgotten-all").with("count", count);
    let embed = Embed::new(
        Colour::Good,
        talk.say(&title),
        talk.word("memory-forgotten-all-about"),
    );
    Reply::card(Visibility::Private, embed)
}

pub(crate) fn set(talk: &Talk<'_>, wanted: Remembering) -> Reply {
    let (title, about, id, button) = match wanted {
        Remembering::On => ("memory-on", "memory-on-about", "off", "memory-button-off"),
        Remembering::Off => ("memory-off", "memory-off-about", "on", "memory-button-on"),
    };
    let embed = Embed::new(Colour::Good, talk.word(title), talk.word(about));
    Reply::card(Visibility::Private, embed).with_buttons(vec![
        talk.button(
            "show:1",
            talk.word("memory-button-show"),
            ButtonStyle::Primary,
        ),
        talk.button(id, talk.word(button), ButtonStyle::Secondary),
    ])
}
