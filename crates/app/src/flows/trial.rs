//! What the rules in force would say of a text, as a member of the guild would have written it. Nothing is written.

use chat::KnownMember;
use kernel::{ChannelId, GuildId, UserId};
use moderation::{Compiled, Rule, Settings, Trial, Verdict};
use store::DbError;

use super::moderate::standing;
use crate::{Core, surroundings::Surroundings};

/// A text to be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TryText {
    /// What it says.
    pub content: String,
    /// Who would have written it; else an ordinary member.
    pub user: Option<UserId>,
    /// Where; else where no exemption holds.
    pub channel: Option<ChannelId>,
}

/// Tries a text.
///
/// # Errors
/// When the configuration is not in memory, and the database fails.
pub async fn try_text(core: &Core, guild: GuildId, asked: TryText) -> Result<Verdict, DbError> {
    let around = Surroundings::of(core, guild).await?;
    let rules = &around.config.rules;
    Ok(tried(core, &around, rules, guild, asked).await)
}

/// Tries a text against one rule alone, which need not be in force, nor turned on.
///
/// # Errors
/// When the configuration is not in memory, and the database fails.
pub async fn try_rule(
    core: &Core,
    guild: GuildId,
    rule: Rule,
    asked: TryText,
) -> Result<Verdict, DbError> {
    let around = Surroundings::of(core, guild).await?;
    let rules = alone(&around, rule);
    Ok(tried(core, &around, &rules, guild, asked).await)
}

/// One rule alone, turned on, among the guild's other settings.
pub(crate) fn alone(around: &Surroundings, rule: Rule) -> Compiled {
    Compiled::of(&Settings {
        enabled: true,
        rules: vec![Rule {
            enabled: true,
            ..rule
        }],
        ..around.config.settings.moderation.clone()
    })
}

pub(crate) async fn tried(
    core: &Core,
    around: &Surroundings,
    rules: &Compiled,
    guild: GuildId,
    asked: TryText,
) -> Verdict {
    let member = match asked.user {
        Some(user) => member(core, guild, user).await,
        None => None,
    };
    if member.as_ref().is_some_and(|member| member.is_bot) {
        // Rules are for people.
        return Verdict::default();
    }
    let roles = member.map(|member| member.roles).unwrap_or_default();
    let thread_of = |channel| around.guild.as_ref()?.thread_of(channel);
    let trial = Trial {
        guild,
        channel: asked.channel.map(|channel| (channel, thread_of(channel))),
        author: asked.user,
        roles: &roles,
        standing: match asked.user {
            Some(user) => standing(around, user, &roles, asked.channel),
            None => moderation::Standing::Member,
        },
        text: &asked.content,
        at: core.clock.now(),
    };
    moderation::trial(rules, &trial)
}

/// A member as Discord knows them; whoever cannot be looked up is taken for one without roles.
async fn member(core: &Core, guild: GuildId, user: UserId) -> Option<KnownMember> {
    match core.directory()?.member(guild, user).await {
        Ok(member) => member,
        Err(error) => {
            tracing::warn!(%error, "Discord could not be asked about a member");
            None
        }
    }
}
