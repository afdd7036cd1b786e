//! One module for each context, and one for the operator.

pub(crate) mod audit;
pub(crate) mod automod;
pub(crate) mod bots;
pub(crate) mod cases;
pub(crate) mod config;
pub(crate) mod economy;
pub(crate) mod memories;
pub(crate) mod operator;
pub(crate) mod reversals;
pub(crate) mod rules;
pub(crate) mod secrets;

use utoipa_axum::router::OpenApiRouter;

use crate::Rest;

/// Every route under a guild.
pub(crate) fn of_a_guild() -> OpenApiRouter<Rest> {
    economy::router()
        .merge(reversals::router())
        .merge(config::router())
        .merge(audit::router())
        .merge(rules::router())
        .merge(secrets::router())
        .merge(automod::router())
        .merge(cases::router())
        .merge(memories::router())
        .merge(bots::router())
}
