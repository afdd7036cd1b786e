//! Whether what is kept is in order: the ledgers, and the chains of decisions.

use audit::Sealing;
use economy::WatchedAll;
use store::{DbError, Tx};

use crate::Core;

/// So many of the latest repairs are told.
const REPAIRS_MAX: u32 = 10;

/// How the books stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Books {
    /// The check of the ledgers.
    pub ledger: WatchedAll,
    /// The sealer of decisions.
    pub sealing: Sealing,
}

impl Core {
    /// How the books stand, over all guilds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn books(&self) -> Result<Books, DbError> {
        let read = |tx: &mut Tx<'_>| {
            Ok(Books {
                ledger: economy::watched_all(tx, REPAIRS_MAX)?,
                sealing: audit::sealing(tx)?,
            })
        };
        self.database.read("estate.books", read).await
    }
}
