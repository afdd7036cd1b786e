//! Backups: the whole database in one file, whichever engine it is in, and back.
//!
//! B1  A file under its own name is whole: it was written elsewhere, synced and read back.
//! B2  A backup is one moment's state, with everything that was acknowledged before it began.
//! B3  Each change of a file, and each end too early, is found, with the place.
//! B4  What was restored is the same rows: their digests are compared. Until then no start takes it for a database.
//! B5  A secret leaves the database as it lies there, sealed. The master key is in no backup.
//!
//! A file holds rows and no pages of an engine; so an embedded backup can be restored to PostgreSQL and back, and what
//! was erased is in none that was made afterwards (decision 0015).
//!
//! Not here: what the commands print (`verbs/backup`).

mod bring;
mod fault;
mod file;
mod frozen;
mod manifest;
mod rebuild;
mod restore;
mod row;
pub mod shelf;
mod take;
mod trial;
mod workshop;

pub use bring::{Brought, Looked, Source, Tell};
pub use fault::{Fault, Unfit};
pub use file::Replace;
pub(crate) use frozen::Frozen;
pub use manifest::Manifest;
pub(crate) use restore::refuse_served;
pub use restore::{Present, is_occupied, is_unfinished};
pub use take::{Order, Taken, take};
pub use trial::{KeyFit, Trial};

#[cfg(test)]
mod tests;
