//! Commands from the member's side: finding one, filling it in, sending it; autocomplete; context menus.
//! What always holds: a member can run only what its client would show it, in the place where it is.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::acts::{require, visible};
use super::options::{Filled, fill, resolve};
use super::{Control, ControlError};
use crate::world::permissions::USE_COMMANDS;
use crate::world::state::Command;
use crate::world::{InteractionDraft, Noun, Snowflake, World, WorldError, render_command};

const SLASH: u8 = 1;
const USER_MENU: u8 = 2;
const MESSAGE_MENU: u8 = 3;

/// A slash command to be run by a member.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Invoke {
    pub channel: Snowflake,
    pub user: Snowflake,
    /// `daily`, or with subcommands `config role add`.
    pub command: String,
    /// Values by option name: texts, numbers, booleans; ids as texts.
    pub options: Map<String, Value>,
    /// Where several bots have a command of this name.
    pub application: Option<Snowflake>,
    /// For an autocomplete: the option that is being typed.
    pub focused: Option<String>,
}

/// A context-menu command to be run by a member, on a user or a message.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Menu {
    pub channel: Snowflake,
    pub user: Snowflake,
    pub command: String,
    pub target_user: Option<Snowflake>,
    pub target_message: Option<Snowflake>,
    pub application: Option<Snowflake>,
}

impl Control {
    /// A member runs a slash command, or, with `focused`, types into one of its options. Returns the interaction.
    ///
    /// # Errors
    /// When it does not see such a command, or an option does not fit.
    pub fn invoke(&self, invoke: &Invoke) -> Result<Snowflake, ControlError> {
        let mut words = invoke.command.split_whitespace();
        let name = words.next().unwrap_or_default().trim_start_matches('/');
        let path: Vec<_> = words.collect();
        let mut world = self.world();
        let command = find(
            &world,
            invoke.channel,
            invoke.user,
            name,
            SLASH,
            invoke.application,
        )?;
        let guild = world
            .channel(invoke.channel)
            .and_then(|channel| channel.guild);
        let definition = render_command(command);
        let filled = fill(
            &world,
            guild,
            &definition,
            &path,
            &invoke.options,
            invoke.focused.as_deref(),
        )?;
        let (application, data) = (command.application, command_data(command, filled));
        let kind = if invoke.focused.is_some() { 4 } else { 2 };
        let draft = InteractionDraft {
            application,
            kind,
            user: invoke.user,
            channel: invoke.channel,
            data,
            source: None,
        };
        self.open(&mut world, draft)
    }

    /// A member runs a context-menu command. Returns the interaction.
    ///
    /// # Errors
    /// When it does not see such a command, or its target.
    pub fn menu(&self, menu: &Menu) -> Result<Snowflake, ControlError> {
        let mut world = self.world();
        let guild = world
            .channel(menu.channel)
            .and_then(|channel| channel.guild);
        let (kind, target) = match (menu.target_user, menu.target_message) {
            (Some(user), None) => (USER_MENU, user),
            (None, Some(message)) => (MESSAGE_MENU, message),
            _ => {
                return Err(ControlError::Refused(
                    "name a target user or a target message".to_owned(),
                ));
            }
        };
        let command = find(
            &world,
            menu.channel,
            menu.user,
            &menu.command,
            kind,
            menu.application,
        )?;
        let mut filled = Filled::default();
        if kind == USER_MENU {
            resolve(&world, guild, 6, target, &mut filled.resolved)
                .ok_or(WorldError::Unknown(Noun::User))?;
        } else {
            let message = visible(&world, menu.channel, target, menu.user)?;
            let shown = world.render_message(message, command.application);
            filled
                .resolved
                .insert("messages".to_owned(), json!({target.to_string(): shown}));
        }
        let application = command.application;
        let mut data = command_data(command, filled);
        data["target_id"] = json!(target);
        let draft = InteractionDraft {
            application,
            kind: 2,
            user: menu.user,
            channel: menu.channel,
            data,
            source: None,
        };
        self.open(&mut world, draft)
    }

    /// The commands that a member's client would show it in a channel, as registered.
    ///
    /// # Errors
    /// When it does not see the channel.
    pub fn commands(
        &self,
        channel: Snowflake,
        user: Snowflake,
    ) -> Result<Vec<Value>, ControlError> {
        let world = self.world();
        require(
            &world,
            channel,
            user,
            (crate::world::permissions::VIEW_CHANNEL, "VIEW_CHANNEL"),
        )?;
        Ok(shown(&world, channel, user)
            .into_iter()
            .map(render_command)
            .collect())
    }

    /// Opens an interaction, and delivers it over HTTP where its application asks for that.
    pub(super) fn open(
        &self,
        world: &mut World,
        draft: InteractionDraft,
    ) -> Result<Snowflake, ControlError> {
        let opened = world.interaction_open(draft)?;
        if let Some(post) = opened.post {
            let rest = std::sync::Arc::clone(&self.core.rest);
            self.core
                .tasks
                .spawn(async move { crate::interactions::endpoint::deliver(&rest, post).await });
        }
        Ok(opened.id)
    }
}

fn command_data(command: &Command, filled: Filled) -> Value {
    let mut data = json!({"id": command.id, "name": command.name, "type": command.kind});
    if let Some(guild) = command.guild {
        data["guild_id"] = json!(guild);
    }
    if command.kind == SLASH {
        data["options"] = filled.options.into();
    }
    if !filled.resolved.is_empty() {
        data["resolved"] = filled.resolved.into();
    }
    data
}

fn find<'w>(
    world: &'w World,
    channel: Snowflake,
    user: Snowflake,
    name: &str,
    kind: u8,
    application: Option<Snowflake>,
) -> Result<&'w Command, ControlError> {
    require(
        world,
        channel,
        user,
        (USE_COMMANDS, "USE_APPLICATION_COMMANDS"),
    )?;
    let fits = |c: &&Command| {
        c.name == name && c.kind == kind && application.is_none_or(|id| c.application == id)
    };
    let found = shown(world, channel, user).into_iter().find(fits);
    found.ok_or_else(|| ControlError::NoCommand {
        user,
        name: name.to_owned(),
    })
}

/// The commands of the bots in this place; a guild's own stand before, and instead of, global ones of the same name.
fn shown(world: &World, channel: Snowflake, user: Snowflake) -> Vec<&Command> {
    let Some(place) = world.channel(channel) else {
        return Vec::new();
    };
    let bots = match place.guild.and_then(|guild| world.guild(guild)) {
        Some(guild) => guild.bots.clone(),
        None => place.recipients.clone(),
    };
    let held = place
        .guild
        .map(|guild| world.permissions_of(guild, user) | world.permissions_in(channel, user));
    let mut shown: Vec<&Command> = Vec::new();
    for bot in bots {
        let own = place
            .guild
            .into_iter()
            .flat_map(|guild| world.commands_of(bot, Some(guild)));
        for command in own.chain(world.commands_of(bot, None)) {
            let covered = shown
                .iter()
                .any(|c| (c.application, c.kind, &c.name) == (bot, command.kind, &command.name));
            if !covered && may_use(command, held) {
                shown.push(command);
            }
        }
    }
    shown
}

/// Whether a command is for this place (`held` is `None` in a direct conversation) and for these permissions.
fn may_use(command: &Command, held: Option<u64>) -> bool {
    let context = if held.is_some() { 0 } else { 1 };
    let contexts = command.body.get("contexts").and_then(Value::as_array);
    let here = match contexts {
        Some(contexts) => contexts.iter().any(|c| c.as_u64() == Some(context)),
        None => held.is_some() || command.body.get("dm_permission") != Some(&Value::Bool(false)),
    };
    let needed = command
        .body
        .get("default_member_permissions")
        .and_then(Value::as_str)
        .and_then(|text| text.parse::<u64>().ok());
    let administrator = crate::world::permissions::ADMINISTRATOR;
    let permitted = match (held, needed) {
        (Some(held), Some(0)) => held & administrator != 0,
        (Some(held), Some(needed)) => held & administrator != 0 || held & needed == needed,
        _ => true,
    };
    here && permitted
}
