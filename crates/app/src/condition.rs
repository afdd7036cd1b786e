//! Whether a guild can be served as its settings say: what rules are to do, and what the bot's role there allows.

use chat::{GuildView, Permissions};
use moderation::{Action, Mode, Rule};

use crate::GuildConfig;

impl GuildConfig {
    /// The rules that act, where rules are on at all.
    pub fn rules_acting(&self) -> impl Iterator<Item = &Rule> {
        let moderation = &self.settings.moderation;
        let rules = moderation.rules.iter();
        rules.filter(|rule| moderation.enabled && rule.enabled && rule.mode == Mode::Act)
    }

    /// What rules are to do and the bot may not, as Discord's settings name it.
    #[must_use]
    pub fn lacks(&self, view: &GuildView) -> Vec<&'static str> {
        let wanted = self.rules_acting().flat_map(|rule| &rule.actions);
        let wanted = wanted.fold(Permissions::NONE, |all, action| match action {
            Action::Delete {} | Action::Hold {} => all.and(Permissions::MANAGE_MESSAGES),
            Action::Timeout { .. } => all.and(Permissions::MODERATE_MEMBERS),
            Action::Warn { .. } | Action::Points { .. } | Action::Log {} => all,
        });
        view.my_permissions(None).lacking(wanted).names()
    }

    /// Whether rules act and nobody is shown what they do.
    #[must_use]
    pub fn acts_unseen(&self) -> bool {
        self.settings.moderation.log_channel_id.is_none() && self.rules_acting().next().is_some()
    }
}
