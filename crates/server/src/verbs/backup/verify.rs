//! `backup verify`: reads all of a file, builds a database from it in a folder that goes away, and examines that.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use kernel::Clock;
use serde_json::{Value, json};

use super::{manifest_json, manifest_words, print_looked, strangers::Strangers, telling};
use crate::{
    backup::{Looked, Source, shelf},
    config::Config,
    failure::{Exit, Failure},
    master_key::MasterKey,
    printer::{Format, Printer},
    schema::Schema,
};

/// Looks through a backup, and says what is wrong with it and where. No database is opened for it, and none is needed.
///
/// # Errors
/// When it cannot be looked at, whatever it is worth.
pub async fn verify(
    config: &Config,
    clock: Arc<dyn Clock>,
    file: &Path,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let schema = Schema::of(&config.data_dir, Arc::clone(&clock)).map_err(anyhow::Error::from)?;
    let key = MasterKey::present(config, &config.data_dir)?;
    let (migrations, now) = (schema.migrations(), clock.now());
    let looked = telling(printer, |tell| async {
        let source = Source {
            file: file.to_owned(),
            migrations,
            now,
            tell,
        };
        source.look(room(config, file), key.as_ref()).await
    });
    match looked.await {
        Ok(looked) => {
            let strangers = Strangers::of(&config.data_dir, key.as_ref(), &looked.manifest)?;
            Ok(tell_looked(file, &looked, &strangers, printer).await)
        }
        Err(Failure::Unfit(words)) => {
            refuse(&words, printer).await;
            Ok(Exit::Failed)
        }
        Err(other) => Err(other),
    }
}

/// Where there is room for a database: in the data directory, and beside the file where there is none.
fn room(config: &Config, file: &Path) -> PathBuf {
    if config.data_dir.exists() {
        return shelf::folder(&config.data_dir);
    }
    match file.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

async fn tell_looked(
    file: &Path,
    looked: &Looked,
    strangers: &Strangers,
    printer: &Printer,
) -> Exit {
    let mut findings = looked.trial.findings();
    findings.extend(strangers.finding());
    let is_good = findings.is_empty();
    if printer.format() == Format::Json {
        let mut answer = manifest_json(&looked.manifest);
        if let (Value::Object(answer), Value::Object(more)) = (&mut answer, looked.trial.to_json())
        {
            answer.extend(more);
        }
        answer["ok"] = json!(is_good);
        answer["unknown_signers"] = strangers.to_json();
        answer["problems"] = json!(findings);
        printer.json(&answer).await;
    } else {
        let verdict = if is_good {
            "is a whole backup"
        } else {
            "IS NOT SOUND"
        };
        let words = manifest_words(&looked.manifest);
        printer
            .line(&format!("`{}` {verdict}: {words}.", file.display()))
            .await;
        print_looked(looked, &findings, printer).await;
    }
    if is_good { Exit::Done } else { Exit::Failed }
}

async fn refuse(words: &str, printer: &Printer) {
    if printer.format() == Format::Json {
        let answer = json!({ "ok": false, "problems": [words] });
        return printer.json(&answer).await;
    }
    printer.line(&format!("NO GOOD BACKUP: {words}")).await;
}
