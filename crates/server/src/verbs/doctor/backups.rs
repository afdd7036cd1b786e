//! What there is to say about backups: how old the last good one is, among those that are kept in the data directory.

use kernel::Timestamp;

use super::Finding;
use crate::{
    backup::shelf,
    config::{Config, DatabaseChoice},
    data_dir,
    running::BACKUP_AGE_MAX,
};

const CHECK: &str = "backup";

pub(super) fn look(config: &Config, now: Timestamp) -> Finding {
    let directory = &config.data_dir;
    let embedded = matches!(config.database, DatabaseChoice::Embedded);
    if embedded && !data_dir::database_path(directory).exists() {
        return Finding::ok(CHECK, "there is nothing to back up yet");
    }
    if config.backup.at.is_none() {
        return Finding::ok(CHECK, "none is taken by itself: GUILDHALL_BACKUP_AT is off");
    }
    let fix = "Take one by `guildhall backup create FILE`, and look in the log why none was taken.";
    match shelf::newest_good(directory) {
        Ok(Some((kept, _))) => {
            let age = now.since(kept.at);
            let says = format!(
                "the last good one is of {} (`{}`, {} bytes)",
                kept.at,
                kept.file.display(),
                kept.bytes
            );
            if age > BACKUP_AGE_MAX {
                return Finding::warning(CHECK, says, fix);
            }
            Finding::ok(CHECK, says)
        }
        Ok(None) => Finding::warning(
            CHECK,
            "there is none yet; a running server takes the first within a day",
            "Take one by `guildhall backup create FILE`, and keep it on another disk.",
        ),
        Err(error) => {
            let folder = shelf::folder(directory);
            Finding::problem(
                CHECK,
                format!("`{}` cannot be read: {error}", folder.display()),
                "Let this user read it.",
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::look;
    use crate::{
        backup::shelf::{self, Reason},
        config::{Config, Sources},
        verbs::doctor::Grade,
    };

    #[test]
    fn no_backup_and_a_useless_one_are_warned_of_and_none_is_wanted_where_they_are_off() {
        let folder = tempfile::tempdir().unwrap();
        let config = |at: &str| {
            let mut sources = Sources::default();
            let data_dir = folder.path().display().to_string();
            let environment = &mut sources.environment;
            environment.insert("GUILDHALL_DATA_DIR".to_owned(), data_dir);
            environment.insert("GUILDHALL_BACKUP_AT".to_owned(), at.to_owned());
            Config::parse(&sources, &|_| Err(std::io::ErrorKind::NotFound.into())).unwrap()
        };
        let now = "2026-11-29T12:00:00Z".parse().unwrap();
        let grade = |at: &str| look(&config(at), now).grade;
        assert_eq!(grade("03:30"), Grade::Ok);
        fs::write(folder.path().join("guildhall.db"), "").unwrap();
        assert_eq!(grade("03:30"), Grade::Warning);
        assert_eq!(grade("off"), Grade::Ok);
        let shelf = shelf::folder(folder.path());
        fs::create_dir(&shelf).unwrap();
        fs::write(shelf.join(Reason::Daily.file_name(now)), "nothing").unwrap();
        assert_eq!(grade("03:30"), Grade::Warning);
    }
}
