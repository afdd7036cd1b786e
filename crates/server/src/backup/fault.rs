//! What is wrong with a file that should be a backup, or with making or taking in one: in words, with the place.

use std::{io, path::PathBuf};

use store::{DbError, MigrationError, dump::DumpError};

/// Why a file is no backup that this build can use.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// Something else.
    #[error("it is no backup of Guildhall")]
    Foreign,
    /// A later version wrote it in another form.
    #[error(
        "it is written in form {form}, and this version reads forms up to {}: use the version that wrote it",
        super::manifest::FORM
    )]
    NewerForm {
        /// The form's number.
        form: u32,
    },
    /// It ends too early.
    #[error("it is cut short {0}: it was not copied to its end")]
    CutShort(String),
    /// Its bytes are not those that were written.
    #[error("{0} is not as it was written: the file was damaged or edited")]
    Edited(String),
    /// Its schema is not one that this build knows.
    #[error("its schema does not fit this version: {0}")]
    Schema(MigrationError),
    /// Its tables are not those of its schema.
    #[error("its table `{table}` is not as its schema makes it: {what}")]
    Unlike {
        /// The table.
        table: String,
        /// How it differs.
        what: String,
    },
    /// A row is none that the schema takes.
    #[error("row {row} of its table `{table}` cannot be taken in: {reason}")]
    Row {
        /// The table.
        table: String,
        /// The row's place, from one.
        row: u64,
        /// What the database said.
        reason: DbError,
    },
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] io::Error),
}

/// Why a backup was not made, or not taken in.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The file does not fit.
    #[error("`{}`: {unfit}", file.display())]
    Unfit {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        unfit: Box<Unfit>,
    },
    /// Something cannot be written.
    #[error("`{}` cannot be written: {reason}", path.display())]
    Unwritable {
        /// What.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        reason: io::Error,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
    /// The schema cannot be made or changed.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// It is not to be done as things are.
    #[error("{0}")]
    Refused(String),
}

impl Fault {
    /// That this path cannot be written.
    pub(super) fn unwritable(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |reason| Self::Unwritable { path, reason }
    }

    /// That this file does not fit.
    pub(super) fn unfit(file: impl Into<PathBuf>) -> impl FnOnce(Unfit) -> Self {
        let file = file.into();
        move |unfit| Self::Unfit {
            file,
            unfit: Box::new(unfit),
        }
    }

    /// What moving rows failed with, where `path` is what they were written to.
    pub(super) fn moving(path: impl Into<PathBuf>) -> impl FnOnce(DumpError) -> Self {
        let path = path.into();
        move |error| match error {
            DumpError::Store(error) => Self::Store(error),
            DumpError::Other(reason) => Self::Unwritable { path, reason },
        }
    }
}

impl From<Fault> for crate::failure::Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unfit { .. } => Self::Unfit(fault.to_string()),
            other => Self::Other(other.into()),
        }
    }
}
