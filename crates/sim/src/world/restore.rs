//! The world as records: each one's JSON for the vault, and back.
//! What always holds: what follows from records (tokens, lists, pairs) is rebuilt and never stored; a record whose
//! place is gone is passed over.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::grants::Grant;
use super::marks::Key;
use super::snowflake::Mint;
use super::state::{Application, Channel, Guild, Interaction, User};
use super::{Snowflake, World};

impl World {
    /// The JSON of a record; nothing where it is gone.
    pub(crate) fn record(&self, key: Key) -> Option<String> {
        match key {
            Key::User(id) => text(self.users.get(&id)?),
            Key::Application(id) => text(self.applications.get(&id)?),
            Key::Guild(id) => text(self.guilds.get(&id)?),
            Key::Role(guild, id) => text(self.guilds.get(&guild)?.roles.get(&id)?),
            Key::Member(guild, id) => text(self.guilds.get(&guild)?.members.get(&id)?),
            Key::Ban(guild, id) => text(self.guilds.get(&guild)?.bans.get(&id)?),
            Key::Audit(guild, id) => text(
                self.guilds
                    .get(&guild)?
                    .audit
                    .iter()
                    .rev()
                    .find(|e| e.id == id)?,
            ),
            Key::Channel(id) => text(self.channels.get(&id)?),
            Key::Message(channel, id) => text(self.messages.get(&channel)?.get(&id)?),
            Key::Webhook(id) => text(self.webhooks.get(&id)?),
            Key::Command(application, id) => text(self.commands.get(&application)?.get(&id)?),
            Key::Interaction(id) => text(self.interactions.get(&id)?),
            Key::Grant(id) => text(self.grants.get(&id)?),
        }
    }

    /// The keys of all records, in no order that counts.
    pub(crate) fn keys(&self) -> Vec<Key> {
        let mut keys: Vec<Key> = Vec::new();
        keys.extend(self.users.keys().map(|id| Key::User(*id)));
        keys.extend(self.applications.keys().map(|id| Key::Application(*id)));
        for (id, guild) in &self.guilds {
            keys.push(Key::Guild(*id));
            keys.extend(guild.roles.keys().map(|role| Key::Role(*id, *role)));
            keys.extend(guild.members.keys().map(|user| Key::Member(*id, *user)));
            keys.extend(guild.bans.keys().map(|user| Key::Ban(*id, *user)));
            keys.extend(guild.audit.iter().map(|entry| Key::Audit(*id, entry.id)));
        }
        keys.extend(self.channels.keys().map(|id| Key::Channel(*id)));
        keys.extend(
            self.messages
                .iter()
                .flat_map(|(channel, m)| m.keys().map(|id| Key::Message(*channel, *id))),
        );
        keys.extend(self.webhooks.keys().map(|id| Key::Webhook(*id)));
        keys.extend(
            self.commands
                .iter()
                .flat_map(|(app, c)| c.keys().map(|id| Key::Command(*app, *id))),
        );
        keys.extend(self.interactions.keys().map(|id| Key::Interaction(*id)));
        keys.extend(self.grants.keys().map(|id| Key::Grant(*id)));
        keys
    }

    /// Puts a stored record in its place, or takes away one that was deleted; tells nobody.
    ///
    /// # Errors
    /// When the record can't be read.
    pub(crate) fn restore(
        &mut self,
        key: Key,
        value: Option<Value>,
    ) -> Result<(), serde_json::Error> {
        match value {
            Some(value) => self.restore_put(key, value)?,
            None => self.restore_drop(key),
        }
        Ok(())
    }

    fn restore_put(&mut self, key: Key, value: Value) -> Result<(), serde_json::Error> {
        match key {
            Key::User(id) => drop(self.users.insert(id, read::<User>(value)?)),
            Key::Application(id) => drop(self.applications.insert(id, read::<Application>(value)?)),
            Key::Guild(id) => {
                let mut guild: Guild = read(value)?;
                if let Some(old) = self.guilds.remove(&id) {
                    (guild.roles, guild.members, guild.bans) = (old.roles, old.members, old.bans);
                    (guild.audit, guild.channels) = (old.audit, old.channels);
                }
                self.guilds.insert(id, guild);
            }
            Key::Role(guild, id) => {
                if let Some(guild) = self.guilds.get_mut(&guild) {
                    guild.roles.insert(id, read(value)?);
                }
            }
            Key::Member(guild, id) => {
                if let Some(guild) = self.guilds.get_mut(&guild) {
                    guild.members.insert(id, read(value)?);
                }
            }
            Key::Ban(guild, id) => {
                if let Some(guild) = self.guilds.get_mut(&guild) {
                    guild.bans.insert(id, read(value)?);
                }
            }
            Key::Audit(guild, _) => {
                if let Some(guild) = self.guilds.get_mut(&guild) {
                    guild.audit.push_back(read(value)?);
                }
            }
            Key::Channel(id) => drop(self.channels.insert(id, read::<Channel>(value)?)),
            Key::Message(channel, id) => drop(
                self.messages
                    .entry(channel)
                    .or_default()
                    .insert(id, read(value)?),
            ),
            Key::Webhook(id) => drop(self.webhooks.insert(id, read(value)?)),
            Key::Command(application, id) => {
                self.commands
                    .entry(application)
                    .or_default()
                    .insert(id, read(value)?);
            }
            Key::Interaction(id) => drop(self.interactions.insert(id, read::<Interaction>(value)?)),
            Key::Grant(id) => drop(self.grants.insert(id, read::<Grant>(value)?)),
        }
        Ok(())
    }

    fn restore_drop(&mut self, key: Key) {
        match key {
            Key::User(id) => drop(self.users.remove(&id)),
            Key::Application(id) => drop(self.applications.remove(&id)),
            Key::Guild(id) => drop(self.guilds.remove(&id)),
            Key::Role(guild, id) => drop(self.guilds.get_mut(&guild).map(|g| g.roles.remove(&id))),
            Key::Member(guild, id) => {
                drop(self.guilds.get_mut(&guild).map(|g| g.members.remove(&id)))
            }
            Key::Ban(guild, id) => drop(self.guilds.get_mut(&guild).map(|g| g.bans.remove(&id))),
            Key::Audit(guild, id) => {
                if let Some(guild) = self.guilds.get_mut(&guild) {
                    guild.audit.retain(|entry| entry.id != id);
                }
            }
            Key::Channel(id) => drop(self.channels.remove(&id)),
            Key::Message(channel, id) => {
                drop(self.messages.get_mut(&channel).map(|m| m.remove(&id)))
            }
            Key::Webhook(id) => drop(self.webhooks.remove(&id)),
            Key::Command(application, id) => {
                drop(self.commands.get_mut(&application).map(|c| c.remove(&id)))
            }
            Key::Interaction(id) => drop(self.interactions.remove(&id)),
            Key::Grant(id) => drop(self.grants.remove(&id)),
        }
    }

    /// Rebuilds what follows from the records; called once, after the last of them.
    pub(crate) fn restored(&mut self, run: u64) {
        self.tokens = self
            .applications
            .values()
            .map(|a| (a.token.clone(), a.id))
            .collect();
        self.interaction_tokens = self
            .interactions
            .values()
            .map(|i| (i.token.clone(), i.id))
            .collect();
        self.access_tokens = self
            .grants
            .values()
            .map(|grant| (grant.access.clone(), grant.id))
            .collect();
        let open = self
            .interactions
            .values()
            .filter(|i| i.answered_us.is_none() && !i.failed);
        self.unanswered = open.map(|i| (i.id, i.created_us)).collect();
        self.guilds_of.clear();
        self.directs.clear();
        for guild in self.guilds.values_mut() {
            guild.channels.clear();
            guild.bots = guild
                .members
                .keys()
                .copied()
                .filter(|id| self.users.get(id).is_some_and(|u| u.bot))
                .collect();
            for user in guild.members.keys() {
                self.guilds_of.entry(*user).or_default().insert(guild.id);
            }
        }
        let guilds = &mut self.guilds;
        self.channels
            .retain(|_, channel| channel.guild.is_none_or(|id| guilds.contains_key(&id)));
        for channel in self.channels.values() {
            match (channel.guild, channel.recipients.as_slice()) {
                (Some(guild), _) => drop(
                    guilds
                        .get_mut(&guild)
                        .map(|guild| guild.channels.insert(channel.id)),
                ),
                (None, [one, other]) => drop(self.directs.insert((*one, *other), channel.id)),
                (None, _) => {}
            }
        }
        self.messages
            .retain(|channel, _| self.channels.contains_key(channel));
        self.mint = Mint::new(run, self.largest_id());
    }

    fn largest_id(&self) -> Snowflake {
        let own = self.keys().into_iter().map(|key| match key {
            Key::User(id)
            | Key::Application(id)
            | Key::Guild(id)
            | Key::Role(_, id)
            | Key::Member(_, id)
            | Key::Ban(_, id)
            | Key::Audit(_, id)
            | Key::Channel(id)
            | Key::Message(_, id)
            | Key::Webhook(id)
            | Key::Command(_, id)
            | Key::Interaction(id)
            | Key::Grant(id) => id,
        });
        own.max().unwrap_or_default()
    }
}

fn text(record: &impl Serialize) -> Option<String> {
    // Records are maps with text keys: they always have a JSON form.
    serde_json::to_string(record).ok()
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, serde_json::Error> {
    serde_json::from_value(value)
}
