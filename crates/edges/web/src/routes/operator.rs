//! The routes of the operator's console.

use axum::routing::{get, post};

use super::{Row, act, see};
use crate::{Guard::Operator, pages::operator};

pub(super) fn rows() -> Vec<Row> {
    vec![
        see("/dashboard/operator", Operator, get(operator::home::show)),
        see(
            "/dashboard/operator/servers",
            Operator,
            get(operator::servers::show),
        ),
        see(
            "/dashboard/operator/bots",
            Operator,
            get(operator::bots::show),
        ),
        see(
            "/dashboard/operator/jobs",
            Operator,
            get(operator::jobs::show),
        ),
        see(
            "/dashboard/operator/jobs/{queue}/{letter_id}",
            Operator,
            get(operator::letter::show),
        ),
        act(
            "/dashboard/operator/jobs/{queue}/{letter_id}/retry",
            Operator,
            post(operator::letter::retry),
        ),
        act(
            "/dashboard/operator/jobs/{queue}/{letter_id}/give-up",
            Operator,
            post(operator::letter::give_up),
        ),
        see(
            "/dashboard/operator/providers",
            Operator,
            get(operator::providers::show),
        ),
        see(
            "/dashboard/operator/storage",
            Operator,
            get(operator::storage::show),
        ),
        see(
            "/dashboard/operator/versions",
            Operator,
            get(operator::versions::show),
        ),
    ]
}
