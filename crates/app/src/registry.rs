//! All commands, words and migrations of the product in one place: a `match` is the registry.

use std::collections::HashMap;

use chat::{AnswerKind, Choice, CommandSpec, Given, Invocation, Invoked};
use kernel::{Op, Words, WordsError};
use store::{Migration, MigrationError, Migrations, Tx};

use crate::{
    Core, flows,
    outcome::{Failed, Outcome},
    surroundings::Surroundings,
};

/// The migrations of the application's own crates; the binary adds those of its adapters.
pub const MIGRATIONS: &[&[Migration]] = &[
    store::MIGRATIONS,
    economy::MIGRATIONS,
    platform::MIGRATIONS,
    audit::MIGRATIONS,
    moderation::MIGRATIONS,
    ai::MIGRATIONS,
    memory::MIGRATIONS,
    bots::MIGRATIONS,
];

/// The tables that erasing a person takes something out of, of the crates above.
pub(crate) const ERASED: &[&[&str]] = &[
    economy::ERASED,
    platform::ERASED,
    audit::ERASED,
    moderation::ERASED,
    ai::ERASED,
    memory::ERASED,
    bots::ERASED,
    store::owed::ERASED,
];

const OWN_WORDS: &[(&str, &str)] = &[("en", include_str!("../words/en.ftl"))];
const WORDS: &[&[(&str, &str)]] = &[
    OWN_WORDS,
    economy::WORDS,
    platform::WORDS,
    audit::WORDS,
    moderation::WORDS,
    ai::WORDS,
    memory::WORDS,
    bots::WORDS,
];

/// Who answers a command, a press, a choice or a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Economy,
    Platform,
    Audit,
    Moderation,
    Bots,
    Memory,
}

impl Part {
    const ALL: [Self; 6] = [
        Self::Economy,
        Self::Platform,
        Self::Audit,
        Self::Moderation,
        Self::Bots,
        Self::Memory,
    ];

    fn specs(self) -> Vec<CommandSpec> {
        match self {
            Self::Economy => economy::commands::specs(),
            Self::Platform => platform::commands::specs(),
            Self::Audit => audit::commands::specs(),
            Self::Moderation => moderation::commands::specs(),
            Self::Bots => bots::commands::specs(),
            Self::Memory => memory::commands::specs(),
        }
    }

    const fn custom_id_prefix(self) -> &'static str {
        match self {
            Self::Economy => economy::commands::CUSTOM_ID_PREFIX,
            Self::Platform => platform::commands::CUSTOM_ID_PREFIX,
            Self::Audit => audit::commands::CUSTOM_ID_PREFIX,
            Self::Moderation => moderation::commands::CUSTOM_ID_PREFIX,
            Self::Bots => bots::commands::CUSTOM_ID_PREFIX,
            Self::Memory => memory::commands::CUSTOM_ID_PREFIX,
        }
    }

    fn answer_kind(self, invoked: &Invoked) -> Option<AnswerKind> {
        match self {
            Self::Economy => economy::commands::answer_kind(invoked),
            Self::Platform => platform::commands::answer_kind(invoked),
            Self::Audit => audit::commands::answer_kind(invoked),
            Self::Moderation => moderation::commands::answer_kind(invoked),
            Self::Bots => bots::commands::answer_kind(invoked),
            Self::Memory => memory::commands::answer_kind(invoked),
        }
    }

    /// Whose this is, if it is known.
    fn of(specs: &Specs, invoked: &Invoked) -> Option<Self> {
        match invoked {
            Invoked::Command(Given { name, .. })
            | Invoked::Typing {
                given: Given { name, .. },
                ..
            }
            | Invoked::UserMenu { name, .. }
            | Invoked::MessageMenu { name, .. } => {
                specs.by_name.get(name.as_str()).map(|(part, _)| *part)
            }
            Invoked::Button { custom_id, .. }
            | Invoked::Select { custom_id, .. }
            | Invoked::Form { custom_id, .. } => Self::ALL
                .into_iter()
                .find(|part| custom_id.starts_with(part.custom_id_prefix())),
        }
    }
}

/// Every command by its name, with who answers it.
#[derive(Debug)]
pub(crate) struct Specs {
    by_name: HashMap<&'static str, (Part, CommandSpec)>,
}

impl Specs {
    pub(crate) fn all() -> Self {
        let of_part = |part: Part| {
            part.specs()
                .into_iter()
                .map(move |spec| (spec.name, (part, spec)))
        };
        Self {
            by_name: Part::ALL.into_iter().flat_map(of_part).collect(),
        }
    }

    /// The command with this name.
    pub(crate) fn named(&self, name: &str) -> Option<&CommandSpec> {
        self.by_name.get(name).map(|(_, spec)| spec)
    }

    /// What was used, in a word for logs and metrics: only names that we made ourselves.
    pub(crate) fn label(&self, invoked: &Invoked) -> &'static str {
        let name = match invoked {
            Invoked::Command(Given { name, .. })
            | Invoked::Typing {
                given: Given { name, .. },
                ..
            }
            | Invoked::UserMenu { name, .. }
            | Invoked::MessageMenu { name, .. } => name.as_str(),
            Invoked::Button { .. } => return "button",
            Invoked::Select { .. } => return "select",
            Invoked::Form { .. } => return "form",
        };
        self.named(name).map_or("unknown", |spec| spec.name)
    }

    /// How the answer to this is seen when it succeeds.
    pub(crate) fn answer_kind(&self, invoked: &Invoked) -> Option<AnswerKind> {
        Part::of(self, invoked)?.answer_kind(invoked)
    }

    /// Runs what was invoked in this transaction.
    pub(crate) fn invoke(
        &self,
        tx: &mut Tx<'_>,
        core: &Core,
        op: &Op,
        invocation: &Invocation,
        around: &Surroundings,
    ) -> Result<Outcome, Failed> {
        match Part::of(self, &invocation.invoked) {
            Some(Part::Economy) => {
                let settings = &around.config.settings.economy;
                let ids = core.ids.as_ref();
                let (words, pseudonyms) = (&core.words, &core.pseudonyms());
                let answer = economy::commands::invoke(
                    tx, op, ids, settings, words, pseudonyms, invocation,
                )?;
                Ok(answer.into())
            }
            Some(Part::Platform) => flows::setup::invoke(tx, core, op, invocation, around),
            Some(Part::Audit) => {
                Ok(audit::commands::invoke(tx, op, &core.words, invocation)?.into())
            }
            Some(Part::Moderation) => flows::sanction::invoke(tx, core, op, invocation, around),
            Some(Part::Bots) => flows::chat::invoke(tx, core, op, invocation, around),
            Some(Part::Memory) => flows::remember::invoke(tx, core, op, invocation, around),
            None => Err(Failed::NotOurs),
        }
    }

    /// Choices for an option being typed.
    pub(crate) fn choices(&self, invoked: &Invoked) -> Vec<Choice> {
        match Part::of(self, invoked) {
            Some(Part::Economy) => economy::commands::choices(invoked),
            Some(Part::Platform | Part::Audit | Part::Moderation | Part::Bots | Part::Memory)
            | None => Vec::new(),
        }
    }
}

/// All words of the product.
///
/// # Errors
/// When two catalogues define the same message, or one does not parse: a defect of this build.
pub fn words() -> Result<Words, WordsError> {
    let catalogues: Vec<_> = WORDS.iter().flat_map(|part| part.iter().copied()).collect();
    Words::join(&catalogues)
}

/// The whole line of migrations, with those of the adapters.
///
/// # Errors
/// When the line has a gap or a repeat: a defect of this build.
pub fn catalogue(adapters: &[&[Migration]]) -> Result<Migrations, MigrationError> {
    let parts: Vec<_> = MIGRATIONS.iter().chain(adapters).copied().collect();
    Migrations::join(&parts)
}

/// Every command that Discord is told of.
#[must_use]
pub fn command_specs() -> Vec<CommandSpec> {
    Part::ALL.into_iter().flat_map(Part::specs).collect()
}

/// Whether this asks the persona, so that it waits for what was said before to be learnt.
pub(crate) fn asks_persona(invoked: &Invoked) -> bool {
    matches!(invoked, Invoked::Command(given) if given.name == "chat")
}

/// Whether this only reads, and so owes nothing and leaves no trace.
pub(crate) fn only_reads(invoked: &Invoked) -> bool {
    match invoked {
        Invoked::Command(given) => matches!(
            given.name.as_str(),
            "balance" | "leaderboard" | "persona" | "rank" | "settings" | "setup" | "stats" | "why"
        ),
        Invoked::MessageMenu { name, .. } => name == audit::commands::MENU_NAME,
        Invoked::Select { custom_id, .. } => {
            custom_id.starts_with(audit::commands::CUSTOM_ID_PREFIX)
                || custom_id.starts_with(bots::commands::CUSTOM_ID_PREFIX)
        }
        Invoked::Button { custom_id, .. } => {
            let economy = custom_id.strip_prefix(economy::commands::CUSTOM_ID_PREFIX);
            let asked = economy.unwrap_or_default();
            let platform = custom_id.strip_prefix(platform::commands::CUSTOM_ID_PREFIX);
            let shown = platform.unwrap_or_default();
            asked.starts_with("leaderboard:")
                || matches!(asked, "open:balance" | "open:leaderboard")
                || matches!(shown, "overview" | "setup")
                || shown.starts_with("history")
                || custom_id.starts_with(audit::commands::CUSTOM_ID_PREFIX)
                || custom_id.starts_with(bots::commands::CUSTOM_ID_PREFIX)
        }
        _ => false,
    }
}
