//! `backup restore`: brings everything back, into an empty place.
//!
//! Nothing may run on that place meanwhile; what is there already is left, or moved aside, and never deleted.

use std::{path::PathBuf, sync::Arc};

use kernel::Clock;
use secrecy::ExposeSecret;
use serde_json::json;

use super::{manifest_json, manifest_words, print_looked, strangers::Strangers, telling};
use crate::{
    backup::{self, Brought, KeyFit, Manifest, Present, Source, shelf},
    config::{Config, DatabaseChoice},
    data_dir,
    failure::{Exit, Failure},
    master_key::{self, MasterKey},
    printer::{Format, Printer},
    schema::{Intent, Schema},
};

/// Whether the master key of a backup may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyLoss {
    /// It may not.
    Refused,
    /// It is lost, and the operator knows what that means.
    Accepted,
}

/// Whose signatures under the record are believed once it is brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignerTrust {
    /// Those that this data directory knows.
    Known,
    /// Those that the backup names, too: the operator knows where it comes from.
    All,
}

/// What is to be brought back, and how.
#[derive(Debug)]
pub struct Restore {
    /// The backup.
    pub file: PathBuf,
    /// What to do where there is a database already.
    pub present: Present,
    /// Whether the master key may be missing.
    pub key: KeyLoss,
    /// Whose signatures are believed.
    pub signers: SignerTrust,
    /// Whether it is done, or only tried.
    pub intent: Intent,
}

/// Brings a backup back.
///
/// # Errors
/// When something runs on the place, it is not empty, the file is not whole, or the key does not go with it.
pub async fn restore(
    config: &Config,
    clock: Arc<dyn Clock>,
    asked: &Restore,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let directory = &config.data_dir;
    data_dir::prepare(directory)?;
    let _hold = data_dir::hold(directory)?;
    if matches!(config.database, DatabaseChoice::Embedded)
        && asked.present == Present::Refuse
        && backup::is_occupied(directory)
    {
        return Err(Failure::broken(
            format!("there is a database in `{}` already", directory.display()),
            "Let --data-dir name an empty directory, or say --force: then what is there is moved aside",
        ));
    }
    let schema = Schema::of(directory, Arc::clone(&clock)).map_err(anyhow::Error::from)?;
    let key = MasterKey::present(config, directory)?;
    let (migrations, now) = (schema.migrations(), clock.now());
    let done = telling(printer, |tell| async {
        let source = Source {
            file: asked.file.clone(),
            migrations,
            now,
            tell,
        };
        check_key(config, &source.glance().await?, key.as_ref(), asked.key)?;
        match asked.intent {
            Intent::Do => bring(config, asked, &source, key.as_ref()).await,
            Intent::Tell => rehearse(config, asked, &source, key.as_ref()).await,
        }
    });
    let brought = done.await?;
    let mut findings = brought.looked.trial.findings();
    let strangers = Strangers::of(directory, key.as_ref(), &brought.looked.manifest)?;
    // Only those of a sound backup are believed, and only once it is brought back.
    let is_believed = asked.signers == SignerTrust::All && findings.is_empty();
    let strangers = match asked.intent {
        Intent::Do if is_believed => strangers.believe(directory)?,
        _ => strangers,
    };
    if !is_believed {
        findings.extend(strangers.finding());
    }
    print(&brought, (&findings, &strangers), asked.intent, printer).await;
    let is_sound = findings.is_empty();
    Ok(if is_sound { Exit::Done } else { Exit::Failed })
}

/// Refuses to bring secrets back that nobody could open, unless that was accepted.
fn check_key(
    config: &Config,
    manifest: &Manifest,
    key: Option<&MasterKey>,
    loss: KeyLoss,
) -> Result<(), Failure> {
    let place = master_key::path(&config.data_dir);
    let what = match KeyFit::of(key, manifest) {
        KeyFit::Same => return Ok(()),
        _ if loss == KeyLoss::Accepted => return Ok(()),
        KeyFit::Other => "the master key here is another than the one that this backup goes with, so its secrets would \
                          not open"
            .to_owned(),
        KeyFit::Absent => format!("there is no master key here (`{}`)", place.display()),
    };
    Err(Failure::broken(
        what,
        format!(
            "Put the `master.key` of the server that the backup was taken from at `{}`, or its text into \
             GUILDHALL_MASTER_KEY. If it is lost for good, say --without-key: secrets must then be set anew",
            place.display()
        ),
    ))
}

async fn bring(
    config: &Config,
    asked: &Restore,
    source: &Source,
    key: Option<&MasterKey>,
) -> Result<Brought, Failure> {
    let directory = &config.data_dir;
    match &config.database {
        DatabaseChoice::Embedded => source.into_directory(directory, asked.present, key).await,
        DatabaseChoice::Postgres(url) => {
            let url = url.expose_secret();
            source.into_server(url, directory, asked.present, key).await
        }
    }
}

/// Everything but the last step.
async fn rehearse(
    config: &Config,
    asked: &Restore,
    source: &Source,
    key: Option<&MasterKey>,
) -> Result<Brought, Failure> {
    if let DatabaseChoice::Postgres(url) = &config.database {
        source.may_fill(url.expose_secret(), asked.present).await?;
    }
    let looked = source.look(shelf::folder(&config.data_dir), key).await?;
    Ok(Brought {
        looked,
        aside: None,
    })
}

async fn print(
    brought: &Brought,
    (findings, strangers): (&[String], &Strangers),
    intent: Intent,
    printer: &Printer,
) {
    let (manifest, trial) = (&brought.looked.manifest, &brought.looked.trial);
    if printer.format() == Format::Json {
        let mut answer = manifest_json(manifest);
        answer["restored"] = json!(intent == Intent::Do);
        answer["aside"] = json!(brought.aside);
        answer["checks"] = trial.to_json();
        answer["unknown_signers"] = strangers.to_json();
        answer["problems"] = json!(findings);
        return printer.json(&answer).await;
    }
    let verb = match intent {
        Intent::Do => "Restored",
        Intent::Tell => "Would restore",
    };
    printer
        .line(&format!("{verb} {}.", manifest_words(manifest)))
        .await;
    print_looked(&brought.looked, findings, printer).await;
    if let Some(aside) = &brought.aside {
        printer
            .line(&format!(
                "What was there before is in `{aside}`; nothing of it was deleted."
            ))
            .await;
    }
    if intent == Intent::Do {
        printer
            .line("What happened after that moment is not in it. Start it by `guildhall run`.")
            .await;
    }
}
