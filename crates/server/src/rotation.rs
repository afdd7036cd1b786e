//! Exchanging the master key while everything goes on, in steps of which each can be the last of a process that dies.
//!
//! The next key is written beside the one in use, and from then on both open and the next one seals. What the former
//! one wraps is wrapped anew, what is owed is sealed anew, and then one rename makes the next key the only one. A start
//! that finds both goes on with that; so nothing is ever sealed with a key that no file holds.
//!
//! Not here: how a key wraps (`platform`), and what is sealed with it (`app`).

use std::{path::PathBuf, sync::Arc};

use app::{
    Core,
    flows::keys::{self, Renewed},
};
use tokio::sync::Mutex;

use crate::{
    config::Config,
    data_dir,
    failure::Failure,
    logs::Logs,
    master_key::{self, MasterKey},
};

/// The key of one data directory, and the one exchange of it that may go on at a time.
#[derive(Debug, Clone)]
pub struct Rotation {
    directory: PathBuf,
    /// The key stands in the configuration, and is not ours to change.
    is_given: bool,
    logs: Option<Logs>,
    one: Arc<Mutex<()>>,
}

/// A step that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The next key is on the disk.
    Written,
    /// Who signed before is noted.
    SignerKept,
    /// Some data keys were wrapped anew, perhaps not all.
    SomeWrapped,
    /// All of them were.
    AllWrapped,
    /// What is owed is sealed anew.
    Sealed,
    /// The next key is the only one.
    Settled,
}

/// Told of each step; where it fails, the exchange breaks off there.
type Told<'t> = &'t (dyn Fn(Step) -> Result<(), Failure> + Sync);

impl Rotation {
    /// Of the key of this configuration; the log blacks new ones out.
    #[must_use]
    pub fn of(config: &Config, logs: Option<Logs>) -> Self {
        Self {
            directory: config.data_dir.clone(),
            is_given: config.master_key.is_some(),
            logs,
            one: Arc::default(),
        }
    }

    /// Exchanges the key, or finishes an exchange that was broken off.
    ///
    /// # Errors
    /// When the key stands in the configuration, or a step fails; what was done stays, and the next run goes on.
    pub async fn rotate(&self, core: &Core) -> Result<Renewed, Failure> {
        self.rotate_told(core, &|_| Ok(())).await
    }

    async fn rotate_told(&self, core: &Core, told: Told<'_>) -> Result<Renewed, Failure> {
        let _one = self.one.lock().await;
        if self.is_given {
            return Err(Failure::broken(
                "the master key comes from the configuration (GUILDHALL_MASTER_KEY), which this command does not write",
                "Put that key into the file `master.key` of the data directory, take the setting away, start again, and \
                 exchange it then",
            ));
        }
        let key = MasterKey::of_files(&self.directory)?;
        let key = match key.is_exchanged() {
            true => key,
            false => key.next(&self.directory)?,
        };
        self.finish_told(core, &key, told).await
    }

    /// Finishes an exchange that a process did not live to finish; nothing where there is none.
    ///
    /// # Errors
    /// When a step fails; what was done stays.
    pub async fn finish(&self, core: &Core) -> Result<Option<Renewed>, Failure> {
        let _one = self.one.lock().await;
        if self.is_given {
            return Ok(None);
        }
        let key = MasterKey::of_files(&self.directory)?;
        if !key.is_exchanged() {
            return Ok(None);
        }
        let renewed = self.finish_told(core, &key, &|_| Ok(())).await?;
        tracing::info!(
            ?renewed,
            "an exchange of the master key that was broken off is finished"
        );
        Ok(Some(renewed))
    }

    async fn finish_told(
        &self,
        core: &Core,
        key: &MasterKey,
        told: Told<'_>,
    ) -> Result<Renewed, Failure> {
        if let Some(logs) = &self.logs {
            logs.hide([&key.text()]);
        }
        core.exchange_keys(key.ring(), key.signer());
        told(Step::Written)?;
        key.keep_signer(&self.directory)?;
        told(Step::SignerKept)?;
        let mut renewed = Renewed::default();
        while keys::renew_some(core, &mut renewed)
            .await
            .map_err(anyhow::Error::from)?
        {
            told(Step::SomeWrapped)?;
        }
        told(Step::AllWrapped)?;
        // Where many write side by side, what was begun before the exchange may come after a pass.
        loop {
            let before = renewed.effects;
            let pass = keys::renew_effects(core, &mut renewed).await;
            pass.map_err(anyhow::Error::from)?;
            let more = keys::renew_some(core, &mut renewed).await;
            let more = more.map_err(anyhow::Error::from)?;
            if renewed.effects == before && !more {
                break;
            }
        }
        told(Step::Sealed)?;
        let unwritable = |error| data_dir::unwritable(&self.directory.join("master.key"), &error);
        MasterKey::settle(&self.directory).map_err(unwritable)?;
        told(Step::Settled)?;
        Ok(renewed)
    }

    /// Whoever signed the audit with a key of this directory, that of the key in use first; and the one given. A key that
    /// stands in the configuration may have come there after exchanges, so those before it are believed too.
    ///
    /// # Errors
    /// When the key or the list of former signers cannot be read.
    pub fn signers(&self, also: audit::PublicKey) -> Result<Vec<audit::PublicKey>, Failure> {
        let (mut signers, more) = if self.is_given {
            (vec![also], master_key::former_signers(&self.directory)?)
        } else {
            let key = MasterKey::of_files(&self.directory)?;
            (key.signers(&self.directory)?, vec![also])
        };
        for signer in more {
            if !signers.contains(&signer) {
                signers.push(signer);
            }
        }
        Ok(signers)
    }
}

#[cfg(test)]
mod tests;
