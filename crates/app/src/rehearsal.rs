//! What a write would come to: it is done in a transaction that is then undone, so the answer can't be another one.

use store::{DbError, Tx};

use crate::Core;

/// How a rehearsal went. Either way it is no success, so that nothing of it stays.
enum Rehearsed<T, E> {
    Would(T),
    WouldNot(E),
}

impl<T, E: From<DbError>> From<DbError> for Rehearsed<T, E> {
    fn from(error: DbError) -> Self {
        Self::WouldNot(error.into())
    }
}

/// Does something and leaves no trace of it.
///
/// # Errors
/// What would refuse it, or the database's failure.
pub(crate) async fn rehearse<T, E, F>(core: &Core, label: &'static str, mut work: F) -> Result<T, E>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
{
    let rehearsal = move |tx: &mut Tx<'_>| -> Result<(), Rehearsed<T, E>> {
        Err(match work(tx) {
            Ok(done) => Rehearsed::Would(done),
            Err(refused) => Rehearsed::WouldNot(refused),
        })
    };
    match core.database.write(label, rehearsal).await {
        Err(Rehearsed::Would(done)) => Ok(done),
        Err(Rehearsed::WouldNot(refused)) => Err(refused),
        Ok(()) => Err(DbError::Rejected {
            statement: label.to_owned(),
            reason: "a rehearsal was committed".to_owned(),
        }
        .into()),
    }
}
