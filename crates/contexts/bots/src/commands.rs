//! The slash commands of personas: `/chat`, and `/persona` to look at who is there and who could be.
//!
//! `/chat` is only read here; the flow asks the model and posts. A button's id says all there is to know,
//! `bots:preview:tavern`.

mod card;
mod refusal;

use ::store::Tx;
use chat::{
    Access, AnswerKind, Autocomplete, Choice, CommandKind, CommandSpec, Given, Invocation, Invoked,
    OptionKind, OptionSpec, Reply,
};
use kernel::{Op, Words};

use crate::{
    presets::{PRESETS, Preset, preset},
    settings::Settings,
    version::deployed,
};
pub use refusal::CommandError;

/// The beginning of every custom id of personas.
pub const CUSTOM_ID_PREFIX: &str = "bots:";
/// The most characters of a message to the persona.
pub const MESSAGE_LENGTH_MAX: u16 = 2_000;

/// What a command comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// This is said.
    Said(Box<Reply>),
    /// The persona is to answer this, as written.
    Asked(String),
}

/// What an answer is made of, apart from the transaction.
#[derive(Debug, Clone, Copy)]
pub struct Talk<'a> {
    /// The operation.
    pub op: &'a Op,
    /// The section `persona`.
    pub settings: &'a Settings,
    /// The messages.
    pub words: &'a Words,
    /// What was used.
    pub invocation: &'a Invocation,
}

/// The commands as they are registered.
#[must_use]
pub fn specs() -> Vec<CommandSpec> {
    let message = OptionSpec {
        name: "message",
        description: "What to say",
        kind: OptionKind::Text {
            max_length: MESSAGE_LENGTH_MAX,
            autocomplete: Autocomplete::None,
            choices: vec![],
        },
        required: true,
    };
    let choices = PRESETS.iter().map(|preset| Choice {
        name: preset.name.to_owned(),
        value: preset.id.to_owned(),
    });
    let which = OptionSpec {
        name: "preset",
        description: "Which character",
        kind: OptionKind::Text {
            max_length: 40,
            autocomplete: Autocomplete::None,
            choices: choices.collect(),
        },
        required: true,
    };
    let sub = |name, description, options| OptionSpec {
        name,
        description,
        kind: OptionKind::SubCommand(options),
        required: false,
    };
    let persona = vec![
        sub("show", "See who answers here, and to what", vec![]),
        sub("presets", "See the characters to choose from", vec![]),
        sub("preview", "Read a talk with a character", vec![which]),
    ];
    let spec = |name, description, options, answer| CommandSpec {
        name,
        description,
        kind: CommandKind::Slash,
        options,
        access: Access::Everyone,
        answer,
    };
    vec![
        spec(
            "chat",
            "Talk to the persona of this server",
            vec![message],
            AnswerKind::Public,
        ),
        spec(
            "persona",
            "The persona of this server",
            persona,
            AnswerKind::Private,
        ),
    ]
}

/// What somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    Chat(String),
    Show,
    Presets,
    Preview(&'static Preset),
}

/// How the answer to this will be seen when it succeeds; nothing where personas do not answer it.
#[must_use]
pub fn answer_kind(invoked: &Invoked) -> Option<AnswerKind> {
    match (invoked, parse(invoked).ok()?) {
        (_, Asked::Chat(_)) => Some(AnswerKind::Public),
        (Invoked::Button { .. } | Invoked::Select { .. }, _) => Some(AnswerKind::Update),
        _ => Some(AnswerKind::Private),
    }
}

/// Answers a command or a press inside the caller's transaction.
///
/// # Errors
/// A refusal, which is told privately, or a failure of the database.
pub fn invoke(tx: &mut Tx<'_>, talk: &Talk<'_>) -> Result<Answer, CommandError> {
    match parse(&talk.invocation.invoked)? {
        Asked::Chat(_) if !talk.settings.enabled => Err(CommandError::Off),
        Asked::Chat(message) => Ok(Answer::Asked(message)),
        Asked::Show => {
            let version = deployed(tx, talk.op.guild)?;
            Ok(said(card::shown(talk, version.as_ref())))
        }
        Asked::Presets => Ok(said(card::presets(talk))),
        Asked::Preview(preset) => Ok(said(card::preview(talk, preset))),
    }
}

fn said(reply: Reply) -> Answer {
    Answer::Said(Box::new(reply))
}

fn parse(invoked: &Invoked) -> Result<Asked, CommandError> {
    match invoked {
        Invoked::Command(given) => parse_command(given),
        Invoked::Button { custom_id, .. } => {
            match custom_id.strip_prefix(CUSTOM_ID_PREFIX).unwrap_or("") {
                "show" => Ok(Asked::Show),
                "presets" => Ok(Asked::Presets),
                other => previewed(other.strip_prefix("preview:").unwrap_or("")),
            }
        }
        Invoked::Select {
            custom_id, values, ..
        } if custom_id.strip_prefix(CUSTOM_ID_PREFIX) == Some("preview") => {
            previewed(values.first().map_or("", String::as_str))
        }
        Invoked::Typing { .. }
        | Invoked::UserMenu { .. }
        | Invoked::MessageMenu { .. }
        | Invoked::Select { .. }
        | Invoked::Form { .. } => Err(CommandError::NotOurs),
    }
}

fn previewed(id: &str) -> Result<Asked, CommandError> {
    preset(id).map(Asked::Preview).ok_or(CommandError::NotOurs)
}

fn parse_command(given: &Given) -> Result<Asked, CommandError> {
    match (given.name.as_str(), given.sub.as_deref()) {
        ("chat", _) => {
            let message = given
                .text("message")
                .ok_or(CommandError::Missing("message"))?;
            if message.trim().is_empty() {
                return Err(CommandError::Missing("message"));
            }
            if message.chars().count() > usize::from(MESSAGE_LENGTH_MAX) {
                return Err(CommandError::TooLong);
            }
            Ok(Asked::Chat(message.to_owned()))
        }
        ("persona", Some("show")) => Ok(Asked::Show),
        ("persona", Some("presets")) => Ok(Asked::Presets),
        ("persona", Some("preview")) => {
            let id = given
                .text("preset")
                .ok_or(CommandError::Missing("preset"))?;
            preset(id)
                .map(Asked::Preview)
                .ok_or(CommandError::Missing("preset"))
        }
        _ => Err(CommandError::NotOurs),
    }
}
