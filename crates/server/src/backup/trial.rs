//! What a database that was built out of a backup is worth: its file, its ledger, its record, its secrets.

use std::{path::Path, sync::Arc};

use audit::Trust;
use platform::{Keyring, KeysTried};
use serde_json::{Value, json};
use store::{Database, DbError, Tx};
use store_libsql::{LibsqlStore, Options};

use super::manifest::Manifest;
use crate::{
    failure::Failure,
    master_key::MasterKey,
    verbs::{audit as record, ledger::verify as ledger},
};

/// How the master key that is at hand goes with a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFit {
    /// It is the one.
    Same,
    /// It is another.
    Other,
    /// There is none.
    Absent,
}

impl KeyFit {
    /// How a key goes with a backup.
    #[must_use]
    pub fn of(key: Option<&MasterKey>, manifest: &Manifest) -> Self {
        match key {
            None => Self::Absent,
            Some(key) if manifest.signers().first() == Some(&key.signer().public()) => Self::Same,
            Some(_) => Self::Other,
        }
    }

    /// Its name in answers for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Other => "other",
            Self::Absent => "absent",
        }
    }
}

/// What was found out.
#[derive(Debug)]
pub struct Trial {
    /// What the engine finds wrong with the file.
    pub damages: Vec<String>,
    /// The ledger.
    pub ledger: economy::Verification,
    /// The record.
    pub record: audit::Verification,
    /// How the master key goes with it.
    pub key: KeyFit,
    /// Which data keys of secrets it opens.
    pub keys: KeysTried,
}

impl Trial {
    /// Looks at a database in a file of nobody else.
    ///
    /// # Errors
    /// When it cannot be opened or read.
    pub async fn of(
        database: &Path,
        manifest: &Manifest,
        key: Option<&MasterKey>,
    ) -> Result<Self, Failure> {
        let store = LibsqlStore::open(database, Options::default()).map_err(anyhow::Error::from)?;
        let looked = Self::look(&store, manifest, key).await;
        let closing = store.database();
        let closed = tokio::task::spawn_blocking(move || closing.close());
        closed.await.map_err(anyhow::Error::from)?;
        looked
    }

    async fn look(
        store: &Arc<LibsqlStore>,
        manifest: &Manifest,
        key: Option<&MasterKey>,
    ) -> Result<Self, Failure> {
        let fit = KeyFit::of(key, manifest);
        let looking = Arc::clone(store);
        let damages = tokio::task::spawn_blocking(move || looking.integrity()).await;
        let database = store.database();
        // Keys that were exchanged are only known from the backup itself.
        let trust = Trust {
            keys: manifest.signers(),
            witnesses: Vec::new(),
        };
        Ok(Self {
            damages: damages
                .map_err(anyhow::Error::from)?
                .map_err(anyhow::Error::from)?,
            ledger: ledger::whole(&database).await?,
            record: record::whole(&database, trust).await?,
            key: fit,
            keys: match key {
                Some(key) => keys(&database, key.keyring()).await?,
                None => KeysTried::default(),
            },
        })
    }

    /// What is wrong, a line each.
    #[must_use]
    pub fn findings(&self) -> Vec<String> {
        let mut found: Vec<String> = self
            .damages
            .iter()
            .map(|damage| format!("the database built from it is damaged: {damage}"))
            .collect();
        let mismatches = self.ledger.mismatches.iter();
        found.extend(mismatches.map(|mismatch| format!("the ledger is not sound: {mismatch}")));
        let breaks = self.record.breaks.iter();
        found.extend(
            breaks.map(|broken| format!("the record is not whole: {}", record::told(broken))),
        );
        if self.key == KeyFit::Same && self.keys.shut > 0 {
            found.push(format!(
                "{} of its keys of secrets do not open with the master key that the rest goes with",
                self.keys.shut
            ));
        }
        found
    }

    /// The same for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "ledger": {
                "ok": self.ledger.is_ok(),
                "guilds": self.ledger.guilds,
                "accounts": self.ledger.accounts,
                "transfers": self.ledger.transfers,
            },
            "audit": { "ok": self.record.is_ok(), "guilds": self.record.guilds, "entries": self.record.entries },
            "master_key": self.key.name(),
            "secret_keys": { "open": self.keys.open, "shut": self.keys.shut },
        })
    }
}

async fn keys(database: &Database, ring: Arc<Keyring>) -> Result<KeysTried, Failure> {
    let mut all = KeysTried::default();
    loop {
        let (ring, after) = (Arc::clone(&ring), all.next);
        let step = move |tx: &mut Tx<'_>| platform::keys_try(tx, &ring, after);
        let part = database.read::<_, DbError, _>("backup.keys", step).await;
        let part = part.map_err(anyhow::Error::from)?;
        all.open += part.open;
        all.shut += part.shut;
        all.next = part.next;
        if all.next.is_none() {
            return Ok(all);
        }
    }
}
