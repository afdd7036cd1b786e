//! `/settings` and `/setup`: shown from what is in force, and written like any other configuration.

use chat::{ChannelKind, GuildView, Invocation, Page, Permissions, Reply};
use kernel::{Op, Told};
use platform::{
    Finding, RankedRole, Setting, Snapshot, Standing, Switch, Target, Written,
    commands::{
        Asked, Card, ChannelOption, CommandError, HISTORY_CARD_ITEMS, PresetOption, Saved,
        SetupView, asked, history_card, overview_card, setup_card,
    },
};
use store::Tx;

use super::{
    configure::{self, ConfigureError},
    noting::trigger_by,
};
use crate::{
    Core,
    outcome::{Failed, Outcome},
    surroundings::Surroundings,
};

/// Answers a command, a press or a choice of the platform.
pub(crate) fn invoke(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    invocation: &Invocation,
    around: &Surroundings,
) -> Result<Outcome, Failed> {
    let scene = Scene { core, op, around };
    let asked = asked(invocation)?;
    let configured = matches!(asked, Asked::Change(..) | Asked::GoBack { .. });
    let reply = match asked {
        Asked::Overview => scene.overview(tx, None)?,
        Asked::Setup => scene.setup(tx, None)?,
        Asked::History(from) => {
            let head = scene.snapshot(tx)?.entry.revision;
            let page = platform::history(tx, op.guild, from, HISTORY_CARD_ITEMS)?;
            history_card(&core.words, &op.locale, &page, head)
        }
        Asked::Change(setting, card) => {
            let saved = scene.change(tx, invocation, &setting)?;
            match card {
                Card::Overview => scene.overview(tx, Some(&saved))?,
                Card::Setup => scene.setup(tx, Some(&saved))?,
            }
        }
        Asked::GoBack { seen, to } => {
            let saved = scene.go_back(tx, invocation, seen, to)?;
            scene.overview(tx, Some(&saved))?
        }
    };
    Ok(Outcome {
        configured,
        ..reply.into()
    })
}

/// Who asks, and where.
struct Scene<'a> {
    core: &'a Core,
    op: &'a Op,
    around: &'a Surroundings,
}

impl Scene<'_> {
    fn snapshot(&self, tx: &mut Tx<'_>) -> Result<Snapshot, Failed> {
        let guild = self.op.guild;
        let found = platform::config_fetch(tx, guild, None)?;
        Ok(found.ok_or(platform::ConfigError::NotStarted { guild })?)
    }

    fn overview(&self, tx: &mut Tx<'_>, saved: Option<&Saved>) -> Result<Reply, Failed> {
        let snapshot = self.snapshot(tx)?;
        let (words, locale) = (&self.core.words, &self.op.locale);
        let label = words.say(locale, &Told::new("platform-link-settings"));
        let card = overview_card(
            words,
            locale,
            &snapshot,
            saved,
            self.core.retention_days_max,
        );
        Ok(card.leading_to(Page::Settings(self.op.guild), label))
    }

    fn setup(&self, tx: &mut Tx<'_>, saved: Option<&Saved>) -> Result<Reply, Failed> {
        let snapshot = self.snapshot(tx)?;
        let guild = self.around.guild.as_deref();
        let view = SetupView {
            snapshot: &snapshot,
            presets: &presets(),
            channels: &guild.map(channels).unwrap_or_default(),
            findings: &guild
                .map(|guild| self.findings(guild, &snapshot))
                .unwrap_or_default(),
            saved,
        };
        Ok(setup_card(&self.core.words, &self.op.locale, &view))
    }

    fn change(
        &self,
        tx: &mut Tx<'_>,
        invocation: &Invocation,
        setting: &Setting,
    ) -> Result<Saved, Failed> {
        let snapshot = self.snapshot(tx)?;
        let changed = setting
            .applied(&snapshot.document)
            .map_err(CommandError::Document)?;
        let facts = configure::facts(self.core, self.op.guild);
        let document = configure::checked(changed.value(), &facts).map_err(shown)?;
        let note = setting.note();
        let put = platform::Put {
            document,
            note: note.clone(),
            base_revision: Some(snapshot.entry.revision),
        };
        let written = platform::config_put(tx, self.op, &put)?;
        let as_what = (trigger_by(invocation), "config");
        configure::record_change(tx, self.core, self.op, as_what, &written, &note)?;
        configure::follow(tx, self.core, self.op, &written, &put.document, &note)?;
        Ok(saved(written))
    }

    /// Goes back to what a revision said, if nobody wrote another one since the asker looked.
    fn go_back(
        &self,
        tx: &mut Tx<'_>,
        invocation: &Invocation,
        seen: platform::Revision,
        to: platform::Revision,
    ) -> Result<Saved, Failed> {
        let note = format!("back to revision {to}");
        let command = platform::RollbackOne {
            to: Target::Revision(to),
            base_revision: Some(seen),
            note,
        };
        let trigger = trigger_by(invocation);
        let written = configure::write_back(tx, self.core, self.op, trigger, &command)?;
        Ok(saved(written))
    }

    fn findings(&self, guild: &GuildView, snapshot: &Snapshot) -> Vec<Finding> {
        let settings = &self.around.config.settings;
        let log = settings.moderation.log_channel_id;
        let channels = log.into_iter().map(|channel| {
            let held = guild.my_permissions(Some(channel));
            let posts = held.allow(Permissions::VIEW_CHANNEL.and(Permissions::SEND_MESSAGES));
            (channel, if posts { Switch::On } else { Switch::Off })
        });
        let standing = Standing {
            permissions: guild.my_permissions(None),
            role: ranked(guild.top_role(&guild.my_roles)),
            roles: others(guild),
            message_content: Switch::On,
            channels: channels.collect(),
        };
        platform::findings(&snapshot.document, &standing)
    }
}

fn ranked(role: Option<&chat::RoleView>) -> RankedRole {
    role.map_or_else(
        || RankedRole {
            name: "@everyone".to_owned(),
            position: 0,
        },
        |role| RankedRole {
            name: role.name.clone(),
            position: role.position,
        },
    )
}

/// The roles that people hold: not everyone's, and not those of bots.
fn others(guild: &GuildView) -> Vec<RankedRole> {
    let roles = guild.roles.iter();
    let held = roles.filter(|role| role.id.get() != guild.id.get() && !role.is_managed);
    held.map(|role| ranked(Some(role))).collect()
}

fn channels(guild: &GuildView) -> Vec<ChannelOption> {
    let mut text: Vec<_> = guild
        .channels
        .iter()
        .filter(|channel| matches!(channel.kind, ChannelKind::Text | ChannelKind::Announcement))
        .collect();
    text.sort_by_key(|channel| (channel.position, channel.id));
    let option = |channel: &chat::ChannelView| ChannelOption {
        channel: channel.id,
        name: channel.name.clone(),
    };
    text.into_iter().map(option).collect()
}

fn presets() -> Vec<PresetOption> {
    let preset = |preset: &bots::presets::Preset| PresetOption {
        value: preset.id.to_owned(),
        label: format!("{} {}", preset.emoji, preset.name),
        description: preset.pitch.to_owned(),
    };
    bots::presets::PRESETS.iter().map(preset).collect()
}

fn saved(written: Written) -> Saved {
    Saved {
        revision: written.revision,
        changes: written.changes,
    }
}

/// What a check refused, in the words of the command.
fn shown(error: ConfigureError) -> CommandError {
    match error {
        ConfigureError::Wrong(problems) => match problems.into_iter().next() {
            Some(first) => CommandError::Wrong {
                pointer: first.pointer,
                reason: first.reason,
            },
            None => CommandError::NotOurs,
        },
        ConfigureError::Policy(refusals) => match refusals.into_iter().next() {
            Some(refusal) => CommandError::Policy { refusal },
            None => CommandError::NotOurs,
        },
        ConfigureError::Config(error) => CommandError::Config(error),
    }
}
