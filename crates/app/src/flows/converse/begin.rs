//! Before a model is asked: what may be recalled is recalled, the money set aside, and the reason written down.

use std::sync::Arc;

use ai::{BudgetError, Estimate, Known, Novelty, Purpose, Request, Reserve, Whose};
use audit::{Kind, NewEntry, NewInput, Outcome, Remembered, Said, Trigger, TriggerKind};
use bots::{Asking, Line, Material, NewAnswer, Prompt, Silence, Voice};
use chat::{Effect, Reply};
use kernel::{Cause, CauseKind, Op};
use memory::{NewTurn, Place, Recalled, Scope, Speaker, Subject, Turn, Viewer, Windows};
use store::{DbError, Tx, handled};

use super::{Question, Talk, Via};
use crate::{
    Core,
    flows::{noting::record, voice},
    outcome::{Owing, owe},
    surroundings::Surroundings,
};

/// What came of the preparation.
#[derive(Debug)]
pub(crate) enum Begun {
    /// It is answered already, or being answered.
    Before,
    /// No model is asked: these words stand in, unless nobody asked for an answer.
    Silent {
        /// What the asker reads.
        words: String,
        /// What carries it, where a message asked.
        owing: Vec<Owing>,
    },
    /// The model may be asked.
    Now(Box<Talk>),
}

/// Prepares an answer, once for what it answers.
///
/// # Errors
/// When the database fails.
pub(crate) fn begin(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    around: &Surroundings,
    question: &Question,
) -> Result<Begun, DbError> {
    let settings = &around.config.settings;
    let place = around.place(question.channel);
    match question.via {
        Via::Interaction(_) => keep_question(tx, op, around, question, place)?,
        Via::Message(message) => {
            let once = Cause::new(CauseKind::Message, format!("{message}?answer"));
            if handled::handled_mark(tx, &once, op.at)? == handled::Handled::Before {
                return Ok(Begun::Before);
            }
        }
    }
    let heard = Heard::gather(tx, op, around, question)?;
    let request = request(core, around, question, &heard);
    let model = voice::listed(core, &settings.ai);
    let reserve = Reserve {
        purpose: Purpose::Answer,
        payer: Some(question.asker),
        estimate: Estimate::of(&core.prices, &model, &request),
    };
    let mut entry = entry(around, question, &heard);
    let ids = core.ids.as_ref();
    let reservation = match ai::reserve(tx, op, ids, &core.budget(&settings.ai), &reserve) {
        Ok(reservation) if reservation.novelty == Novelty::Before => return Ok(Begun::Before),
        Ok(reservation) => reservation,
        Err(BudgetError::Store(error)) => return Err(error),
        Err(BudgetError::Exhausted { whose, .. }) => {
            entry.outcome = Outcome::Suppressed;
            let why = match whose {
                Whose::Guild => Silence::Spent,
                Whose::Member => Silence::MemberSpent,
            };
            return silent(tx, core, op, around, question, entry, why);
        }
    };
    let entry = record(tx, core, op, &entry)?;
    let new = NewAnswer {
        asked: asked(question),
        channel: question.channel,
        asker: question.asker,
        entry: entry.to_string(),
        version: heard.prompt.version.clone(),
    };
    let Some(answer) = bots::answer_begin(tx, op, ids, &new)? else {
        return Ok(Begun::Before);
    };
    Ok(Begun::Now(Box::new(Talk {
        op: op.clone(),
        question: question.clone(),
        config: Arc::clone(&around.config),
        place,
        entry,
        answer: answer.id,
        reservation,
        request,
        others: heard.others(question),
    })))
}

fn asked(question: &Question) -> Asking {
    match question.via {
        Via::Message(message) => Asking::message(message),
        Via::Interaction(interaction) => Asking::interaction(interaction),
    }
}

/// What is asked by a command is said in the channel all the same.
fn keep_question(
    tx: &mut Tx<'_>,
    op: &Op,
    around: &Surroundings,
    question: &Question,
    place: Place,
) -> Result<(), DbError> {
    let settings = &around.config.settings;
    let turn = NewTurn {
        message: question.via.place(),
        place,
        speaker: Speaker::Member,
        user: question.asker,
        name: question.asker_name.clone(),
        text: question.text.clone(),
    };
    memory::say(tx, op, &settings.memory, &settings.privacy, &turn).map(drop)
}

/// What an answer is made from.
struct Heard {
    windows: Windows,
    recalled: Vec<Recalled>,
    prompt: Prompt,
}

impl Heard {
    fn gather(
        tx: &mut Tx<'_>,
        op: &Op,
        around: &Surroundings,
        question: &Question,
    ) -> Result<Self, DbError> {
        let settings = &around.config.settings;
        let viewer = Viewer {
            guild: op.guild,
            user: question.asker,
            channel: question.channel,
        };
        let before = question.via.place();
        let windows = memory::windows(tx, &settings.memory, &viewer, before, op.at)?;
        let recalled = memory::recall(tx, &settings.memory, &viewer, &question.text, op.at)?;
        let number = bots::deployed(tx, op.guild)?.map_or(0, |version| version.number);
        let prompt = bots::prompt(&settings.persona, number, &material(question, &windows));
        Ok(Self {
            windows,
            recalled,
            prompt,
        })
    }

    fn turns(&self) -> impl Iterator<Item = &Turn> {
        let Windows {
            channel,
            member,
            server,
            ..
        } = &self.windows;
        server.iter().chain(member).chain(channel)
    }

    /// How others in the talk are called.
    fn others(&self, question: &Question) -> Vec<String> {
        let theirs = self
            .turns()
            .filter(|turn| turn.speaker == Speaker::Member && turn.user != question.asker);
        let mut names: Vec<String> = theirs.map(|turn| turn.name.clone()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn material(question: &Question, windows: &Windows) -> Material {
    let lines = |turns: &[Turn]| turns.iter().map(|turn| line(question, turn)).collect();
    Material {
        question: question.text.clone(),
        summary: windows.summary.as_ref().map(|summary| summary.text.clone()),
        channel: lines(&windows.channel),
        member: lines(&windows.member),
        server: lines(&windows.server),
    }
}

fn line(question: &Question, turn: &Turn) -> Line {
    let from = match turn.speaker {
        _ if turn.user != question.asker => Voice::Other,
        Speaker::Member => Voice::Asker,
        Speaker::Bot => Voice::Persona,
    };
    Line {
        from,
        name: turn.name.clone(),
        text: turn.text.clone(),
    }
}

fn request(core: &Core, around: &Surroundings, question: &Question, heard: &Heard) -> Request {
    let persona = &around.config.settings.persona;
    let known = known(core, around, question);
    let memories = heard.recalled.iter().map(|one| one.fact.text.clone());
    let message = |message: &bots::Message| match message.role {
        bots::Role::User => ai::Message::user(message.text.clone()),
        bots::Role::Assistant => ai::Message::model(message.text.clone()),
    };
    Request {
        persona: Some(ai::Persona {
            name: persona.shown_name().to_owned(),
            preset: persona.preset.clone(),
        }),
        known,
        memories: memories.collect(),
        messages: heard.prompt.messages.iter().map(message).collect(),
        tokens_max: u32::try_from(persona.answer_tokens_max).unwrap_or(600),
        deadline: core.answer_within,
        ..Request::answer(heard.prompt.system.clone(), "")
    }
}

/// What anybody in the channel sees anyway.
fn known(core: &Core, around: &Surroundings, question: &Question) -> Vec<Known> {
    let mut known = vec![Known::new("asker", question.asker_name.as_str())];
    if let Some(guild) = &around.guild {
        known.push(Known::new("server", guild.name.as_str()));
        if let Some(members) = core.guilds.members(guild.id) {
            known.push(Known::new("members", members.to_string()));
        }
        if let Some(channel) = guild.channel(question.channel) {
            known.push(Known::new("channel", channel.name.as_str()));
        }
    }
    known
}

/// Why the persona answers, and from what: written down before anybody is asked.
fn entry(around: &Surroundings, question: &Question, heard: &Heard) -> NewEntry {
    let trigger = Trigger {
        user: Some(question.asker),
        channel: Some(question.channel),
        message: question.via.message(),
        kind: match (&question.trigger, question.via) {
            (bots::Trigger::Reaction, _) => TriggerKind::Reaction,
            (_, Via::Interaction(_)) => TriggerKind::Command,
            (_, Via::Message(_)) => TriggerKind::Message,
        },
    };
    let mut entry = NewEntry::new(Kind::Ai, "answer", Outcome::Pending, trigger);
    entry.subject = Some(question.asker);
    let content = Said::by(question.author, question.text.clone());
    entry.input = NewInput {
        content: Some(match question.via {
            Via::Message(message) => content.in_message(message),
            Via::Interaction(_) => content,
        }),
        history: heard.turns().map(said).collect(),
        memories: heard.recalled.iter().map(remembered).collect(),
    };
    let why = format!("triggered by {}", question.trigger.name());
    entry.reasoning = Some(Said::by_nobody(why));
    entry.prompt_version = Some(heard.prompt.version.to_string());
    entry.config_revision = around.config.revision.map(platform::Revision::get);
    entry
}

/// What was said before, as words of whoever said it; the bot's own go with those of whom it answered.
fn said(turn: &Turn) -> Said {
    Said::by(turn.user, format!("{}: {}", turn.name, turn.text)).in_message(turn.message)
}

fn remembered(recalled: &Recalled) -> Remembered {
    let fact = &recalled.fact;
    Remembered {
        id: fact.id.to_string(),
        about: (fact.subject == Subject::Member).then_some(fact.user),
        text: fact.text.clone(),
    }
}

/// No model is asked: that is a decision too, and whoever asked for an answer is told.
fn silent(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    around: &Surroundings,
    question: &Question,
    mut entry: NewEntry,
    why: Silence,
) -> Result<Begun, DbError> {
    let persona = &around.config.settings.persona;
    let words = bots::fallback(&core.words, &op.locale, persona, why);
    entry.reasoning = Some(Said::by_nobody(words.clone()));
    let mut owing = Vec::new();
    if let (Via::Message(message), true) = (question.via, question.trigger.is_asked_for()) {
        let effect = Effect::Post {
            channel: question.channel,
            reply: Reply::public(words.clone()),
            reply_to: Some(message),
            nonce: format!("s{message}"),
        };
        let owed = owe(tx, core, op, effect)?;
        entry.effects.push(audit::NewEffect {
            owed: owed.id,
            kind: owed.effect.kind().to_owned(),
        });
        owing.push(owed);
    }
    record(tx, core, op, &entry)?;
    Ok(Begun::Silent { words, owing })
}

impl Surroundings {
    /// A channel, and whether everyone may read there; where that is not known, not everyone may.
    pub(crate) fn place(&self, channel: kernel::ChannelId) -> Place {
        let everyone = self
            .guild
            .as_ref()
            .is_some_and(|guild| guild.everyone_may_read(channel));
        Place {
            channel,
            scope: if everyone {
                Scope::Guild
            } else {
                Scope::Channel
            },
        }
    }
}
