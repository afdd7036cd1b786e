//! The slash commands of memory and privacy: what they are called, what they take, and who answers them.
//!
//! Every answer is private. A button's id says all there is to know, `memory:forget:12:1`; nothing waits in memory.
//! Export and erasure are over all contexts: here they are asked for, confirmed and shown, the flow does them.

mod card;
mod privacy;
mod refusal;
mod show;

use ::store::Tx;
use chat::{
    Access, AnswerKind, Autocomplete, CommandKind, CommandSpec, Given, Invocation, Invoked,
    OptionKind, OptionSpec, Reply,
};
use kernel::{IdSource, Op, Words};

use crate::{
    fact::{FACT_LENGTH_MAX, Fact, FactId, Origin},
    learn::{Learnt, Lesson, NewFact, learn},
    member::{Remembering, is_silent, set_remembering},
    place::Place,
    settings::{Privacy, Settings},
    shelf::{forget, forget_all},
};
pub use privacy::{erased, exported};
pub use refusal::CommandError;

/// The beginning of every custom id of memory.
pub const CUSTOM_ID_PREFIX: &str = "memory:";
/// The last page of the list that can be asked for.
pub const SHOW_PAGE_MAX: u32 = 200;

/// A reply, and what was done for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What is said.
    pub reply: Reply,
    /// What was done.
    pub did: Did,
}

/// What a command did, or asks the flow to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Did {
    /// Nothing but show.
    Shown,
    /// Something was added.
    Learnt(Box<Learnt>),
    /// One fact was forgotten.
    Forgot(Box<Fact>),
    /// This many were.
    ForgotAll(u64),
    /// Remembering was turned on or off.
    Set(Remembering),
    /// The asker wants everything kept of them: gather every context's export and answer with [`exported`].
    ExportWanted,
    /// The asker confirmed their erasure: erase in every context and answer with [`erased`].
    EraseWanted,
}

/// What an answer is made of, apart from the transaction.
#[derive(Debug, Clone, Copy)]
pub struct Talk<'a> {
    /// The operation.
    pub op: &'a Op,
    /// Where new ids come from.
    pub ids: &'a dyn IdSource,
    /// The section `memory`.
    pub settings: &'a Settings,
    /// The section `privacy`.
    pub privacy: &'a Privacy,
    /// The messages.
    pub words: &'a Words,
    /// What was used.
    pub invocation: &'a Invocation,
    /// Where, and whether everyone may read there.
    pub place: Place,
}

/// The commands as they are registered.
#[must_use]
pub fn specs() -> Vec<CommandSpec> {
    let sub = |name, description, options| OptionSpec {
        name,
        description,
        kind: OptionKind::SubCommand(options),
        required: false,
    };
    let memory = vec![
        sub("show", "See what is remembered about you", vec![]),
        sub(
            "add",
            "Have something about you remembered",
            vec![text("text", "What to remember", FACT_LENGTH_MAX)],
        ),
        sub(
            "forget",
            "Have something forgotten",
            vec![text("what", "The number from the list, or all", 20)],
        ),
        sub("on", "Let the bot learn from what you say again", vec![]),
        sub("off", "Have nothing about you learnt or used", vec![]),
    ];
    let privacy = vec![
        sub("export", "Get everything that is kept of you", vec![]),
        sub(
            "erase",
            "Have everything that is kept of you erased",
            vec![],
        ),
    ];
    vec![
        spec(
            "memory",
            "What is remembered about you, and whether",
            memory,
        ),
        spec(
            "privacy",
            "Your words: get them all, or have them erased",
            privacy,
        ),
    ]
}

fn text(name: &'static str, description: &'static str, max: usize) -> OptionSpec {
    OptionSpec {
        name,
        description,
        kind: OptionKind::Text {
            max_length: u16::try_from(max).unwrap_or(u16::MAX),
            autocomplete: Autocomplete::None,
            choices: vec![],
        },
        required: true,
    }
}

const fn spec(
    name: &'static str,
    description: &'static str,
    options: Vec<OptionSpec>,
) -> CommandSpec {
    CommandSpec {
        name,
        description,
        kind: CommandKind::Slash,
        options,
        access: Access::Everyone,
        answer: AnswerKind::Private,
    }
}

/// What somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    Show(u32),
    Add(String),
    Forget(FactId),
    ForgetPressed(FactId, u32),
    ForgetAll,
    Set(Remembering),
    Export,
    EraseAsk,
    EraseCancel,
    EraseConfirm,
}

/// How the answer to this will be seen when it succeeds; nothing where memory does not answer it.
#[must_use]
pub fn answer_kind(invoked: &Invoked) -> Option<AnswerKind> {
    let asked = parse(invoked).ok()?;
    Some(match (invoked, asked) {
        (Invoked::Button { .. }, Asked::Export) => AnswerKind::Private,
        (Invoked::Button { .. }, _) => AnswerKind::Update,
        _ => AnswerKind::Private,
    })
}

/// Answers a command or a press inside the caller's transaction.
///
/// # Errors
/// A refusal, which is told privately, or a failure of the database.
pub fn invoke(tx: &mut Tx<'_>, talk: &Talk<'_>) -> Result<Answer, CommandError> {
    let asked = parse(&talk.invocation.invoked)?;
    if let Asked::Add(_) = asked
        && !talk.settings.enabled
    {
        return Err(CommandError::Off);
    }
    match asked {
        Asked::Show(page) => show::answer(tx, talk, page),
        Asked::Add(text) => add(tx, talk, text),
        Asked::Forget(id) => forgotten(tx, talk, id),
        Asked::ForgetPressed(id, page) => pressed(tx, talk, id, page),
        Asked::ForgetAll => all_forgotten(tx, talk),
        Asked::Set(wanted) => set(tx, talk, wanted),
        Asked::Export => Ok(Answer {
            reply: Reply::private(talk.word("memory-export-begun")),
            did: Did::ExportWanted,
        }),
        Asked::EraseAsk => Ok(shown(privacy::question(talk))),
        Asked::EraseCancel => Ok(shown(privacy::kept(talk))),
        Asked::EraseConfirm => Ok(Answer {
            reply: Reply::private(talk.word("memory-erase-begun")),
            did: Did::EraseWanted,
        }),
    }
}

const fn shown(reply: Reply) -> Answer {
    Answer {
        reply,
        did: Did::Shown,
    }
}

fn add(tx: &mut Tx<'_>, talk: &Talk<'_>, text: String) -> Result<Answer, CommandError> {
    let lesson = Lesson {
        teacher: talk.asker(),
        teacher_name: talk.invocation.asker.name.clone(),
        others: vec![],
        place: talk.place,
        source: None,
        origin: Origin::Added,
        facts: vec![NewFact::added(text)],
    };
    let learnt = learn(tx, talk.op, talk.ids, talk.settings, talk.privacy, &lesson)?;
    let learnt = learnt.into_iter().next().ok_or(CommandError::Twice)?;
    match learnt {
        Learnt::Refused { why, .. } => Err(CommandError::NotKept(why)),
        learnt => {
            let reply = show::added(talk, &learnt);
            let did = Did::Learnt(Box::new(learnt));
            Ok(Answer { reply, did })
        }
    }
}

fn forgotten(tx: &mut Tx<'_>, talk: &Talk<'_>, id: FactId) -> Result<Answer, CommandError> {
    let fact = forget(tx, talk.op, Some(talk.asker()), id)?.ok_or(CommandError::NoSuchFact)?;
    let reply = show::forgotten(talk, &fact);
    let did = Did::Forgot(Box::new(fact));
    Ok(Answer { reply, did })
}

/// A press on a list: the list without that line.
fn pressed(
    tx: &mut Tx<'_>,
    talk: &Talk<'_>,
    id: FactId,
    page: u32,
) -> Result<Answer, CommandError> {
    let fact = forget(tx, talk.op, Some(talk.asker()), id)?;
    let reply = show::answer(tx, talk, page)?.reply;
    let did = fact.map_or(Did::Shown, |fact| Did::Forgot(Box::new(fact)));
    Ok(Answer { reply, did })
}

fn all_forgotten(tx: &mut Tx<'_>, talk: &Talk<'_>) -> Result<Answer, CommandError> {
    let count = forget_all(tx, talk.op, talk.asker())?;
    Ok(Answer {
        reply: show::all_forgotten(talk, count),
        did: Did::ForgotAll(count),
    })
}

fn set(tx: &mut Tx<'_>, talk: &Talk<'_>, wanted: Remembering) -> Result<Answer, CommandError> {
    let was_off = is_silent(tx, talk.op.guild, talk.asker())?;
    if was_off != (wanted == Remembering::Off) {
        set_remembering(tx, talk.op, talk.asker(), wanted)?;
    }
    Ok(Answer {
        reply: show::set(talk, wanted),
        did: Did::Set(wanted),
    })
}

fn parse(invoked: &Invoked) -> Result<Asked, CommandError> {
    match invoked {
        Invoked::Command(given) => parse_command(given),
        Invoked::Button { custom_id, .. } => parse_button(custom_id),
        Invoked::Typing { .. }
        | Invoked::UserMenu { .. }
        | Invoked::MessageMenu { .. }
        | Invoked::Select { .. }
        | Invoked::Form { .. } => Err(CommandError::NotOurs),
    }
}

fn parse_command(given: &Given) -> Result<Asked, CommandError> {
    match (given.name.as_str(), given.sub.as_deref()) {
        ("memory", Some("show")) => Ok(Asked::Show(1)),
        ("memory", Some("add")) => {
            let text = given.text("text").ok_or(CommandError::Missing("text"))?;
            Ok(Asked::Add(text.to_owned()))
        }
        ("memory", Some("forget")) => {
            let what = given.text("what").ok_or(CommandError::Missing("what"))?;
            let what = what.trim().trim_start_matches('#');
            if what.eq_ignore_ascii_case("all") {
                return Ok(Asked::ForgetAll);
            }
            let id = what.parse().map_err(|_| CommandError::NoSuchFact)?;
            Ok(Asked::Forget(id))
        }
        ("memory", Some("on")) => Ok(Asked::Set(Remembering::On)),
        ("memory", Some("off")) => Ok(Asked::Set(Remembering::Off)),
        ("privacy", Some("export")) => Ok(Asked::Export),
        ("privacy", Some("erase")) => Ok(Asked::EraseAsk),
        _ => Err(CommandError::NotOurs),
    }
}

fn parse_button(custom_id: &str) -> Result<Asked, CommandError> {
    let page = |text: &str| {
        let page: Option<u32> = text.parse().ok();
        page.filter(|page| (1..=SHOW_PAGE_MAX).contains(page))
            .ok_or(CommandError::NotOurs)
    };
    let rest = custom_id.strip_prefix(CUSTOM_ID_PREFIX).unwrap_or("");
    let parts: Vec<&str> = rest.split(':').collect();
    match parts.as_slice() {
        ["show", number] => Ok(Asked::Show(page(number)?)),
        ["forget", id, number] => {
            let id = id.parse().map_err(|_| CommandError::NotOurs)?;
            Ok(Asked::ForgetPressed(id, page(number)?))
        }
        ["off"] => Ok(Asked::Set(Remembering::Off)),
        ["on"] => Ok(Asked::Set(Remembering::On)),
        ["export"] => Ok(Asked::Export),
        ["erase", "confirm"] => Ok(Asked::EraseConfirm),
        ["erase", "cancel"] => Ok(Asked::EraseCancel),
        _ => Err(CommandError::NotOurs),
    }
}
