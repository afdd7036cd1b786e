//! The rules of a guild, one at a time: a view of its configuration, of which each write is a revision.

use kernel::{Fault, FaultKind, GuildId, Op, Told};
use moderation::Rule;
use platform::{ConfigError, PolicyFacts, Refusal, Revision};
use serde_json::Value;
use store::{DbError, Tx};

use super::{
    configure::{self, Configure, ConfigureError},
    noting::record_access,
};
use crate::{
    Core,
    once::{Coming, KeyReused, once},
    settings::Problem,
};

/// Where the rules stand in a document.
const PLACE: &str = "/moderation/rules";
/// How often a write that names no base is tried anew when somebody else wrote meanwhile.
const TRIES: u32 = 5;

/// The rules in force.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleList {
    /// The revision that holds them; nothing where the guild has none yet.
    pub revision: Option<Revision>,
    /// The rules, in the order in which they are applied, as the document spells them.
    pub rules: Vec<Value>,
}

/// A change of one rule.
#[derive(Debug, Clone, PartialEq)]
pub struct EditRule {
    /// Which.
    pub id: String,
    /// What becomes of it.
    pub edit: Edit,
    /// What the author says about it.
    pub note: String,
    /// The revision that the author looked at.
    pub base_revision: Option<Revision>,
}

/// What becomes of a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// It says this, as the document spells it; a new one is the last. Its id may be left out.
    Put(Value),
    /// It goes.
    Remove,
}

/// What a change came to.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleWritten {
    /// The revision that holds it.
    pub revision: Revision,
    /// The rule with nothing missing; nothing where it went.
    pub rule: Option<Value>,
}

/// Why a rule was not changed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RuleError {
    /// The guild has none with this id.
    #[error("there is no rule `{id}`")]
    NoSuchRule {
        /// The id.
        id: String,
    },
    /// The key was used for something else.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// The configuration refuses it. A place inside the rule is told from there on.
    #[error(transparent)]
    Configure(#[from] ConfigureError),
}

impl From<DbError> for RuleError {
    fn from(error: DbError) -> Self {
        Self::Configure(error.into())
    }
}

impl Fault for RuleError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NoSuchRule { .. } => FaultKind::NotFound,
            Self::KeyReused(error) => error.kind(),
            Self::Configure(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::NoSuchRule { id } => Told::new("app-no-such-rule").with("id", id.as_str()),
            Self::KeyReused(error) => error.told(),
            Self::Configure(error) => error.told(),
        }
    }
}

/// The rules of a guild.
///
/// # Errors
/// When they are not in memory, and the database fails.
pub async fn list(core: &Core, guild: GuildId) -> Result<RuleList, DbError> {
    let config = core.config(guild).await?;
    let rules = config.settings.moderation.rules.iter();
    let rules = rules.map(serde_json::to_value).collect::<Result<_, _>>();
    Ok(RuleList {
        revision: config.revision,
        rules: rules.map_err(|error| DbError::Rejected {
            statement: "platform.config_fetch".to_owned(),
            reason: error.to_string(),
        })?,
    })
}

/// What a rule would be if it were written now, with nothing missing; nothing is written.
///
/// # Errors
/// What is wrong with it, what the policy guard refuses, or the database's failure.
pub async fn preview(
    core: &Core,
    guild: GuildId,
    id: &str,
    rule: Value,
) -> Result<Rule, RuleError> {
    let config = core.config(guild).await?;
    let mut document =
        serde_json::to_value(&config.settings).map_err(|error| wrong("", &error.to_string()))?;
    let command = EditRule {
        id: id.to_owned(),
        edit: Edit::Put(rule),
        note: String::new(),
        base_revision: None,
    };
    let at = apply(&mut document, &command)?;
    let checked = configure::check(core, guild, &document);
    let checked = checked.map_err(|error| inside_rule(error, at))?;
    let place = format!("{PLACE}/{at}");
    let rule = checked.at(&place).cloned().unwrap_or(Value::Null);
    serde_json::from_value(rule).map_err(|error| wrong("", &error.to_string()))
}

/// Changes one rule.
///
/// # Errors
/// When there is none to remove, what the configuration refuses, a stale base, or the database's failure.
pub async fn edit(core: &Core, op: Op, command: EditRule) -> Result<RuleWritten, RuleError> {
    let guild = op.guild;
    configure::start(core, guild).await?;
    let mut tries = TRIES;
    let written = loop {
        tries -= 1;
        let written = attempt(core, &op, &command).await;
        let stale = matches!(
            written,
            Err(RuleError::Configure(ConfigureError::Config(
                ConfigError::Stale { .. }
            )))
        );
        if !stale || command.base_revision.is_some() || tries == 0 {
            break written?;
        }
    };
    core.configs.changed(guild);
    Ok(written)
}

async fn attempt(core: &Core, op: &Op, command: &EditRule) -> Result<RuleWritten, RuleError> {
    let facts = configure::facts(core, op.guild);
    let (inside, op, command) = (core.clone(), op.clone(), command.clone());
    let work = move |tx: &mut Tx<'_>| write(tx, &inside, &op, &command, &facts);
    core.database.write("rule-edit", work).await
}

fn write(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    command: &EditRule,
    facts: &PolicyFacts,
) -> Result<RuleWritten, RuleError> {
    match once(tx, op, &content(command))? {
        Coming::First => {}
        Coming::Again => return before(tx, op, &command.id),
        Coming::Reused => return Err(KeyReused.into()),
    }
    let head = platform::config_fetch(tx, op.guild, None)?;
    let head = head.ok_or_else(|| not_started(op))?;
    let mut document = head.document.value().clone();
    let at = apply(&mut document, command)?;
    let configure = Configure {
        document,
        note: command.note.clone(),
        // What was read is what is changed, or nothing is.
        base_revision: command.base_revision.or(Some(head.entry.revision)),
    };
    let written = configure::write(tx, core, op, &configure, facts);
    let written = written.map_err(|error| inside_rule(error, at))?;
    let action = match command.edit {
        Edit::Put(_) => "rule_put",
        Edit::Remove => "rule_delete",
    };
    record_access(tx, core, op, action, "the rules of moderation")?;
    shown(tx, op, written.revision, &command.id)
}

/// What makes a change the same change.
fn content(command: &EditRule) -> [String; 4] {
    let edit = match &command.edit {
        Edit::Put(rule) => rule.to_string(),
        Edit::Remove => String::new(),
    };
    let base = command.base_revision.map(|base| base.to_string());
    let id = command.id.clone();
    [id, edit, command.note.clone(), base.unwrap_or_default()]
}

/// Changes the rule in the document; gives its place in the list.
fn apply(document: &mut Value, command: &EditRule) -> Result<usize, RuleError> {
    let rules = document.pointer_mut(PLACE).and_then(Value::as_array_mut);
    let rules = rules.ok_or_else(|| wrong(PLACE, "the stored document has no list of rules"))?;
    let id = Value::from(command.id.as_str());
    let place = rules.iter().position(|rule| rule.get("id") == Some(&id));
    match (&command.edit, place) {
        (Edit::Put(rule), place) => {
            let rule = named(rule, &id)?;
            match place {
                Some(place) => rules[place] = rule,
                None => rules.push(rule),
            }
            Ok(place.unwrap_or(rules.len() - 1))
        }
        (Edit::Remove, Some(place)) => {
            rules.remove(place);
            Ok(place)
        }
        (Edit::Remove, None) => Err(RuleError::NoSuchRule {
            id: command.id.chars().take(64).collect(),
        }),
    }
}

/// The rule with its id, which it may say itself.
fn named(rule: &Value, id: &Value) -> Result<Value, RuleError> {
    let mut rule = rule.clone();
    let fields = rule.as_object_mut();
    let fields = fields.ok_or_else(|| wrong("", "a rule is a JSON object"))?;
    let said = fields.entry("id").or_insert_with(|| id.clone());
    if said != id {
        return Err(wrong("/id", "it is not the id in the path"));
    }
    Ok(rule)
}

/// What an earlier run of this write came to.
fn before(tx: &mut Tx<'_>, op: &Op, id: &str) -> Result<RuleWritten, RuleError> {
    let caused = platform::config_caused(tx, op)?;
    let caused = caused.ok_or_else(|| not_started(op))?;
    shown(tx, op, caused.revision, id)
}

fn shown(tx: &mut Tx<'_>, op: &Op, revision: Revision, id: &str) -> Result<RuleWritten, RuleError> {
    let snapshot = platform::config_fetch(tx, op.guild, Some(revision))?;
    let snapshot = snapshot.ok_or_else(|| not_started(op))?;
    let rules = snapshot.document.at(PLACE).and_then(Value::as_array);
    let mut rules = rules.into_iter().flatten();
    let rule = rules.find(|rule| rule.get("id").and_then(Value::as_str) == Some(id));
    Ok(RuleWritten {
        revision,
        rule: rule.cloned(),
    })
}

fn not_started(op: &Op) -> ConfigureError {
    ConfigError::NotStarted { guild: op.guild }.into()
}

fn wrong(pointer: &str, reason: &str) -> RuleError {
    let problem = Problem {
        pointer: pointer.to_owned(),
        reason: reason.to_owned(),
    };
    ConfigureError::Wrong(vec![problem]).into()
}

/// Places inside the rule are told from there on; others stay those of the document.
fn inside_rule(error: ConfigureError, at: usize) -> ConfigureError {
    let place = format!("{PLACE}/{at}");
    let inside = |pointer: String| {
        let rest = pointer.strip_prefix(&place).map(str::to_owned);
        let rest = rest.filter(|rest| rest.is_empty() || rest.starts_with('/'));
        rest.unwrap_or(pointer)
    };
    match error {
        ConfigureError::Wrong(problems) => {
            let problems = problems.into_iter().map(|problem| Problem {
                pointer: inside(problem.pointer),
                ..problem
            });
            ConfigureError::Wrong(problems.collect())
        }
        ConfigureError::Policy(refusals) => {
            let refusals = refusals.into_iter().map(|refusal| Refusal {
                pointer: inside(refusal.pointer),
                ..refusal
            });
            ConfigureError::Policy(refusals.collect())
        }
        ConfigureError::Config(error) => ConfigureError::Config(error),
    }
}
