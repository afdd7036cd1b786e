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
}

#[derive(Debug)]
struct Step {
    id: &'static str,
    title: &'static str,
    hint: &'static str,
    goal: Goal,
}

const STEPS: [Step; 5] = [
    Step {
        id: "daily",
        title: "Claim your daily coins",
        hint: "Once a day, and more with each day in a row.",
        goal: Goal::Command {
            name: "daily",
            answer: Answer::ForAll,
        },
    },
    Step {
        id: "pay",
        title: "Pay somebody",
        hint: "Give another member a few of your coins.",
        goal: Goal::Command {
            name: "pay",
            answer: Answer::ForAll,
        },
    },
    Step {
        id: "leaderboard",
        title: "See the leaderboard",
        hint: "Who in this server has the most coins?",
        goal: Goal::Command {
            name: "leaderboard",
            answer: Answer::ForAll,
        },
    },
    Step {
        id: "balance",
        title: "Check your balance",
        hint: "Only you see the answer.",
        goal: Goal::Command {
            name: "balance",
            answer: Answer::ForAnyone,
        },
    },
    Step {
        id: "timezone",
        title: "Set your time zone",
        hint: "Your day then begins when yours does. Type a city.",
        goal: Goal::Command {
            name: "timezone",
            answer: Answer::ForAnyone,
        },
    },
];

/// The steps that a member can do now, with whether they are done.
pub(super) fn shown(world: &World, person: Snowflake, done: &BTreeSet<String>) -> Vec<Value> {
    let possible = |step: &&Step| match step.goal {
        Goal::Command { name, .. } => is_registered(world, person, name),
    };
    let rendered = |step: &Step| {
        let Goal::Command { name, .. } = step.goal;
        json!({"id": step.id, "title": step.title, "hint": step.hint, "command": name, "done": done.contains(step.id)})
    };
    STEPS.iter().filter(possible).map(rendered).collect()
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

/// Whether an interaction fulfilled its step: nothing while its answer is still to come.
pub(super) fn is_fulfilled(world: &World, id: &str, interaction: Snowflake) -> Option<bool> {
    let step = STEPS.iter().find(|step| step.id == id)?;
    let Some(interaction) = world.interaction(interaction) else {
        return Some(false);
    };
    let Goal::Command { answer, .. } = step.goal;
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
    Some(Some(if message.only_for.is_none() {
        Answer::ForAll
    } else {
        Answer::ForAnyone
    }))
}
