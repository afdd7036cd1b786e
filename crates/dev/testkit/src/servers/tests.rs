//! The private servers themselves: they start, are apart, die and come back, and leave nothing.

use std::path::Path;
use std::process::Command;

use super::{Durability, PrivatePostgres, PrivateRedis};

fn ask(url: &str, sql: &str) -> Result<String, String> {
    let out = Command::new("psql")
        .args(["-X", "-A", "-t", "-c", sql, url])
        .output()
        .unwrap();
    if out.status.success() {
        Ok(String::from_utf8(out.stdout).unwrap().trim().to_owned())
    } else {
        Err(String::from_utf8_lossy(&out.stderr).into_owned())
    }
}

#[tokio::test]
async fn each_database_is_empty_and_ones_own() {
    let server = PrivatePostgres::shared().unwrap();
    let (first, second) = (
        server.fresh_database().await.unwrap(),
        server.fresh_database().await.unwrap(),
    );
    ask(&first, "CREATE TABLE coins (n BIGINT)").unwrap();
    assert!(ask(&first, "SELECT n FROM coins").is_ok());
    assert!(ask(&second, "SELECT n FROM coins").is_err());
}

#[tokio::test]
async fn what_was_committed_outlives_the_postmaster() {
    let server = PrivatePostgres::start(Durability::Synced).unwrap();
    let url = server.fresh_database().await.unwrap();
    assert_eq!(ask(&url, "SHOW fsync").unwrap(), "on");
    ask(
        &url,
        "CREATE TABLE coins (n BIGINT); INSERT INTO coins VALUES (50)",
    )
    .unwrap();
    server.kill_postmaster().unwrap();
    assert!(ask(&url, "SELECT n FROM coins").is_err());
    server.restart().unwrap();
    assert_eq!(ask(&url, "SELECT n FROM coins").unwrap(), "50");
}

#[test]
fn a_stranger_without_the_password_is_refused() {
    let server = PrivatePostgres::shared().unwrap();
    let (user, host) = server
        .url()
        .split_once('@')
        .map(|(user, host)| (user.to_owned(), host.to_owned()))
        .unwrap();
    let (user, _password) = user.rsplit_once(':').unwrap();
    assert!(ask(&format!("{user}:guess@{host}"), "SELECT 1").is_err());
}

#[test]
fn a_dropped_server_leaves_neither_process_nor_files() {
    let server = PrivatePostgres::start(Durability::Fast).unwrap();
    let url = server.url();
    let folder = ask(&url, "SHOW data_directory").unwrap();
    assert!(Path::new(&folder).exists());
    drop(server);
    assert!(!Path::new(&folder).exists());
    assert!(ask(&url, "SELECT 1").is_err());
}

#[test]
fn redis_answers_and_ends() {
    let server = PrivateRedis::start().unwrap();
    let url = server.url().to_owned();
    let ping = || {
        let out = Command::new("redis-cli")
            .args(["--no-auth-warning", "-u", &url, "ping"])
            .output()
            .unwrap();
        String::from_utf8_lossy(&out.stdout).trim() == "PONG"
    };
    assert!(ping());
    drop(server);
    assert!(!ping());
}
