//! Which parts a server has: the application, Discord, REST, and for the demo the simulated Discord.
//!
//! Everything is made here, in the order in which it depends on one another, and taken down in the reverse.

mod bot;
mod demo;
mod door;
mod models;
mod premises;

use std::sync::Arc;

use app::{App, Core, Parts};
use axum::Router;
use kernel::Span;
use rest::Rest;
use web::Hints;

use crate::{
    failure::Failure,
    health::Gate,
    running::{Footing, Wired},
    verbs::demo::DemoOptions,
};
use bot::{Bot, Login};
use door::Way;
use premises::{Premises, Stage};

/// How long the application may finish what was begun.
const DRAIN_WITHIN: Span = Span::millis(1_200);

/// The parts of the server.
///
/// # Errors
/// When a part cannot start.
pub async fn run(footing: &Arc<Footing>) -> Result<Wired, Failure> {
    let app = application(footing)?;
    let bot = match Login::of(&footing.config) {
        Some(login) => Some(bot::connect(footing, &app, &login.leading(footing)).await?),
        None => {
            let part = footing.health.part("discord", Gate::Open);
            part.degraded("no bot token is configured: set GUILDHALL_DISCORD_TOKEN");
            None
        }
    };
    let door = bot
        .as_ref()
        .map(|bot| bot.door(&footing.config))
        .transpose()?
        .flatten();
    let config = &footing.config;
    let way = Way {
        sign_in: door::configured(config, door::back(footing)),
        operators: config.operators.clone(),
        hints: Hints::Ignored,
    };
    let premises = premises(footing, Stage::Real, bot.as_ref());
    let pages = door::open(&app, way, Arc::clone(&premises))?;
    let routes = routes(&app, premises)
        .merge(pages)
        .merge(web::home_router(&footing.site()));
    Ok(Wired {
        core: app.core().clone(),
        routes,
        door,
        drain: Box::pin(drain(bot, app)),
    })
}

/// The parts of the demo.
///
/// # Errors
/// When a part cannot start.
pub async fn demo(footing: &Arc<Footing>, options: &DemoOptions) -> Result<Wired, Failure> {
    let town = demo::Town::build(footing, options).await?;
    let app = application(footing)?;
    town.furnish(app.core()).await?;
    let bot = bot::connect(footing, &app, &town.login(footing)).await?;
    let premises = premises(footing, Stage::Demo, Some(&bot));
    let pages = door::open(&app, town.way(footing)?, Arc::clone(&premises))?;
    let routes = routes(&app, premises).merge(pages).merge(town.routes());
    Ok(Wired {
        core: app.core().clone(),
        routes,
        door: None,
        drain: Box::pin(async move {
            drain(Some(bot), app).await;
            town.close().await;
        }),
    })
}

fn application(footing: &Footing) -> Result<Arc<App>, Failure> {
    let parts = Parts {
        retention_days_max: footing.config.retention_days.into(),
        shared_day_micros_max: footing.config.ai.guild_limit_micros,
        models: models::prepare(footing)?,
        answer_within: footing.config.ai.timeout,
        ..Parts::new(
            footing.database.clone(),
            footing.clock.clone(),
            footing.ids.clone(),
            footing.chance.clone(),
            footing.entropy.clone(),
            footing.master_key.keyring(),
        )
    };
    let words = app::words().map_err(anyhow::Error::from)?;
    Ok(App::start(
        Core::new(parts, words),
        footing.master_key.signer(),
    ))
}

fn premises(footing: &Arc<Footing>, stage: Stage, bot: Option<&Bot>) -> Arc<Premises> {
    Arc::new(Premises {
        footing: Arc::clone(footing),
        stage,
        bots: bot.map(Bot::lookout),
    })
}

fn routes(app: &App, premises: Arc<Premises>) -> Router {
    let operator = premises.footing.config.api_token.clone();
    Rest::new(app.core().clone(), operator, premises).router()
}

/// First nothing more comes in, then what came in is finished, then the way out is closed.
async fn drain(bot: Option<Bot>, app: Arc<App>) {
    if let Some(bot) = &bot {
        bot.stop_intake().await;
    }
    if !app.drain(DRAIN_WITHIN).await {
        tracing::warn!("some answers were not sent in time; the next start sends them");
    }
    if let Some(bot) = bot {
        bot.shut_down().await;
    }
}
