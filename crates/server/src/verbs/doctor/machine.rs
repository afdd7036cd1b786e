//! What this machine offers: a directory, room, a key, a clock and free addresses.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use kernel::Timestamp;
use rustix::fs::{Access, access, statvfs};
use serde_json::Value;
use tokio::net::TcpListener;

use super::Finding;
use crate::{config::Config, master_key, run_file};

const MEGABYTE: u64 = 1024 * 1024;

/// Less room than this is worth a warning.
const ROOM_SCANT: u64 = 1024 * MEGABYTE;

/// Less room than this stops a database soon.
const ROOM_NONE: u64 = 100 * MEGABYTE;

/// No clock is right that shows an earlier moment: 2026-11-01.
const EARLIEST_MICROS: i64 = 1_793_491_200_000_000;

/// Nor a later one: 2100-01-01.
const LATEST_MICROS: i64 = 4_102_444_800_000_000;

/// Whether a server runs on the data directory, whose addresses are then its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    /// One does.
    Running,
    /// None does.
    Absent,
}

pub(super) fn directory(directory: &Path) -> Vec<Finding> {
    let shown = directory.display();
    let fix = "Let GUILDHALL_DATA_DIR name a directory that this user may write.";
    let Ok(metadata) = fs::metadata(directory) else {
        let parent = existing(directory);
        return vec![match writable(&parent) {
            Ok(()) => Finding::ok("data_dir", format!("`{shown}` is made at the first start")),
            Err(error) => Finding::problem(
                "data_dir",
                format!("`{shown}` cannot be made: {error}"),
                fix,
            ),
        }];
    };
    if !metadata.is_dir() {
        return vec![Finding::problem(
            "data_dir",
            format!("`{shown}` is no directory"),
            fix,
        )];
    }
    let mut findings = vec![match writable(directory) {
        Ok(()) => Finding::ok("data_dir", format!("`{shown}` can be written")),
        Err(error) => Finding::problem(
            "data_dir",
            format!("`{shown}` cannot be written: {error}"),
            fix,
        ),
    }];
    if metadata.permissions().mode() & 0o077 != 0 {
        findings.push(Finding::warning(
            "data_dir",
            format!("others on this machine can look into `{shown}`"),
            format!("Run `chmod 700 {shown}`."),
        ));
    }
    findings
}

fn writable(path: &Path) -> io::Result<()> {
    if !path.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    Ok(access(path, Access::WRITE_OK | Access::EXEC_OK)?)
}

/// The directory itself, or the closest one above it that exists.
fn existing(directory: &Path) -> PathBuf {
    let above = directory.ancestors().find(|path| path.exists());
    match above {
        Some(path) => path.to_owned(),
        None => PathBuf::from("."),
    }
}

pub(super) fn disk(directory: &Path) -> Finding {
    let place = existing(directory);
    let place = if place.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        place
    };
    let room = match statvfs(&place) {
        Ok(system) => system.f_bavail.saturating_mul(system.f_frsize),
        Err(error) => {
            return Finding::warning(
                "disk",
                format!("the free space is unknown: {error}"),
                "Look by `df`.",
            );
        }
    };
    let says = format!("{} MB are free", room / MEGABYTE);
    match room {
        0..ROOM_NONE => Finding::problem(
            "disk",
            says,
            "Make room: without it the database stops taking writes.",
        ),
        ROOM_NONE..ROOM_SCANT => Finding::warning("disk", says, "Make room before it is needed."),
        _ => Finding::ok("disk", says),
    }
}

pub(super) fn master_key(config: &Config) -> Finding {
    if config.master_key.is_some() {
        return Finding::ok("master_key", "it is set by GUILDHALL_MASTER_KEY");
    }
    match master_key::look(&config.data_dir) {
        Ok(Some(mode)) if mode & 0o077 == 0 => Finding::ok("master_key", "its file holds a key"),
        Ok(Some(_)) => {
            let path = master_key::path(&config.data_dir);
            let fix = format!("Run `chmod 600 {}`.", path.display());
            Finding::warning(
                "master_key",
                "others on this machine can read its file",
                fix,
            )
        }
        Ok(None) => Finding::ok("master_key", "it is made at the first start"),
        Err(failure) => Finding::problem(
            "master_key",
            failure.to_string(),
            "Put the file back from your backup.",
        ),
    }
}

pub(super) fn clock(now: Timestamp) -> Finding {
    if (EARLIEST_MICROS..LATEST_MICROS).contains(&now.micros()) {
        return Finding::ok("clock", format!("it shows {now}"));
    }
    Finding::problem(
        "clock",
        format!("it shows {now}"),
        "Set the machine's clock, and let it follow a time server.",
    )
}

/// What the running server says of its addresses.
fn running(directory: &Path) -> String {
    let document = run_file::read(directory).unwrap_or_default();
    let address = |name: &str| {
        document
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or("an unknown address")
            .to_owned()
    };
    format!(
        "a server runs, at {}, {} and {}",
        address("http_addr"),
        address("grpc_addr"),
        address("ops_addr")
    )
}

pub(super) async fn ports(config: &Config, server: Server) -> Vec<Finding> {
    if server == Server::Running {
        return vec![Finding::ok("ports", running(&config.data_dir))];
    }
    let mut findings = Vec::new();
    for (address, variable) in [
        (config.http_addr, "GUILDHALL_HTTP_ADDR"),
        (config.grpc_addr, "GUILDHALL_GRPC_ADDR"),
        (config.ops_addr, "GUILDHALL_OPS_ADDR"),
    ] {
        findings.push(match TcpListener::bind(address).await {
            Ok(_) => Finding::ok("ports", format!("{address} ({variable}) is free")),
            Err(error) => Finding::problem(
                "ports",
                format!("{address} ({variable}) cannot be listened on: {error}"),
                format!("Stop what uses it, or set {variable} to another address."),
            ),
        });
    }
    findings
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use kernel::Timestamp;

    use super::{Finding, Server, clock, directory, disk, ports};
    use crate::{
        config::{Config, Sources},
        verbs::doctor::Grade,
    };

    fn grades(findings: &[Finding]) -> Vec<Grade> {
        findings.iter().map(|finding| finding.grade).collect()
    }

    #[test]
    fn a_directory_is_missing_open_to_others_or_no_directory() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("data");
        assert_eq!(grades(&directory(&inner)), [Grade::Ok]);
        assert!(!inner.exists());
        fs::create_dir(&inner).unwrap();
        fs::set_permissions(&inner, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(grades(&directory(&inner)), [Grade::Ok, Grade::Warning]);
        let file = outer.path().join("file");
        fs::write(&file, "").unwrap();
        assert_eq!(grades(&directory(&file)), [Grade::Problem]);
        assert_eq!(grades(&directory(&file.join("below"))), [Grade::Problem]);
        assert_ne!(disk(&inner).says, "");
    }

    #[test]
    fn a_clock_outside_of_reason_is_a_problem() {
        assert_eq!(clock(Timestamp::from_micros(0)).grade, Grade::Problem);
        assert_eq!(
            clock("2027-01-01T00:00:00Z".parse().unwrap()).grade,
            Grade::Ok
        );
    }

    #[tokio::test]
    async fn an_address_in_use_is_named_with_its_variable() {
        let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut sources = Sources::default();
        let address = taken.local_addr().unwrap().to_string();
        sources
            .environment
            .insert("GUILDHALL_HTTP_ADDR".to_owned(), address.clone());
        for variable in ["GUILDHALL_GRPC_ADDR", "GUILDHALL_OPS_ADDR"] {
            sources
                .environment
                .insert(variable.to_owned(), "127.0.0.1:0".to_owned());
        }
        let config =
            Config::parse(&sources, &|_| Err(std::io::ErrorKind::NotFound.into())).unwrap();
        let found = ports(&config, Server::Absent).await;
        assert_eq!(grades(&found), [Grade::Problem, Grade::Ok, Grade::Ok]);
        assert!(found[0].says.contains(&address) && found[0].says.contains("GUILDHALL_HTTP_ADDR"));
        assert_eq!(grades(&ports(&config, Server::Running).await), [Grade::Ok]);
    }
}
