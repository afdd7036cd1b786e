//! What can be set from Discord with one press, and what a look at the bot's own rights finds.
//!
//! A [`Setting`] changes one place of the document; the flow has the result checked and written like any other. The
//! rights come in as plain values: nothing here asks Discord.

use chat::Permissions;
use kernel::ChannelId;
use serde_json::{Value, json};

use crate::document::{Document, DocumentError};

/// A part of Guildhall that can be turned on and off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Feature {
    /// Coins.
    Economy,
    /// The character that answers.
    Persona,
    /// What is remembered of members.
    Memory,
    /// Rules and cases.
    Moderation,
}

impl Feature {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Persona, Self::Moderation, Self::Economy, Self::Memory];

    /// The name of its section.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Economy => "economy",
            Self::Persona => "persona",
            Self::Memory => "memory",
            Self::Moderation => "moderation",
        }
    }

    /// The feature with this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.name() == name)
    }

    /// Whether a document has it on; it is, where nothing is said.
    #[must_use]
    pub fn is_on(self, document: &Document) -> bool {
        let section = document.section(self.name());
        let enabled = section.and_then(|section| section.get("enabled"));
        enabled.and_then(Value::as_bool).unwrap_or(true)
    }
}

/// Whether a feature is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Switch {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// One setting, as a press or a select changes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// Turns a feature on or off.
    Feature(Feature, Switch),
    /// Gives the persona a preset's character, and turns it on.
    Preset(String),
    /// Where the persona answers every message; elsewhere it waits to be spoken to.
    PersonaChannel(Option<ChannelId>),
    /// Where moderation posts its cards; nowhere where none is named.
    LogChannel(Option<ChannelId>),
}

impl Setting {
    /// The document with this setting.
    ///
    /// # Errors
    /// When the document has something else in its place.
    pub fn applied(&self, document: &Document) -> Result<Document, DocumentError> {
        match self {
            Self::Feature(feature, switch) => {
                let pointer = format!("/{}/enabled", feature.name());
                document.with(&pointer, json!(*switch == Switch::On))
            }
            Self::Preset(preset) => document
                .with("/persona/preset", json!(preset))?
                .with("/persona/enabled", json!(true)),
            Self::PersonaChannel(channel) => {
                let channels: Vec<_> = channel.iter().map(ToString::to_string).collect();
                document.with("/persona/channels", json!(channels))
            }
            Self::LogChannel(channel) => {
                let channel = channel.map(|channel| channel.to_string());
                document.with("/moderation/log_channel_id", json!(channel))
            }
        }
    }

    /// What the history says of it.
    #[must_use]
    pub fn note(&self) -> String {
        match self {
            Self::Feature(feature, Switch::On) => format!("{} on", feature.name()),
            Self::Feature(feature, Switch::Off) => format!("{} off", feature.name()),
            Self::Preset(preset) => format!("persona: {preset}"),
            Self::PersonaChannel(Some(channel)) => format!("persona answers in {channel}"),
            Self::PersonaChannel(None) => "persona answers everywhere".to_owned(),
            Self::LogChannel(Some(channel)) => format!("log channel {channel}"),
            Self::LogChannel(None) => "no log channel".to_owned(),
        }
    }
}

/// Something that the bot needs to be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Need {
    /// To see channels.
    ViewChannels,
    /// To answer.
    SendMessages,
    /// To answer with cards.
    EmbedLinks,
    /// To take messages away.
    ManageMessages,
    /// To time members out.
    TimeOutMembers,
    /// To kick members.
    KickMembers,
    /// To ban members.
    BanMembers,
    /// To slow channels.
    ManageChannels,
    /// To lock channels, which changes what a role may do there.
    ManageRoles,
}

impl Need {
    /// All of them, the most needed first.
    pub const ALL: [Self; 9] = [
        Self::ViewChannels,
        Self::SendMessages,
        Self::EmbedLinks,
        Self::ManageMessages,
        Self::TimeOutMembers,
        Self::KickMembers,
        Self::BanMembers,
        Self::ManageChannels,
        Self::ManageRoles,
    ];

    /// Discord's permission for it.
    #[must_use]
    pub const fn permission(self) -> Permissions {
        match self {
            Self::ViewChannels => Permissions::VIEW_CHANNEL,
            Self::SendMessages => Permissions::from_bits(1 << 11),
            Self::EmbedLinks => Permissions::from_bits(1 << 14),
            Self::ManageMessages => Permissions::MANAGE_MESSAGES,
            Self::TimeOutMembers => Permissions::MODERATE_MEMBERS,
            Self::KickMembers => Permissions::from_bits(1 << 1),
            Self::BanMembers => Permissions::from_bits(1 << 2),
            Self::ManageChannels => Permissions::MANAGE_CHANNELS,
            Self::ManageRoles => Permissions::MANAGE_ROLES,
        }
    }

    const fn is_for_moderation(self) -> bool {
        match self {
            Self::ViewChannels | Self::SendMessages | Self::EmbedLinks => false,
            Self::ManageMessages
            | Self::TimeOutMembers
            | Self::KickMembers
            | Self::BanMembers
            | Self::ManageChannels
            | Self::ManageRoles => true,
        }
    }
}

/// A role of the guild and its place; higher ones stand above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankedRole {
    /// Its name.
    pub name: String,
    /// Its place.
    pub position: i64,
}

/// How the bot stands in a guild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What its roles allow it in the whole guild.
    pub permissions: Permissions,
    /// Its highest role.
    pub role: RankedRole,
    /// The other roles that people have.
    pub roles: Vec<RankedRole>,
    /// Whether Discord sends it what messages say.
    pub message_content: Switch,
    /// Channels that are set, and whether the bot may post there.
    pub channels: Vec<(ChannelId, Switch)>,
}

/// Something that keeps the bot from working, with what to do about it in its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A permission is missing.
    Missing(Need),
    /// The bot can't act on members with this role: its own stands below.
    RoleTooLow {
        /// Its own role.
        mine: String,
        /// The highest role above it.
        above: String,
    },
    /// The bot may not post in a channel that is set.
    ChannelClosed(ChannelId),
    /// What messages say is not sent to the bot.
    NoMessageContent,
}

/// All that keeps the bot from what this document wants of it.
#[must_use]
pub fn findings(document: &Document, standing: &Standing) -> Vec<Finding> {
    let moderates = Feature::Moderation.is_on(document);
    let needs = Need::ALL.into_iter();
    let mut found: Vec<Finding> = needs
        .filter(|need| moderates || !need.is_for_moderation())
        .filter(|need| !standing.permissions.allow(need.permission()))
        .map(Finding::Missing)
        .collect();
    let above = standing.roles.iter();
    let above = above.filter(|role| role.position >= standing.role.position);
    if let Some(above) = above.max_by_key(|role| role.position).filter(|_| moderates) {
        found.push(Finding::RoleTooLow {
            mine: standing.role.name.clone(),
            above: above.name.clone(),
        });
    }
    let closed = standing.channels.iter();
    let closed = closed.filter(|(_, switch)| *switch == Switch::Off);
    found.extend(closed.map(|(channel, _)| Finding::ChannelClosed(*channel)));
    if standing.message_content == Switch::Off {
        found.push(Finding::NoMessageContent);
    }
    found
}

#[cfg(test)]
mod tests {
    use chat::Permissions;
    use kernel::ChannelId;
    use serde_json::json;

    use super::{Feature, Finding, Need, RankedRole, Setting, Standing, Switch, findings};
    use crate::document::Document;

    fn role(name: &str, position: i64) -> RankedRole {
        RankedRole {
            name: name.to_owned(),
            position,
        }
    }

    fn standing(permissions: Permissions) -> Standing {
        Standing {
            permissions,
            role: role("Guildhall", 2),
            roles: vec![role("Member", 1)],
            message_content: Switch::On,
            channels: vec![],
        }
    }

    #[test]
    fn a_setting_changes_its_place_alone() {
        let document = Document::new(json!({"economy": {"enabled": true, "x": 1}})).unwrap();
        let off = Setting::Feature(Feature::Economy, Switch::Off);
        let changed = off.applied(&document).unwrap();
        assert_eq!(changed.text(), r#"{"economy":{"enabled":false,"x":1}}"#);
        assert!(!Feature::Economy.is_on(&changed) && Feature::Memory.is_on(&changed));
        let channel = ChannelId::new(7).unwrap();
        let placed = Setting::PersonaChannel(Some(channel))
            .applied(&document)
            .unwrap();
        assert_eq!(placed.at("/persona/channels"), Some(&json!(["7"])));
        let everywhere = Setting::PersonaChannel(None).applied(&placed).unwrap();
        assert_eq!(everywhere.at("/persona/channels"), Some(&json!([])));
        let logged = Setting::LogChannel(Some(channel))
            .applied(&document)
            .unwrap();
        assert_eq!(logged.at("/moderation/log_channel_id"), Some(&json!("7")));
        let preset = Setting::Preset("sage".to_owned())
            .applied(&document)
            .unwrap();
        assert_eq!(
            preset.at("/persona"),
            Some(&json!({"preset": "sage", "enabled": true}))
        );
    }

    #[test]
    fn a_role_above_the_bots_is_named_while_it_moderates() {
        let document = Document::new(json!({})).unwrap();
        let mut low = standing(Permissions::ADMINISTRATOR);
        assert_eq!(findings(&document, &low), []);
        low.roles = vec![role("Member", 1), role("Boss", 9), role("Helper", 3)];
        let expected = Finding::RoleTooLow {
            mine: "Guildhall".to_owned(),
            above: "Boss".to_owned(),
        };
        assert_eq!(findings(&document, &low), [expected]);
        let off = Setting::Feature(Feature::Moderation, Switch::Off);
        assert_eq!(findings(&off.applied(&document).unwrap(), &low), []);
    }

    #[test]
    fn whoever_moderates_needs_roles_for_locking_channels() {
        let document = Document::new(json!({})).unwrap();
        let all = Need::ALL.into_iter().map(Need::permission);
        let all = all.fold(Permissions::NONE, Permissions::and);
        assert_eq!(findings(&document, &standing(all)), []);
        let lacking = all.without(Permissions::MANAGE_ROLES);
        let expected = [Finding::Missing(Need::ManageRoles)];
        assert_eq!(findings(&document, &standing(lacking)), expected);
    }

    #[test]
    fn missing_permissions_and_closed_channels_are_found() {
        let document = Document::new(json!({"moderation": {"enabled": false}})).unwrap();
        let mut bare = standing(Permissions::VIEW_CHANNEL);
        let (open, closed) = (ChannelId::new(1).unwrap(), ChannelId::new(2).unwrap());
        bare.channels = vec![(open, Switch::On), (closed, Switch::Off)];
        bare.message_content = Switch::Off;
        let expected = [
            Finding::Missing(Need::SendMessages),
            Finding::Missing(Need::EmbedLinks),
            Finding::ChannelClosed(closed),
            Finding::NoMessageContent,
        ];
        assert_eq!(findings(&document, &bare), expected);
    }
}
