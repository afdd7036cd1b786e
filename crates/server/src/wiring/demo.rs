//! The demo's town: a simulated Discord with a lively server, its chat page, and a start page.

use std::{str::FromStr, sync::Arc};

use app::{
    Core,
    flows::configure::{self, Configure},
};
use axum::Router;
use chat::Permissions;
use discord::{Redirect, SignInSettings};
use kernel::{Cause, CauseKind, ChannelId, GuildId, UserId};
use secrecy::SecretString;
use serde_json::{Value, json};
use sim::{Control, ControlError, MadeApplication, RoleChange, Sim, SimConfig, Snowflake};
use web::Hints;

use super::{
    bot::Login,
    door::{self, Way},
};
use crate::{
    failure::Failure,
    running::Footing,
    town::{self, Settled, id},
    verbs::demo::DemoOptions,
};

/// The channel in which the team of the demo's server meets.
const STAFF: &str = "staff-only";
/// The bot's name; a restart finds it by this.
const BOT: &str = "Guildhall";

/// A simulated Discord that the demo's bot lives in.
#[derive(Debug)]
pub(super) struct Town {
    sim: Sim,
    bot: MadeApplication,
    owner: Snowflake,
    name: String,
    members: u32,
    guild: GuildId,
    /// Where its team meets, for cards about what was done.
    staff: Option<ChannelId>,
}

/// The channel of the team.
fn staff<T: FromStr>(view: &Value) -> Option<T> {
    let channels = view["channels"].as_array()?;
    let staff = channels.iter().find(|channel| channel["name"] == STAFF)?;
    staff["id"].as_str()?.parse().ok()
}

/// What an owner does by hand once a bot is there, for no link can ask for it: lets it into the team's channel, and moves
/// its role right below the highest, so that it stands above whom it is to keep in order.
fn make_room(
    control: &Control,
    (guild, view): (Snowflake, &Value),
    bot: Snowflake,
) -> Result<(), ControlError> {
    if let Some(staff) = staff(view) {
        control.channel_allow(staff, bot, Permissions::VIEW_CHANNEL.bits())?;
    }
    let roles = view["roles"].as_array().map_or(&[][..], Vec::as_slice);
    let own = |role: &&Value| role["tags"]["bot_id"] == bot.to_string();
    let own = roles.iter().find(own).and_then(|role| role["id"].as_str());
    let Some(role) = own.and_then(|id| id.parse().ok()) else {
        return Ok(());
    };
    // `@everyone` stands at zero, and is one of them.
    let highest = i32::try_from(roles.len()).unwrap_or(i32::MAX) - 1;
    control.role_change(RoleChange {
        guild,
        role,
        position: Some(highest - 1),
        ..RoleChange::default()
    })
}

impl Town {
    /// Builds the town, or finds it as it was left.
    pub(super) async fn build(
        footing: &Arc<Footing>,
        options: &DemoOptions,
    ) -> Result<Self, Failure> {
        let config = SimConfig {
            state_dir: Some(footing.config.data_dir.join("discord")),
            seed: Some(options.seed),
            ..SimConfig::default()
        };
        let sim = Sim::start(config).await.map_err(anyhow::Error::from)?;
        let members = usize::from(options.members);
        let Settled {
            server,
            bot,
            is_new,
        } = town::settle(&sim, options.seed, members, BOT)?;
        let control = sim.control();
        let view = control
            .guild_view(server.guild)
            .map_err(anyhow::Error::from)?;
        if is_new {
            make_room(&control, (server.guild, &view), bot.id).map_err(anyhow::Error::from)?;
        }
        let name = view["name"].as_str().unwrap_or("a server").to_owned();
        sim.crowd(options.seed);
        footing.note("discord_api_url", sim.api_url())?;
        Ok(Self {
            sim,
            bot,
            owner: server.owner,
            name,
            members: u32::from(options.members),
            guild: id(server.guild)?,
            staff: staff(&view),
        })
    }

    /// Sets the server up for a first look, where nobody has set anything yet: a rule to break, and a place for cards.
    pub(super) async fn furnish(&self, core: &Core) -> Result<(), Failure> {
        let config = core.config(self.guild).await.map_err(anyhow::Error::from)?;
        if config.revision != Some(platform::Revision::FIRST) {
            return Ok(());
        }
        let cause = Cause::new(CauseKind::Job, "demo-set-up");
        let op = core.admission().token(self.guild, "demo", cause);
        let command = Configure {
            document: json!({"persona": {"name": "Marlowe"}, "moderation": {
                "log_channel_id": self.staff,
                "rules": [{
                    // Whoever looks around acts as the owner at first, and wants to see it happen.
                    "id": "no-scams", "name": "No scams", "include_moderators": true,
                    "trigger": {"kind": "words", "words": ["free nitro", "nitro for everyone", "steam gift*"]},
                    "actions": [{"kind": "delete"}, {"kind": "warn", "points": 1}],
                }],
            }}),
            note: "a first rule, to see what happens".to_owned(),
            base_revision: Some(platform::Revision::FIRST),
        };
        let written = configure::configure(core, op, command).await;
        written
            .map(drop)
            .map_err(|error| anyhow::Error::from(error).into())
    }

    /// How the bot gets in; its replies lead to the dashboard beside it.
    pub(super) fn login(&self, footing: &Footing) -> Login {
        Login {
            token: SecretString::from(self.bot.token.clone()),
            api_url: self.sim.api_url(),
            dashboard: Some(footing.public_url.clone()),
        }
    }

    /// How people come in: as whichever member they like, on this server's own page, where the simulated Discord stands
    /// beside the dashboard. The server's owner operates.
    pub(super) fn way(&self, footing: &Footing) -> Result<Way, Failure> {
        let back = door::back(footing);
        self.sim
            .control()
            .application_redirects(self.bot.id, vec![back.clone()])
            .map_err(anyhow::Error::from)?;
        let sign_in = SignInSettings {
            api_url: self.sim.api_url(),
            client_id: id(self.bot.id)?,
            client_secret: SecretString::from(self.bot.client_secret.clone()),
            redirect: Redirect {
                there: Some(footing.site().address("/oauth2/authorize")),
                back,
            },
        };
        let owner: UserId = id(self.owner)?;
        Ok(Way {
            sign_in: Some(sign_in),
            operators: vec![owner],
            hints: Hints::Passed,
        })
    }

    /// The start page, the chat page, and the components for those who work on the look.
    pub(super) fn routes(&self) -> Router {
        let start = web::Start {
            server: self.name.clone(),
            members: self.members,
            owner: self.owner.0,
        };
        web::start_router(&start)
            .merge(web::gallery_router())
            .merge(self.sim.chat("/chat"))
    }

    /// Closes the town; it is as it was left when it opens again.
    pub(super) async fn close(self) {
        if let Err(error) = self.sim.stop().await {
            tracing::warn!(%error, "the simulated Discord could not write its last state");
        }
    }
}
