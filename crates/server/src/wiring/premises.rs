//! What the operator's pages show of this process: filled in from what the wiring holds.

mod storage;

use std::sync::Arc;

use app::installation::{
    Bot, BotTrouble, Connection, Given, Installation, Part, Program, Setting, Shard, Storage,
};
use chat::BoxFuture;
use discord::{BotReport, BotState, Lookout, ShardReport};

use crate::{config::ShownSetting, invite::Portal, running::Footing};

/// Where the build says which commit it is of.
const COMMIT: Option<&str> = option_env!("GUILDHALL_BUILD_COMMIT");

/// Which server this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// For real.
    Real,
    /// The demo.
    Demo,
}

/// This process and what it stands on.
#[derive(Debug)]
pub(super) struct Premises {
    pub(super) footing: Arc<Footing>,
    pub(super) stage: Stage,
    /// Where the bots can be looked at, where there are any.
    pub(super) bots: Option<Lookout>,
}

impl Installation for Premises {
    fn program(&self) -> Program {
        Program {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: COMMIT
                .filter(|commit| !commit.is_empty())
                .map(str::to_owned),
            started_at: self.footing.started_at,
            url: self.footing.public_url.clone(),
            is_demo: self.stage == Stage::Demo,
        }
    }

    fn settings(&self) -> Vec<Setting> {
        let shown = self.footing.config.shown();
        shown.into_iter().map(setting).collect()
    }

    fn parts(&self) -> Vec<Part> {
        self.footing.health.parts()
    }

    fn bots(&self) -> Vec<Bot> {
        let reports = self.bots.as_ref().map(Lookout::reports);
        reports.into_iter().flatten().map(bot).collect()
    }

    fn invite(&self) -> Option<String> {
        if self.stage == Stage::Demo {
            return None;
        }
        let reports = self.bots.as_ref().map(Lookout::reports);
        let mut known = reports.into_iter().flatten();
        let application = known.find_map(|report| report.health.application)?;
        Some(Portal::of(&self.footing.config).invite(application))
    }

    fn storage(&self) -> BoxFuture<'_, Storage> {
        Box::pin(storage::look(&self.footing))
    }
}

fn setting(shown: ShownSetting) -> Setting {
    Setting {
        name: shown.variable,
        meaning: shown.meaning,
        given: match shown.given {
            None => Given::Nothing,
            Some(None) => Given::Secret,
            Some(Some(text)) => Given::Text(text),
        },
        has_effect: shown.has_effect,
    }
}

fn bot(report: BotReport) -> Bot {
    let health = report.health;
    Bot {
        application: health.application,
        name: health.name,
        state: connection(health.state),
        since: report.since,
        troubles: report.troubles.into_iter().map(trouble).collect(),
        has_commands: health.commands_registered,
        unread: health.events_undecodable,
        sessions_left: report.sessions_left,
        shards: report.shards.into_iter().map(shard).collect(),
    }
}

fn trouble(trouble: discord::BotTrouble) -> BotTrouble {
    BotTrouble {
        reason: trouble.reason,
        remedy: trouble.remedy.to_owned(),
    }
}

fn shard(report: ShardReport) -> Shard {
    Shard {
        number: report.number,
        state: connection(report.state),
        since: report.since,
        heartbeat: report.heartbeat,
        begun: report.identified,
        resumed: report.resumed,
    }
}

fn connection(state: BotState) -> Connection {
    match state {
        BotState::Starting => Connection::Starting,
        BotState::Live => Connection::Live,
        BotState::Degraded { reason } => Connection::Degraded(reason),
        BotState::Failed { reason } => Connection::Failed(reason),
    }
}
