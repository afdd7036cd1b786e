//! All commands, words and migrations of the product in one place: a `match` is the registry.

use std::collections::HashMap;

use chat::{AnswerKind, Choice, CommandSpec, Given, Invocation, Invoked};
use economy::commands::{Answer, CommandError};
use kernel::{Op, Words, WordsError};
use store::{Migration, MigrationError, Migrations, Tx};

use crate::Core;

/// The migrations of the application's own crates; the binary adds those of its adapters.
pub const MIGRATIONS: &[&[Migration]] = &[store::MIGRATIONS, economy::MIGRATIONS];

const WORDS: &[(&str, &str)] = &[("en", include_str!("../words/en.ftl"))];

/// All words of the product.
///
/// # Errors
/// When two catalogues define the same message, or one does not parse: a defect of this build.
pub fn words() -> Result<Words, WordsError> {
    let catalogues: Vec<_> = WORDS.iter().chain(economy::WORDS).copied().collect();
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
    economy::commands::specs()
}

pub(crate) fn specs_by_name() -> HashMap<&'static str, CommandSpec> {
    let specs = command_specs().into_iter();
    specs.map(|spec| (spec.name, spec)).collect()
}

/// What was used, in a word for logs and metrics: only names that we made ourselves.
pub(crate) fn label(specs: &HashMap<&'static str, CommandSpec>, invoked: &Invoked) -> &'static str {
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
    specs.get(name).map_or("unknown", |spec| spec.name)
}

/// Whether this only reads, and so owes nothing and leaves no trace.
pub(crate) fn only_reads(invoked: &Invoked) -> bool {
    match invoked {
        Invoked::Command(given) => matches!(given.name.as_str(), "balance" | "leaderboard"),
        Invoked::Button { custom_id, .. } => {
            let asked = custom_id
                .strip_prefix(economy::commands::CUSTOM_ID_PREFIX)
                .unwrap_or_default();
            asked.starts_with("leaderboard:")
                || matches!(asked, "open:balance" | "open:leaderboard")
        }
        _ => false,
    }
}

/// How the answer to this is seen when it succeeds.
pub(crate) fn answer_kind(invoked: &Invoked) -> Option<AnswerKind> {
    economy::commands::answer_kind(invoked)
}

/// Runs what was invoked in this transaction.
pub(crate) fn invoke(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    invocation: &Invocation,
) -> Result<Answer, CommandError> {
    economy::commands::invoke(
        tx,
        op,
        core.ids.as_ref(),
        &core.economy,
        &core.words,
        invocation,
    )
}

/// Choices for an option being typed.
pub(crate) fn choices(invoked: &Invoked) -> Vec<Choice> {
    economy::commands::choices(invoked)
}
