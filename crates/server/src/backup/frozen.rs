//! A database as it stood at one moment, for reading all of it while others go on.

use std::path::Path;

use store::{
    Applied, DbError, MigrationError, Migrations,
    dump::{DumpError, Numbering, Table, TakeRow},
};
use store_libsql::{LibsqlStore, LooseFile, UpkeepError};
use store_postgres::{Aside, AsideError, PostgresStore};

use super::fault::Fault;

/// The frozen state.
pub(crate) enum Frozen {
    /// A copy of the embedded database's file.
    Copy(LooseFile),
    /// What a transaction of the server sees.
    Server(Aside),
}

impl Frozen {
    /// A copy of the embedded database, in a file of this name.
    pub(crate) fn copy(store: &LibsqlStore, path: &Path) -> Result<Self, Fault> {
        store.backup(path).map_err(|error| match error {
            UpkeepError::Unwritable { path, reason } => Fault::Unwritable { path, reason },
            UpkeepError::Store(error) => Fault::Store(error),
            UpkeepError::Closed => Fault::Refused(error.to_string()),
        })?;
        Ok(Self::Copy(LooseFile::open(path)?))
    }

    /// The state of a server from now on.
    pub(crate) fn server(store: &PostgresStore) -> Result<Self, Fault> {
        Ok(Self::Server(Aside::frozen(store)?))
    }

    /// The migrations that its schema is made of.
    pub(super) fn applied(
        &mut self,
        migrations: &Migrations,
    ) -> Result<Vec<Applied>, MigrationError> {
        match self {
            Self::Copy(copy) => copy.change(|tx| migrations.applied(tx)),
            Self::Server(aside) => aside.with(|tx| migrations.applied(tx)),
        }
    }

    /// Hands out every row of a table in the order of its key; says how many.
    pub(super) fn rows(&mut self, table: &Table, take: &mut TakeRow<'_>) -> Result<u64, DumpError> {
        match self {
            Self::Copy(copy) => copy.rows(table, take),
            Self::Server(aside) => aside.rows(table, take),
        }
    }

    /// How far its tables have given out their own numbers.
    pub(super) fn numberings(&mut self, tables: &[Table]) -> Result<Vec<Numbering>, DbError> {
        match self {
            Self::Copy(copy) => copy.numberings(),
            Self::Server(aside) => aside.numberings(tables),
        }
    }
}

impl From<AsideError> for Fault {
    fn from(error: AsideError) -> Self {
        match error {
            AsideError::Store(error) => Self::Store(error),
            AsideError::Address(error) => Self::Refused(error.to_string()),
        }
    }
}
