//! What waits in the queues and what failed for good, as the operator reads it.

use audit::{Cursor, Filter, Kind, Page};
use kernel::{GuildId, Timestamp};
use store::{
    DbError, Tx,
    letters::{self, Letter, LetterCounts, LetterCursor, LetterState, Queue, What},
};

use super::installation_chain;
use crate::{Core, jobs::FAILED_KEPT};

/// Which rows are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LettersAsked {
    /// Of which queue.
    pub queue: Queue,
    /// In which state.
    pub state: LetterState,
    /// Behind this place.
    pub after: Option<LetterCursor>,
    /// How many.
    pub limit: u32,
}

/// Some rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letters {
    /// The rows.
    pub letters: Vec<SeenLetter>,
    /// Behind which place there are more.
    pub next: Option<LetterCursor>,
}

/// A row of a queue, told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenLetter {
    /// The row.
    pub letter: Letter,
    /// What is to be done, in one word that stays the same; nothing of an effect that is forgotten or can't be read.
    pub kind: Option<String>,
    /// Which guild it is about, where it is about one.
    pub guild: Option<GuildId>,
    /// Whether it failed for good and can be tried again.
    pub can_retry: bool,
    /// Until when it can, where that is not for ever.
    pub until: Option<Timestamp>,
}

impl Core {
    /// Rows of a queue.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn letters(&self, asked: LettersAsked) -> Result<Letters, DbError> {
        let limit = asked.limit.clamp(1, letters::LETTERS_MAX - 1);
        let read = move |tx: &mut Tx<'_>| {
            let which = (asked.queue, asked.state);
            letters::letter_list(tx, which, asked.after, limit + 1)
        };
        let mut found = self.database.read("estate.letters", read).await?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = found.len() > wanted;
        found.truncate(wanted);
        let last = found.last().filter(|_| more);
        Ok(Letters {
            next: last.map(|last| LetterCursor {
                at: last.due_at,
                id: last.id,
            }),
            letters: found.into_iter().map(|letter| self.told(letter)).collect(),
        })
    }

    /// A row of a queue that waits or failed for good; nothing where it is done with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn letter(&self, queue: Queue, id: i64) -> Result<Option<SeenLetter>, DbError> {
        let read = move |tx: &mut Tx<'_>| letters::letter_fetch(tx, queue, id);
        let found = self.database.read("estate.letter", read).await?;
        Ok(found.map(|letter| self.told(letter)))
    }

    /// How many rows of jobs and of effects there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn letter_counts(&self) -> Result<(LetterCounts, LetterCounts), DbError> {
        let read = |tx: &mut Tx<'_>| {
            let jobs = letters::letter_counts(tx, Queue::Jobs)?;
            Ok((jobs, letters::letter_counts(tx, Queue::Effects)?))
        };
        self.database.read("estate.counts", read).await
    }

    /// What operators did that belongs to no guild, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn operators_deeds(
        &self,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page, DbError> {
        let read = move |tx: &mut Tx<'_>| {
            let filter = Filter {
                kind: Some(Kind::Access),
                ..Filter::default()
            };
            audit::search(tx, installation_chain(), &filter, after, limit)
        };
        self.database.read("estate.deeds", read).await
    }

    fn told(&self, letter: Letter) -> SeenLetter {
        let is_dead = letter.state == LetterState::Dead;
        let until = letter.due_at + FAILED_KEPT;
        let (kind, guild, can_retry, until) = match &letter.what {
            What::Job { kind, .. } => (Some(kind.clone()), None, is_dead, None),
            What::Effect { guild, effect, .. } => {
                let read = self.keys.effects().read(letter.id, effect).ok();
                let kind = read.map(|effect| effect.kind().to_owned());
                let can_retry = is_dead && kind.is_some();
                (kind, *guild, can_retry, can_retry.then_some(until))
            }
        };
        SeenLetter {
            letter,
            kind,
            guild,
            can_retry,
            until,
        }
    }
}
