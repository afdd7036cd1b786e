//! Finding entries: newest first, each question along one index, in pages.

use std::{fmt, str::FromStr};

use ::store::{DbError, Tx};
use kernel::{GuildId, MessageId, Timestamp, UserId};

use crate::{
    assemble::{entries, is_about},
    entry::{Entry, EntryId, Kind, Outcome},
    store::{
        people::person_fetch,
        picks::{Bounds, NEWEST, Walk, newest_record, pick, pick_sealed, until},
    },
    view::{Rank, Viewer},
};

/// The most entries of one page.
pub const LIMIT_MAX: u32 = 200;
/// The most entries that one call reads to find a text; a page may so hold fewer than asked for, and go on.
pub const SCAN_MAX: usize = 2_000;

/// The most bytes of all texts of a page; it ends before the entry that would go beyond, but holds at least one.
pub const PAGE_BYTES_MAX: usize = 1024 * 1024;

/// Which entries are wanted; what is missing does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Of this kind.
    pub kind: Option<Kind>,
    /// With this action.
    pub action: Option<String>,
    /// About this member, or set off by them.
    pub user: Option<UserId>,
    /// About this message, or told in it.
    pub message: Option<MessageId>,
    /// Of this case.
    pub case: Option<i64>,
    /// Because of this rule.
    pub rule: Option<String>,
    /// That came to this.
    pub outcome: Option<Outcome>,
    /// Not before this.
    pub since: Option<Timestamp>,
    /// Before this.
    pub until: Option<Timestamp>,
    /// With this in one of their texts, in any case.
    pub text: Option<String>,
}

/// Where the next page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    at: i64,
    id: i64,
}

impl Cursor {
    /// The place behind this entry, where what is older begins.
    pub(crate) const fn of(entry: &Entry) -> Self {
        Self {
            at: entry.at.micros(),
            id: entry.id.get(),
        }
    }
}

/// A text that is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no cursor: take the one that the page before gave")]
pub struct CursorError;

impl fmt::Display for Cursor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.at, self.id)
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let (at, id) = text.split_once('.').ok_or(CursorError)?;
        let number = |text: &str| text.parse().map_err(|_| CursorError);
        Ok(Self {
            at: number(at)?,
            id: number(id)?,
        })
    }
}

/// A page of entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The entries, newest first.
    pub entries: Vec<Entry>,
    /// Where the next page begins; nothing where this is the last.
    pub next: Option<Cursor>,
}

/// The entries of a guild that a filter lets through, newest first.
///
/// # Errors
/// When the database fails.
pub fn search(
    tx: &mut Tx<'_>,
    guild: GuildId,
    filter: &Filter,
    cursor: Option<Cursor>,
    limit: u32,
) -> Result<Page, DbError> {
    paged(tx, guild, filter, (cursor, limit), &|entry| Some(entry))
}

/// The same as a viewer sees it: entries that they may not see are left out, and a text is looked for in what they may
/// read alone, so that nobody learns withheld words by guessing them.
///
/// # Errors
/// When the database fails.
pub fn search_seen(
    tx: &mut Tx<'_>,
    guild: GuildId,
    viewer: &Viewer,
    filter: &Filter,
    cursor: Option<Cursor>,
    limit: u32,
) -> Result<Page, DbError> {
    // Who wrote what from outside is the operator's to know, but for one's own: no need to look through all the others.
    let own_access = filter.kind == Some(Kind::Access) && viewer.rank == Rank::Moderator;
    let seen = |entry: Entry| viewer.sees(&entry);
    if viewer.rank != Rank::Member && !own_access {
        return paged(tx, guild, filter, (cursor, limit), &seen);
    }
    // A member sees decisions about themselves alone; about anybody else there is nothing to find.
    if filter.user.is_some_and(|user| user != viewer.user) {
        return Ok(Page::default());
    }
    let own = Filter {
        user: Some(viewer.user),
        ..filter.clone()
    };
    paged(tx, guild, &own, (cursor, limit), &seen)
}

fn paged(
    tx: &mut Tx<'_>,
    guild: GuildId,
    filter: &Filter,
    (cursor, limit): (Option<Cursor>, u32),
    seen: &dyn Fn(Entry) -> Option<Entry>,
) -> Result<Page, DbError> {
    let limit = limit.clamp(1, LIMIT_MAX);
    let Some(walk) = walk(tx, guild, filter)? else {
        return Ok(Page::default());
    };
    let start = filter.until.map_or(NEWEST, until);
    let mut before = cursor.map_or(start, |cursor| start.min((cursor.at, cursor.id)));
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let (mut found, mut read, mut bytes) = (Vec::new(), 0, 0);
    // One more than is wanted says whether there is another page.
    let piece = if filter.text.is_some() || filter.rule.is_some() {
        LIMIT_MAX
    } else {
        limit + 1
    };
    loop {
        let bounds = bounds(guild, filter, before, piece);
        let places = pick(tx, walk, &bounds, filter.action.as_deref())?;
        let is_last = places.len() < usize::try_from(piece).unwrap_or(usize::MAX);
        let ids: Vec<i64> = places.iter().map(|(_, id)| *id).collect();
        for entry in entries(tx, guild, &ids)?.into_iter().filter_map(seen) {
            if !lets_through(filter, &entry) {
                continue;
            }
            bytes += all_texts(&entry).map(str::len).sum::<usize>();
            let is_full = found.len() == wanted || bytes > PAGE_BYTES_MAX;
            if let Some(last) = found.last().filter(|_| is_full) {
                // One more than the page holds: there is another.
                let next = Some(Cursor::of(last));
                return Ok(Page {
                    entries: found,
                    next,
                });
            }
            found.push(entry);
        }
        read += places.len();
        match places.last() {
            Some(last) if !is_last && read >= SCAN_MAX => return Ok(page(found, Some(*last))),
            Some(last) if !is_last => before = *last,
            _ => return Ok(page(found, None)),
        }
    }
}

const fn page(entries: Vec<Entry>, next: Option<(i64, i64)>) -> Page {
    let next = match next {
        Some((at, id)) => Some(Cursor { at, id }),
        None => None,
    };
    Page { entries, next }
}

/// The index to walk; nothing where nobody is known whom the filter names, or where no action can have its name: an
/// engine takes no NUL.
fn walk(tx: &mut Tx<'_>, guild: GuildId, filter: &Filter) -> Result<Option<Walk>, DbError> {
    if filter
        .action
        .as_ref()
        .is_some_and(|action| action.contains('\0'))
    {
        return Ok(None);
    }
    let person = match filter.user {
        None => None,
        Some(user) => match person_fetch(tx, guild, user)? {
            None => return Ok(None),
            known => known,
        },
    };
    Ok(Some(match (filter.message, filter.case, person) {
        (Some(message), _, person) => Walk::Message {
            message: message.to_column(),
            person,
        },
        (None, Some(case), person) => Walk::Case { case, person },
        (None, None, Some(person)) => Walk::Person(person),
        (None, None, None) if filter.kind.is_some() => Walk::Kind,
        (None, None, None) => Walk::Recent,
    }))
}

fn bounds(guild: GuildId, filter: &Filter, before: (i64, i64), limit: u32) -> Bounds {
    Bounds {
        guild: guild.to_column(),
        before,
        since: filter.since.map_or(i64::MIN, Timestamp::micros),
        kind: filter.kind.map(Kind::name),
        outcome: filter.outcome.map(Outcome::name),
        limit,
    }
}

/// What the statements leave to be looked at: a case beside a message, a rule, and texts.
fn lets_through(filter: &Filter, entry: &Entry) -> bool {
    let is_of_case = filter.case.is_none_or(|case| entry.case == Some(case));
    let is_of_rule = filter.rule.is_none() || entry.rule == filter.rule;
    let holds = |wanted: &String| {
        let wanted = wanted.to_lowercase();
        let mut texts = all_texts(entry);
        texts.any(|text| text.to_lowercase().contains(&wanted))
    };
    is_of_case && is_of_rule && filter.text.as_ref().is_none_or(holds)
}

fn all_texts(entry: &Entry) -> impl Iterator<Item = &str> {
    let input = &entry.input;
    let words = input
        .content
        .iter()
        .chain(&input.history)
        .chain(&input.memories);
    let words = words
        .chain(&entry.matched)
        .chain(&entry.reasoning)
        .chain(&entry.answer);
    let texts = words.filter_map(|words| words.text());
    texts.chain(entry.active_rules.iter().map(|rule| rule.name.as_str()))
}

/// A number that grows with each decision of a guild and each conclusion: for knowing that there is something new.
///
/// # Errors
/// When the database fails.
pub fn newest(tx: &mut Tx<'_>, guild: GuildId) -> Result<i64, DbError> {
    newest_record(tx, guild.to_column())
}

/// The entry with this id in a guild.
///
/// # Errors
/// When the database fails.
pub fn fetch(tx: &mut Tx<'_>, guild: GuildId, id: EntryId) -> Result<Option<Entry>, DbError> {
    Ok(entries(tx, guild, &[id.get()])?.into_iter().next())
}

/// The entries about a message or told in it, newest first.
///
/// # Errors
/// When the database fails.
pub fn by_message(
    tx: &mut Tx<'_>,
    guild: GuildId,
    message: MessageId,
    limit: u32,
) -> Result<Vec<Entry>, DbError> {
    let filter = Filter {
        message: Some(message),
        ..Filter::default()
    };
    Ok(search(tx, guild, &filter, None, limit)?.entries)
}

/// The entries of a case, newest first.
///
/// # Errors
/// When the database fails.
pub fn by_case(
    tx: &mut Tx<'_>,
    guild: GuildId,
    case: i64,
    limit: u32,
) -> Result<Vec<Entry>, DbError> {
    let filter = Filter {
        case: Some(case),
        ..Filter::default()
    };
    Ok(search(tx, guild, &filter, None, limit)?.entries)
}

/// The last action that touched a member: of the latest entries about them, the first that was not held back.
///
/// # Errors
/// When the database fails.
pub fn last_touching(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
) -> Result<Option<Entry>, DbError> {
    let filter = Filter {
        user: Some(user),
        ..Filter::default()
    };
    let latest = search(tx, guild, &filter, None, LIMIT_MAX)?.entries;
    let touches = |entry: &Entry| {
        entry
            .subject
            .map_or(is_about(entry, user), |subject| subject == user)
            && entry.outcome != Outcome::Suppressed
    };
    Ok(latest.into_iter().find(touches))
}

/// The sealed entries of a guild after a place in its chain, in the chain's order: for an export in pieces. Gives where
/// to go on.
///
/// # Errors
/// When the database fails.
pub fn sealed_after(
    tx: &mut Tx<'_>,
    guild: GuildId,
    after: i64,
    limit: u32,
) -> Result<(Vec<Entry>, Option<i64>), DbError> {
    let limit = limit.clamp(1, LIMIT_MAX);
    let places = pick_sealed(tx, guild.to_column(), after, limit)?;
    let ids: Vec<i64> = places.iter().map(|(_, id)| *id).collect();
    let is_full = u32::try_from(places.len()) == Ok(limit);
    let next = places.last().map(|(seq, _)| *seq).filter(|_| is_full);
    Ok((entries(tx, guild, &ids)?, next))
}

#[cfg(test)]
mod tests {
    use super::{Cursor, CursorError};

    #[test]
    fn a_cursor_is_read_as_it_is_written() {
        let cursor = Cursor { at: -5, id: 77 };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "5", "5.", ".5", "a.b", "1.2.3"] {
            assert_eq!(text.parse::<Cursor>(), Err(CursorError), "{text:?}");
        }
    }
}
