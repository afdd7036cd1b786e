//! Incoming webhooks: made in a channel, found by id and token, and gone with the channel they write to.

use serde_json::json;

use super::marks::Key;
use super::state::Webhook;
use super::{Deed, Noun, Snowflake, World, WorldError, audit, intents, permissions};

/// What may change of a webhook.
#[derive(Debug, Clone, Default)]
pub(crate) struct WebhookEdit {
    pub(crate) name: Option<String>,
    pub(crate) avatar: Option<Option<String>>,
    pub(crate) channel: Option<Snowflake>,
}

impl World {
    /// Makes a webhook into a channel.
    ///
    /// # Errors
    /// When there is no such channel in a guild.
    pub(crate) fn webhook_create(
        &mut self,
        channel: Snowflake,
        name: String,
        avatar: Option<String>,
        deed: &Deed,
    ) -> Result<Snowflake, WorldError> {
        let guild = self
            .channels
            .get(&channel)
            .and_then(|c| c.guild)
            .ok_or(WorldError::Unknown(Noun::Channel))?;
        let (id, token) = (self.mint(), self.secret());
        let application = self.applications.contains_key(&deed.by).then_some(deed.by);
        self.marks.touch(Key::Webhook(id));
        self.webhooks.insert(
            id,
            Webhook {
                id,
                guild,
                channel,
                name,
                avatar,
                token,
                creator: deed.by,
                application,
            },
        );
        self.tell_webhooks(guild, channel);
        self.audit(
            guild,
            audit::WEBHOOK_CREATE,
            Some(id),
            Vec::new(),
            None,
            deed,
        );
        Ok(id)
    }

    /// Changes a webhook.
    ///
    /// # Errors
    /// When there is no such webhook, or no such channel in its guild.
    pub(crate) fn webhook_edit(
        &mut self,
        id: Snowflake,
        edit: WebhookEdit,
        deed: &Deed,
    ) -> Result<(), WorldError> {
        let guild = self
            .webhooks
            .get(&id)
            .ok_or(WorldError::Unknown(Noun::Webhook))?
            .guild;
        if edit
            .channel
            .is_some_and(|c| self.channels.get(&c).is_none_or(|c| c.guild != Some(guild)))
        {
            return Err(WorldError::Unknown(Noun::Channel));
        }
        self.marks.touch(Key::Webhook(id));
        let webhook = self
            .webhooks
            .get_mut(&id)
            .ok_or(WorldError::Unknown(Noun::Webhook))?;
        webhook.name = edit.name.unwrap_or_else(|| webhook.name.clone());
        webhook.avatar = edit.avatar.unwrap_or_else(|| webhook.avatar.clone());
        webhook.channel = edit.channel.unwrap_or(webhook.channel);
        let channel = webhook.channel;
        self.tell_webhooks(guild, channel);
        self.audit(
            guild,
            audit::WEBHOOK_UPDATE,
            Some(id),
            Vec::new(),
            None,
            deed,
        );
        Ok(())
    }

    /// Deletes a webhook.
    ///
    /// # Errors
    /// When there is no such webhook.
    pub(crate) fn webhook_delete(&mut self, id: Snowflake, deed: &Deed) -> Result<(), WorldError> {
        self.marks.touch(Key::Webhook(id));
        let webhook = self
            .webhooks
            .remove(&id)
            .ok_or(WorldError::Unknown(Noun::Webhook))?;
        self.tell_webhooks(webhook.guild, webhook.channel);
        self.audit(
            webhook.guild,
            audit::WEBHOOK_DELETE,
            Some(id),
            Vec::new(),
            None,
            deed,
        );
        Ok(())
    }

    fn tell_webhooks(&mut self, guild: Snowflake, channel: Snowflake) {
        let body = json!({"guild_id": guild, "channel_id": channel});
        self.tell_holders(
            guild,
            intents::WEBHOOKS,
            permissions::MANAGE_WEBHOOKS,
            "WEBHOOKS_UPDATE",
            &body,
        );
    }
}
