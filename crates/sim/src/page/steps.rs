//! The panel "Try this": guided steps as data, and when each of them is done.
//! What always holds: a step is shown only where it can be done now, and ticked only by what happened in the world.
//! A new step is a line of `STEPS`; a step of a new kind is a variant of `Goal`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::limits::FLAG_LOADING;
use crate::world::state::Interaction;
use crate::world::{Snowflake, World};

/// Who must see an answer for it to count: a refusal is always private.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    ForAll,
    ForAnyone,
}

/// What has to happen.
#[derive(Debug, Clone, Copy)]
enum Goal {
    /// A command was used from this page, and answered.
    Command { name: &'static str, answer: Answer },
    /// A message with these words was replied to by a bot.
    Replied { says: &'static str },
    /// A message was taken away by somebody else.
    TakenAway,
    /// A button with this label was pressed, and answered; the command shows the message that it stands on.
    Pressed {
        command: &'static str,
        label: &'static str,
    },
}

#[derive(Debug)]
struct Step {
    id: &'static str,
    title: &'static str,
    hint: &'static str,
    goal: Goal,
    /// Words for the composer; `@` stands for a mention of the bot.
    draft: Option<&'static str>,
}

const STEPS: [Step; 8] = [
    Step {
        id: "talk",
        title: "Talk to the bot",
        hint: "Mention it, and it answers in character.",
        goal: Goal::Replied { says: "" },
        draft: Some("@ hello, who are you?"),
    },
    Step {
        id: "teach",
        title: "Teach it something",
        hint: "Then ask what your cat is called, or see /memory show.",
        goal: Goal::Replied {
            says: "remember that",
        },
        draft: Some("@ remember that my cat is called Miso"),
    },
    Step {
        id: "daily",
        title: "Claim your daily coins",
        hint: "Once a day, and more with each day in a row.",
        goal: Goal::Command {
            name: "daily",
            answer: Answer::ForAll,
        },
        draft: None,
    },
    Step {
        id: "pay",
        title: "Pay somebody",
        hint: "Give another member a few of your coins.",
        goal: Goal::Command {
            name: "pay",
            answer: Answer::ForAll,
        },
        draft: None,
    },
    Step {
        id: "break",
        title: "Break a rule",
        hint: "The message goes, a case is opened, and staff see a card in #staff-only.",
        goal: Goal::TakenAway,
        draft: Some("fr3e n\u{456}tro for everyone, click here"),
    },
    Step {
        id: "why",
        title: "Ask why",
        hint: "What it saw, which rule, which words.",
        goal: Goal::Command {
            name: "why",
            answer: Answer::ForAnyone,
        },
        draft: None,
    },
    Step {
        id: "undo",
        title: "Undo it",
        hint: "As the owner, or a moderator: take case 1 back.",
        goal: Goal::Command {
            name: "case undo",
            answer: Answer::ForAnyone,
        },
        draft: None,
    },
    Step {
        id: "roll-back",
        title: "Roll a setting back",
        hint: "As the owner: turn something off, then press Undo this change.",
        goal: Goal::Pressed {
            command: "settings",
            label: "Undo this change",
        },
        draft: None,
    },
];

/// The steps that a member can do now, with whether they are done.
pub(super) fn shown(world: &World, person: Snowflake, done: &BTreeSet<String>) -> Vec<Value> {
    let possible = |step: &&Step| match step.goal {
        Goal::Command { name, .. } | Goal::Pressed { command: name, .. } => {
            is_registered(world, person, name.split(' ').next().unwrap_or(name))
        }
        // Only a bot that has commands can be trusted to talk and to moderate.
        Goal::Replied { .. } => is_registered(world, person, "chat"),
        Goal::TakenAway => is_registered(world, person, "case"),
    };
    let rendered = |step: &Step| {
        let command = match step.goal {
            Goal::Command { name, .. } | Goal::Pressed { command: name, .. } => Some(name),
            Goal::Replied { .. } | Goal::TakenAway => None,
        };
        json!({"id": step.id, "title": step.title, "hint": step.hint, "command": command,
            "draft": step.draft.and_then(|draft| drafted(world, person, draft)), "done": done.contains(step.id)})
    };
    STEPS.iter().filter(possible).map(rendered).collect()
}

/// Words for the composer, with the bot's name where it is to be mentioned.
fn drafted(world: &World, person: Snowflake, draft: &str) -> Option<Value> {
    let Some(words) = draft.strip_prefix('@') else {
        return Some(json!({"text": draft}));
    };
    let bot = world
        .guilds_of(person)
        .find_map(|guild| guild.bots.first().copied())?;
    Some(json!({"mention": bot, "text": words.trim_start()}))
}

/// Whether a bot in one of the person's servers has a slash command of this name.
fn is_registered(world: &World, person: Snowflake, name: &str) -> bool {
    world.guilds_of(person).any(|guild| {
        guild.bots.iter().any(|bot| {
            let here = world
                .commands_of(*bot, Some(guild.id))
                .chain(world.commands_of(*bot, None));
            here.filter(|command| command.kind == 1)
                .any(|command| command.name == name)
        })
    })
}

/// The step that a use of a command may fulfil.
pub(super) fn of_command(name: &str) -> Option<&'static str> {
    STEPS
        .iter()
        .find(|step| matches!(step.goal, Goal::Command { name: wanted, .. } if wanted == name))
        .map(|step| step.id)
}

/// The step that a press of a button on a message may fulfil.
pub(super) fn of_press(
    world: &World,
    channel: Snowflake,
    message: Snowflake,
    custom_id: &str,
) -> Option<&'static str> {
    let message = world.message(channel, message)?;
    let mut rows = message.components.iter();
    let label = rows.find_map(|row| {
        let buttons = row["components"].as_array()?;
        let pressed = buttons.iter().find(|one| one["custom_id"] == custom_id)?;
        pressed["label"].as_str()
    })?;
    STEPS
        .iter()
        .find(|step| matches!(step.goal, Goal::Pressed { label: wanted, .. } if wanted == label))
        .map(|step| step.id)
}

/// The steps that a message with these words may fulfil.
pub(super) fn of_message(content: &str) -> impl Iterator<Item = &'static str> {
    let small = content.to_lowercase();
    STEPS.iter().filter_map(move |step| match step.goal {
        Goal::Replied { says } => small.contains(says).then_some(step.id),
        // What is taken away may have been written in disguise.
        Goal::TakenAway => Some(step.id),
        Goal::Command { .. } | Goal::Pressed { .. } => None,
    })
}

/// Whether a message fulfilled its step.
pub(super) fn is_met(world: &World, id: &str, channel: Snowflake, message: Snowflake) -> bool {
    let Some(step) = STEPS.iter().find(|step| step.id == id) else {
        return false;
    };
    match step.goal {
        Goal::TakenAway => world.message(channel, message).is_none(),
        Goal::Replied { .. } => world.messages_in(channel, message..).any(|later| {
            let answers = later
                .reference
                .as_ref()
                .is_some_and(|told| told.message == message);
            answers && world.user(later.author).is_some_and(|author| author.bot)
        }),
        Goal::Command { .. } | Goal::Pressed { .. } => false,
    }
}

/// Whether an interaction fulfilled its step: nothing while its answer is still to come.
pub(super) fn is_fulfilled(world: &World, id: &str, interaction: Snowflake) -> Option<bool> {
    let step = STEPS.iter().find(|step| step.id == id)?;
    let Some(interaction) = world.interaction(interaction) else {
        return Some(false);
    };
    let answer = match step.goal {
        Goal::Command { answer, .. } => answer,
        Goal::Pressed { .. } => Answer::ForAnyone,
        Goal::Replied { .. } | Goal::TakenAway => return Some(false),
    };
    settled(world, interaction)
        .map(|seen| seen == Some(Answer::ForAll) || (answer == Answer::ForAnyone && seen.is_some()))
}

/// Who sees the answer once it stands: the first one, or where that was taken away, none.
fn settled(world: &World, interaction: &Interaction) -> Option<Option<Answer>> {
    if interaction.failed {
        return Some(None);
    }
    interaction.answered_us?;
    let Some(original) = interaction.original else {
        return Some(None);
    };
    let Some(message) = world.message(interaction.channel, original) else {
        return Some(None);
    };
    if u64::from(message.flags) & FLAG_LOADING != 0 {
        return None;
    }
    Some(match (message.only_for, message.embeds.is_empty()) {
        (None, _) => Some(Answer::ForAll),
        (Some(_), false) => Some(Answer::ForAnyone),
        // A refusal is private words alone.
        (Some(_), true) => None,
    })
}
