//! Looking through a backup, and bringing one back: the steps that both have, in their order.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use kernel::Timestamp;
use store::Migrations;

use super::{
    fault::Fault,
    manifest::Manifest,
    rebuild::Plan,
    restore::{self, Present, Site},
    shelf,
    trial::Trial,
    workshop::Workshop,
};
use crate::{failure::Failure, master_key::MasterKey};

/// Tells how far a long work has come.
pub type Tell = Arc<dyn Fn(String) + Send + Sync>;

/// A backup that is looked at.
#[derive(Clone)]
pub struct Source {
    /// The file.
    pub file: PathBuf,
    /// The schema of this build.
    pub migrations: Arc<Migrations>,
    /// The time.
    pub now: Timestamp,
    /// Hears how far it has come.
    pub tell: Tell,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Source")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

/// What a backup says of itself, and what came of looking at it.
#[derive(Debug)]
pub struct Looked {
    /// What it says of itself.
    pub manifest: Manifest,
    /// What it is worth.
    pub trial: Trial,
}

/// A database that was brought back.
#[derive(Debug)]
pub struct Brought {
    /// The backup.
    pub looked: Looked,
    /// Where what was there before is now: a folder, or a schema of PostgreSQL.
    pub aside: Option<String>,
}

impl Source {
    fn plan(&self) -> Plan<'_> {
        Plan {
            file: &self.file,
            migrations: &self.migrations,
            now: self.now,
            tell: self.tell.as_ref(),
        }
    }

    /// Runs `work` on a thread that may block.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let source = self.clone();
        let working = tokio::task::spawn_blocking(move || work(&source));
        let done = working.await;
        done.unwrap_or_else(|error| Err(Fault::Refused(format!("it broke off: {error}"))))
    }

    /// Looks through it: builds a database in a folder that goes away, and examines that.
    ///
    /// # Errors
    /// What is wrong with the file, or why it cannot be looked at.
    pub async fn look(&self, work: PathBuf, key: Option<&MasterKey>) -> Result<Looked, Failure> {
        let build = move |source: &Self| {
            let workshop = Workshop::within(&work)?;
            let database = workshop.path("guildhall.db");
            let manifest = source.plan().build(&database)?;
            Ok((workshop, database, manifest))
        };
        let (_workshop, database, manifest) = self.blocking(build).await?;
        let trial = Trial::of(&database, &manifest, key).await?;
        Ok(Looked { manifest, trial })
    }

    /// What it says of itself, without a look at its rows.
    ///
    /// # Errors
    /// When it is none of ours, not whole, or of a schema that this build does not know.
    pub async fn glance(&self) -> Result<Manifest, Fault> {
        self.blocking(|source| Ok(source.plan().open()?.manifest))
            .await
    }

    /// Brings it back into a data directory that the caller holds.
    ///
    /// # Errors
    /// What is wrong with the file, or why it cannot be brought back. Then everything is as it was before.
    pub async fn into_directory(
        &self,
        data_dir: &Path,
        present: Present,
        key: Option<&MasterKey>,
    ) -> Result<Brought, Failure> {
        let directory = data_dir.to_owned();
        let build = move |source: &Self| {
            let site = Site::clear(&directory)?;
            let manifest = source.plan().build(&site.database())?;
            Ok((site, manifest))
        };
        let (site, manifest) = self.blocking(build).await?;
        let trial = Trial::of(&site.database(), &manifest, key).await?;
        if !trial.damages.is_empty() {
            return Err(Failure::broken(
                format!(
                    "the database built from it is damaged: {}",
                    trial.damages.join("; ")
                ),
                "Take another backup, or look at this machine's disk",
            ));
        }
        let settle = move |source: &Self| site.settle(present, source.now);
        let aside = self.blocking(settle).await?;
        Ok(Brought {
            looked: Looked { manifest, trial },
            aside: aside.map(|path| path.display().to_string()),
        })
    }

    /// Brings it back into the database of a server.
    ///
    /// # Errors
    /// What is wrong with the file, or why it cannot be brought back. Then everything is as it was before.
    pub async fn into_server(
        &self,
        url: &str,
        data_dir: &Path,
        present: Present,
        key: Option<&MasterKey>,
    ) -> Result<Brought, Failure> {
        self.may_fill(url, present).await?;
        let work = shelf::folder(data_dir);
        let looked = self.look(work.clone(), key).await?;
        let url = url.to_owned();
        let fill = move |source: &Self| {
            let workshop = Workshop::within(&work)?;
            let mut server = restore::look_at_server(&url, present)?;
            let scratch = workshop.path("model.db");
            restore::fill_server(&source.plan(), &mut server, &scratch)
        };
        let (_, aside) = self.blocking(fill).await?;
        Ok(Brought { looked, aside })
    }

    /// Whether the database of a server may be filled.
    ///
    /// # Errors
    /// Why not.
    pub async fn may_fill(&self, url: &str, present: Present) -> Result<(), Fault> {
        let url = url.to_owned();
        self.blocking(move |_| restore::look_at_server(&url, present).map(drop))
            .await
    }
}
