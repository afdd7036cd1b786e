//! Registered application commands.
//! What always holds: within one application, place and type a name is unique; registering it again keeps its id.

use serde_json::{Map, Value};

use super::marks::Key;
use super::state::Command;
use super::{Noun, Snowflake, World, WorldError};

/// A command to be registered, checked before.
#[derive(Debug, Clone)]
pub(crate) struct CommandDraft {
    pub(crate) kind: u8,
    pub(crate) name: String,
    /// Its JSON without id, name, type, version and application.
    pub(crate) body: Map<String, Value>,
}

impl World {
    /// Registers a command, or replaces the one of that name; tells whether it is new.
    ///
    /// # Errors
    /// When there is no such application.
    pub(crate) fn command_put(
        &mut self,
        application: Snowflake,
        guild: Option<Snowflake>,
        draft: CommandDraft,
    ) -> Result<(Snowflake, bool), WorldError> {
        if !self.applications.contains_key(&application) {
            return Err(WorldError::Unknown(Noun::Application));
        }
        let known = self
            .commands_of(application, guild)
            .find(|c| c.name == draft.name && c.kind == draft.kind);
        let (known, version) = (known.map(|c| c.id), self.mint());
        let id = known.unwrap_or_else(|| self.mint());
        let command = Command {
            id,
            application,
            guild,
            kind: draft.kind,
            name: draft.name,
            version,
            body: draft.body,
        };
        self.marks.touch(Key::Command(application, id));
        self.commands
            .entry(application)
            .or_default()
            .insert(id, command);
        Ok((id, known.is_none()))
    }

    /// Replaces all commands of a place at once; those of a known name keep their ids. Returns them in order.
    ///
    /// # Errors
    /// When there is no such application.
    pub(crate) fn commands_set(
        &mut self,
        application: Snowflake,
        guild: Option<Snowflake>,
        drafts: Vec<CommandDraft>,
    ) -> Result<Vec<Snowflake>, WorldError> {
        let stays = |command: &Command| {
            drafts
                .iter()
                .any(|d| d.name == command.name && d.kind == command.kind)
        };
        let gone: Vec<_> = self
            .commands_of(application, guild)
            .filter(|c| !stays(c))
            .map(|c| c.id)
            .collect();
        for id in gone {
            self.command_delete(application, id)?;
        }
        drafts
            .into_iter()
            .map(|draft| Ok(self.command_put(application, guild, draft)?.0))
            .collect()
    }

    /// Changes a command in place; its version is new.
    ///
    /// # Errors
    /// When there is no such command.
    pub(crate) fn command_edit(
        &mut self,
        application: Snowflake,
        id: Snowflake,
        change: impl FnOnce(&mut Command),
    ) -> Result<(), WorldError> {
        let version = self.mint();
        self.marks.touch(Key::Command(application, id));
        let command = self
            .commands
            .get_mut(&application)
            .and_then(|c| c.get_mut(&id));
        let command = command.ok_or(WorldError::Unknown(Noun::Command))?;
        change(command);
        command.version = version;
        Ok(())
    }

    /// Deletes a command.
    ///
    /// # Errors
    /// When there is no such command.
    pub(crate) fn command_delete(
        &mut self,
        application: Snowflake,
        id: Snowflake,
    ) -> Result<(), WorldError> {
        self.marks.touch(Key::Command(application, id));
        let removed = self
            .commands
            .get_mut(&application)
            .and_then(|c| c.remove(&id));
        removed.map(drop).ok_or(WorldError::Unknown(Noun::Command))
    }
}
