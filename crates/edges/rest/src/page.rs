//! Lists: newest first, at most 200 at once, continued by a cursor.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Problem;

const LIMIT_DEFAULT: u32 = 50;
const LIMIT_MAX: u32 = 200;

/// A list as it is answered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// What continues the list as `cursor`; null at its end.
    pub(crate) next: Option<String>,
}

/// What part of a list is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Where an earlier page ended: its `next`.
    cursor: Option<String>,
    /// How many at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<String>,
}

impl PageQuery {
    /// The part of a list that a query with names of its own asks for.
    pub(crate) const fn of(cursor: Option<String>, limit: Option<String>) -> Self {
        Self { cursor, limit }
    }

    pub(crate) fn limit(&self) -> Result<u32, Problem> {
        let Some(limit) = &self.limit else {
            return Ok(LIMIT_DEFAULT);
        };
        let limit = limit
            .parse()
            .ok()
            .filter(|limit| (1..=LIMIT_MAX).contains(limit));
        limit.ok_or_else(|| Problem::invalid("`limit` is a whole number from 1 to 200.", "/limit"))
    }

    pub(crate) fn cursor(&self) -> Result<Option<i64>, Problem> {
        let parsed = self.cursor.as_deref().map(|cursor| {
            let number = cursor.parse().ok().filter(|number| *number >= 0);
            number.ok_or_else(|| {
                Problem::invalid(
                    "`cursor` is what `next` of an earlier page held.",
                    "/cursor",
                )
            })
        });
        parsed.transpose()
    }

    /// A cursor that is more than a number.
    pub(crate) fn text_cursor<T: FromStr>(&self) -> Result<Option<T>, Problem> {
        let parse = |cursor: &str| cursor.parse().map_err(|_| strange_cursor());
        self.cursor.as_deref().map(parse).transpose()
    }
}

fn strange_cursor() -> Problem {
    Problem::invalid(
        "`cursor` is what `next` of an earlier page held.",
        "/cursor",
    )
}
