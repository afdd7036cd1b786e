//! Lists: newest first, at most 200 at once, continued by a cursor.

use std::{str::FromStr, time::Duration};

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

/// What part of a list is asked for, where nothing else can be.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    /// Where an earlier page ended: its `next`.
    cursor: Option<String>,
    /// How many at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<String>,
}

impl From<ListQuery> for PageQuery {
    fn from(asked: ListQuery) -> Self {
        Self::of(asked.cursor, asked.limit)
    }
}

/// What part of a list is asked for.
#[derive(Debug, Default)]
pub(crate) struct PageQuery {
    /// Where an earlier page ended: its `next`.
    cursor: Option<String>,
    /// How many at most.
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

    /// The part that is asked for of a list that is short, and at hand as a whole.
    pub(crate) fn of_whole<T>(&self, whole: impl Iterator<Item = T>) -> Result<Page<T>, Problem> {
        let begin = self.text_cursor::<usize>()?.unwrap_or(0);
        let limit = usize::try_from(self.limit()?).unwrap_or(usize::MAX);
        let mut rest = whole.skip(begin).peekable();
        let items: Vec<T> = rest.by_ref().take(limit).collect();
        let next = rest.peek().map(|_| begin.saturating_add(items.len()));
        Ok(Page {
            next: next.map(|next| next.to_string()),
            items,
        })
    }

    /// A cursor that is more than a number.
    pub(crate) fn text_cursor<T: FromStr>(&self) -> Result<Option<T>, Problem> {
        let parse = |cursor: &str| cursor.parse().map_err(|_| strange_cursor());
        self.cursor.as_deref().map(parse).transpose()
    }
}

/// A time as whole milliseconds.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn strange_cursor() -> Problem {
    Problem::invalid(
        "`cursor` is what `next` of an earlier page held.",
        "/cursor",
    )
}

#[cfg(test)]
mod tests {
    use super::PageQuery;

    #[test]
    fn a_short_list_goes_in_pages_too() {
        let part = |cursor: Option<&str>| {
            let asked = PageQuery::of(cursor.map(str::to_owned), Some("2".to_owned()));
            let page = asked.of_whole(1..=3).unwrap();
            (page.items, page.next)
        };
        assert_eq!(part(None), (vec![1, 2], Some("2".to_owned())));
        assert_eq!(part(Some("2")), (vec![3], None));
        assert_eq!(part(Some("1")), (vec![2, 3], None));
        assert_eq!(part(Some("18446744073709551615")), (vec![], None));
        let strange = PageQuery::of(Some("x".to_owned()), None);
        assert!(strange.of_whole(1..=3).is_err());
    }
}
