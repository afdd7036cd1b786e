//! A guild whose rules remove, note and watch, each by a word of its own.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use sim::{
    Control, MadeApplication, MakeApplication, MakeChannel, MakeGuild, MakeUser, Say, Sim,
    SimConfig, Snowflake,
};

use crate::{process::Settings, scene::config};

/// Members who talk, each in a channel of their own.
pub(super) const MEMBERS: u32 = 32;
/// See, write, link, manage messages.
const PERMISSIONS: u64 = 1 << 10 | 1 << 11 | 1 << 13 | 1 << 14;

/// What a message is about, and so what comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// No rule hits it.
    Plain,
    /// One entry notes it.
    Noted,
    /// A rule in the shadow makes one entry.
    Shadowed,
    /// Both.
    Both,
    /// It is removed: a case, and one entry.
    Removed,
}

impl Words {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Plain => "a fine morning to everyone",
            Self::Noted => "how notable this is",
            Self::Shadowed => "in the umbra of the tower",
            Self::Both => "a notable umbra",
            Self::Removed => "this is contraband",
        }
    }

    /// The entries that a decision on it has, by action.
    pub(super) const fn entries(self) -> &'static [&'static str] {
        match self {
            Self::Plain => &[],
            Self::Noted => &["log"],
            Self::Shadowed => &["shadow"],
            Self::Both => &["log", "shadow"],
            Self::Removed => &["delete"],
        }
    }
}

/// The guild, for as long as the simulator runs.
#[derive(Debug)]
pub(super) struct Hall {
    sim: Sim,
    guild: Snowflake,
    bot: MadeApplication,
    /// Who talks, and where.
    pub(super) seats: Vec<(Snowflake, Snowflake)>,
}

impl Hall {
    pub(super) async fn open(seed: u64) -> Result<Self> {
        let sim = Sim::start(SimConfig {
            seed: Some(seed),
            ..config()
        })
        .await?;
        let control = sim.control();
        let owner = control.user(MakeUser {
            username: "owner".to_owned(),
            ..MakeUser::default()
        })?;
        let guild = control.guild(MakeGuild {
            name: "Bench".to_owned(),
            owner,
            ..MakeGuild::default()
        })?;
        let bot = control.application(MakeApplication {
            name: "Guildhall".to_owned(),
            ..MakeApplication::default()
        })?;
        control.install(guild, bot.id, PERMISSIONS)?;
        let members = control.crowd(guild, "talker", usize::try_from(MEMBERS)?)?;
        let seats = members.into_iter().enumerate().map(|(number, member)| {
            let channel = control.channel(MakeChannel {
                guild,
                name: format!("channel-{number}"),
                ..MakeChannel::default()
            })?;
            Ok((member, channel))
        });
        let seats = seats.collect::<Result<_>>()?;
        Ok(Self {
            sim,
            guild,
            bot,
            seats,
        })
    }

    pub(super) fn control(&self) -> Control {
        self.sim.control()
    }

    pub(super) fn settings(&self, program: &Path, data_dir: &Path) -> Settings {
        Settings {
            program: program.to_owned(),
            data_dir: data_dir.to_owned(),
            database: None,
            discord: self.sim.api_url(),
            token: self.bot.token.clone(),
            operator: None,
        }
    }

    /// Puts the rules in force, as an operator does beside a running server.
    pub(super) fn rules(&self, settings: &Settings) -> Result<()> {
        let rule = |id: &str, mode: &str, word: &str, action: &str| {
            json!({"id": id, "name": id, "enabled": true, "mode": mode,
                "trigger": {"kind": "words", "words": [word]}, "actions": [{"kind": action}]})
        };
        let document = json!({"moderation": {"rules": [
            rule("note", "act", "notable", "log"),
            rule("watch", "shadow", "umbra", "delete"),
            rule("remove", "act", "contraband", "delete"),
        ]}});
        let file = settings.data_dir.join("rules.json");
        fs::write(&file, document.to_string())?;
        let (guild, file) = (self.guild.to_string(), file.display().to_string());
        let said = settings
            .command(&["config", "set", "--guild", &guild, &file])
            .output()?;
        ensure!(
            said.status.success(),
            "the rules were not taken: {}{}",
            String::from_utf8_lossy(&said.stdout),
            String::from_utf8_lossy(&said.stderr)
        );
        Ok(())
    }

    /// Says something; gives the message's id.
    pub(super) fn say(
        &self,
        (member, channel): (Snowflake, Snowflake),
        words: Words,
    ) -> Result<Snowflake> {
        let say = Say {
            channel,
            user: member,
            content: words.text().to_owned(),
            ..Say::default()
        };
        Ok(self.control().say(say)?)
    }

    /// Whether the newest message of a channel is still this one.
    pub(super) fn stands(
        &self,
        (member, channel): (Snowflake, Snowflake),
        message: Snowflake,
    ) -> Result<bool> {
        let newest = self.control().view(channel, member, 1)?;
        let newest = newest.first().context("a channel that was talked in")?;
        Ok(newest["id"] == message.to_string())
    }
}
