//! The bot's invitation: which permissions it asks for, each with its reason, and the pages at Discord where things are
//! entered and switched on.
//!
//! Not here: whether a server gave them (`verbs/doctor`), and what is refused where one is missing (`moderation`).

use chat::Permissions;
use kernel::ApplicationId;

use crate::config::Config;

/// Where people come back to after they signed in at Discord, under the address that they use.
pub(crate) const BACK: &str = "/auth/callback";

/// A permission that the bot asks for, and what it does with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) permission: Permissions,
    pub(crate) why: &'static str,
}

const fn asked(permission: Permissions, why: &'static str) -> Asked {
    Asked { permission, why }
}

/// All that the bot asks for, and nothing besides: no Administrator, no webhooks, no settings of the server.
pub(crate) const ASKED: [Asked; 14] = [
    asked(
        Permissions::VIEW_CHANNEL,
        "to see the channels that it answers and moderates in",
    ),
    asked(
        Permissions::SEND_MESSAGES,
        "to answer, and to post cards about what was done",
    ),
    asked(
        Permissions::SEND_MESSAGES_IN_THREADS,
        "to answer in threads",
    ),
    asked(Permissions::EMBED_LINKS, "for cards in the log channel"),
    asked(
        Permissions::ATTACH_FILES,
        "for the pictures of /rank, /leaderboard and /stats",
    ),
    asked(
        Permissions::READ_MESSAGE_HISTORY,
        "to reply to a message, to react to it, and for /purge",
    ),
    asked(Permissions::ADD_REACTIONS, "for the thumbs under an answer"),
    asked(
        Permissions::CHANGE_NICKNAME,
        "to bear its persona's name in your server",
    ),
    asked(
        Permissions::MANAGE_MESSAGES,
        "to remove what breaks a rule, and for /purge",
    ),
    asked(
        Permissions::MODERATE_MEMBERS,
        "for /timeout, and rules that time out",
    ),
    asked(Permissions::KICK_MEMBERS, "for /kick"),
    asked(Permissions::BAN_MEMBERS, "for /ban and /unban"),
    asked(Permissions::MANAGE_CHANNELS, "for /slowmode"),
    asked(
        Permissions::MANAGE_ROLES,
        "for /lockdown, which changes who may write in a channel",
    ),
];

/// All permissions that the bot asks for.
pub(crate) fn permissions() -> Permissions {
    let all = ASKED.iter().map(|asked| asked.permission);
    all.fold(Permissions::NONE, Permissions::and)
}

/// Where things are entered and switched on: at Discord, or at what stands in for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Portal {
    api_url: String,
}

impl Portal {
    /// The one that is configured.
    pub(crate) fn of(config: &Config) -> Self {
        let api_url = config.discord.api_url.as_ref();
        let api_url = api_url.map_or(discord::API_URL, |url| url.as_str());
        Self {
            api_url: api_url.trim_end_matches('/').to_owned(),
        }
    }

    /// Where the REST is.
    pub(crate) fn api_url(&self) -> &str {
        &self.api_url
    }

    /// The link that brings the bot into a server, with what it asks for.
    pub(crate) fn invite(&self, application: ApplicationId) -> String {
        let site = self.api_url.trim_end_matches("/api");
        let bits = permissions().bits();
        format!(
            "{site}/oauth2/authorize?client_id={application}&permissions={bits}&scope=bot+applications.commands"
        )
    }

    /// Where a page of the application is found: `bot`, `oauth2` or `information`.
    pub(crate) fn page(&self, application: ApplicationId, page: &str) -> String {
        if self.api_url == discord::API_URL {
            return format!("https://discord.com/developers/applications/{application}/{page}");
        }
        let name = match page {
            "bot" => "Bot",
            "oauth2" => "OAuth2",
            _ => "General Information",
        };
        format!("Discord's developer portal, {name}")
    }
}

#[cfg(test)]
mod tests {
    use chat::{Change, Effect, InteractionAnswer, Permissions};
    use kernel::Id;

    use super::{ASKED, Portal, permissions};
    use crate::config::{Config, Sources};

    /// What an effect takes in Discord; a new kind of effect has to be thought of here.
    fn needs(effect: &Effect) -> Permissions {
        let seen = Permissions::VIEW_CHANNEL;
        let writing = seen
            .and(Permissions::SEND_MESSAGES)
            .and(Permissions::SEND_MESSAGES_IN_THREADS)
            .and(Permissions::EMBED_LINKS)
            .and(Permissions::ATTACH_FILES);
        match effect {
            // One that comes too late is posted in the channel.
            Effect::Answer(InteractionAnswer { .. }) => writing,
            Effect::Post { .. } => writing.and(Permissions::READ_MESSAGE_HISTORY),
            Effect::Edit(_) => seen,
            Effect::Delete(_) => seen.and(Permissions::MANAGE_MESSAGES),
            Effect::Timeout(_) => Permissions::MODERATE_MEMBERS,
            Effect::Kick(_) => Permissions::KICK_MEMBERS,
            Effect::Ban(_) | Effect::Unban(_) => Permissions::BAN_MEMBERS,
            Effect::Slowmode(_) => seen.and(Permissions::MANAGE_CHANNELS),
            Effect::Lock(_) => seen.and(Permissions::MANAGE_ROLES),
            Effect::React(_) => seen
                .and(Permissions::READ_MESSAGE_HISTORY)
                .and(Permissions::ADD_REACTIONS),
            Effect::Tell(_) => Permissions::NONE,
            Effect::Profile(profile) if profile.name == Change::Keep => Permissions::NONE,
            Effect::Profile(_) => Permissions::CHANGE_NICKNAME,
        }
    }

    fn effects() -> Vec<Effect> {
        let texts = [
            r#"{"Post":{"channel":"3","reply":REPLY,"reply_to":null,"nonce":"n"}}"#,
            r#"{"Edit":{"channel":"3","message":"4","reply":REPLY}}"#,
            r#"{"Delete":{"channel":"3","messages":["4"],"reason":"r"}}"#,
            r#"{"Timeout":{"guild":"1","user":"2","until_micros":1,"reason":"r"}}"#,
            r#"{"Kick":{"guild":"1","user":"2","reason":"r"}}"#,
            r#"{"Ban":{"guild":"1","user":"2","delete_message_seconds":0,"reason":"r"}}"#,
            r#"{"Slowmode":{"channel":"3","seconds":1,"reason":"r"}}"#,
            r#"{"Lock":{"guild":"1","channel":"3","on":true,"reason":"r"}}"#,
            r#"{"React":{"channel":"3","message":"4","emoji":"x"}}"#,
            r#"{"Profile":{"guild":"1","name":{"To":"Miso"},"avatar_png":"Keep","bio":"Keep","reason":"r"}}"#,
        ];
        let reply = serde_json::to_string(&chat::Reply::public("hello")).unwrap();
        let read = |text: &str| serde_json::from_str(&text.replace("REPLY", &reply)).unwrap();
        texts.into_iter().map(read).collect()
    }

    #[test]
    fn every_effect_is_covered_and_nothing_is_asked_that_none_takes() {
        let effects = effects();
        let needed = effects.iter().map(needs);
        let needed = needed.fold(Permissions::NONE, Permissions::and);
        assert_eq!(needed.names(), permissions().names());
        assert!(!permissions().allow(Permissions::ADMINISTRATOR));
        for asked in ASKED {
            assert_eq!(asked.permission.names().len(), 1, "{}", asked.why);
        }
    }

    #[test]
    fn the_link_and_the_pages_are_discord_s_or_those_of_what_stands_in_for_it() {
        let portal = |url: Option<&str>| {
            let mut sources = Sources::default();
            if let Some(url) = url {
                let name = "GUILDHALL_DISCORD_API_URL".to_owned();
                sources.environment.insert(name, url.to_owned());
            }
            Portal::of(
                &Config::parse(&sources, &|_| Err(std::io::ErrorKind::NotFound.into())).unwrap(),
            )
        };
        let application = Id::new(42).unwrap();
        let real = portal(None);
        assert_eq!(
            real.invite(application),
            "https://discord.com/oauth2/authorize?client_id=42&permissions=1374725205078&scope=bot+applications.commands"
        );
        assert_eq!(
            real.page(application, "bot"),
            "https://discord.com/developers/applications/42/bot"
        );
        let other = portal(Some("http://127.0.0.1:9000/api"));
        assert!(
            other
                .invite(application)
                .starts_with("http://127.0.0.1:9000/oauth2/authorize?")
        );
        assert_eq!(
            other.page(application, "oauth2"),
            "Discord's developer portal, OAuth2"
        );
    }
}
