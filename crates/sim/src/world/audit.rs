//! A guild's audit log.

use serde_json::{Value, json};

use super::marks::Key;
use super::render::render_audit_entry;
use super::state::AuditEntry;
use super::{AUDIT_KEPT_MAX, Deed, Snowflake, World, intents, permissions};

pub(crate) const GUILD_UPDATE: u32 = 1;
pub(crate) const CHANNEL_CREATE: u32 = 10;
pub(crate) const CHANNEL_UPDATE: u32 = 11;
pub(crate) const CHANNEL_DELETE: u32 = 12;
pub(crate) const MEMBER_KICK: u32 = 20;
pub(crate) const MEMBER_BAN_ADD: u32 = 22;
pub(crate) const MEMBER_BAN_REMOVE: u32 = 23;
pub(crate) const MEMBER_UPDATE: u32 = 24;
pub(crate) const MEMBER_ROLE_UPDATE: u32 = 25;
pub(crate) const BOT_ADD: u32 = 28;
pub(crate) const ROLE_CREATE: u32 = 30;
pub(crate) const ROLE_UPDATE: u32 = 31;
pub(crate) const ROLE_DELETE: u32 = 32;
pub(crate) const WEBHOOK_CREATE: u32 = 50;
pub(crate) const WEBHOOK_UPDATE: u32 = 51;
pub(crate) const WEBHOOK_DELETE: u32 = 52;
pub(crate) const MESSAGE_DELETE: u32 = 72;
pub(crate) const MESSAGE_BULK_DELETE: u32 = 73;
pub(crate) const MESSAGE_PIN: u32 = 74;
pub(crate) const MESSAGE_UNPIN: u32 = 75;

impl World {
    /// Writes an entry and tells those who may read the log.
    pub(super) fn audit(
        &mut self,
        guild: Snowflake,
        action: u32,
        target: Option<Snowflake>,
        changes: Vec<Value>,
        options: Option<Value>,
        deed: &Deed,
    ) {
        let id = self.mint();
        let entry = AuditEntry {
            id,
            action,
            by: deed.by,
            target,
            changes,
            options,
            reason: deed.reason.clone(),
        };
        let mut body = render_audit_entry(&entry);
        body["guild_id"] = json!(guild);
        let Some(place) = self.guilds.get_mut(&guild) else {
            return;
        };
        place.audit.push_back(entry);
        self.marks.touch(Key::Audit(guild, id));
        if place.audit.len() > AUDIT_KEPT_MAX
            && let Some(oldest) = place.audit.pop_front()
        {
            self.marks.touch(Key::Audit(guild, oldest.id));
        }
        self.tell_holders(
            guild,
            intents::MODERATION,
            permissions::VIEW_AUDIT_LOG,
            "GUILD_AUDIT_LOG_ENTRY_CREATE",
            &body,
        );
    }
}
