//! The dashboard's door: who signs people in, who operates, and the pages behind it.

use std::{collections::HashSet, sync::Arc};

use app::{App, Entrance, installation::Installation};
use axum::Router;
use discord::{Redirect, SignInSettings};
use kernel::UserId;
use web::{Hints, Vitals, Web};

use super::premises::Premises;
use crate::{config::Config, failure::Failure, invite::BACK, running::Footing};

/// How people come in.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) sign_in: Option<SignInSettings>,
    pub(super) operators: Vec<UserId>,
    pub(super) hints: Hints,
}

/// The address that Discord sends people back to; it must be registered there, letter by letter.
pub(super) fn back(footing: &Footing) -> String {
    footing.site().address(BACK)
}

/// What is configured about signing in, where all of it is.
pub(super) fn configured(config: &Config, back: String) -> Option<SignInSettings> {
    let discord = &config.discord;
    let api_url = discord.api_url.as_ref();
    let api_url = api_url.map_or(discord::API_URL, |url| url.as_str());
    Some(SignInSettings {
        api_url: api_url.to_owned(),
        client_id: discord.client_id?,
        client_secret: discord.client_secret.clone()?,
        redirect: Redirect { there: None, back },
    })
}

/// Opens the door; gives what stands behind it.
pub(super) fn open(app: &App, way: Way, premises: Arc<Premises>) -> Result<Router, Failure> {
    let footing = Arc::clone(&premises.footing);
    let sign_in = way.sign_in.map(discord::sign_in).transpose();
    let sign_in = sign_in.map_err(anyhow::Error::from)?;
    if sign_in.is_none() {
        tracing::info!(
            "nobody can sign in to the dashboard: GUILDHALL_DISCORD_CLIENT_ID and GUILDHALL_DISCORD_CLIENT_SECRET are \
             not both set"
        );
    }
    app.core().let_in_through(Entrance {
        sign_in,
        operators: way.operators.into_iter().collect::<HashSet<_>>(),
    });
    let chance = footing.chance.clone();
    let (core, vitals) = (app.core().clone(), Arc::clone(&footing.health));
    let facts: (Arc<dyn Vitals>, Arc<dyn Installation>) = (vitals, premises);
    let web = Web::new(core, footing.site(), chance, facts, way.hints);
    let description = serde_json::to_value(rest::description()).map_err(anyhow::Error::from)?;
    let web = web.describing(description);
    Ok(web::dashboard_router(&web))
}
