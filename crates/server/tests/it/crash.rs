//! Killed again and again, and everything that anybody saw done is done; and every reply waits for the disk.

use std::path::Path;

use bench::{
    audit::{Messages, audit},
    crash::{Cycles, Under, crash},
    storm::{Storm, storm},
    synced::{Synced, synced},
};
use testkit::skips;

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_guildhall"))
}

async fn nothing_is_lost(under: Under) {
    let cycles = Cycles {
        program: program().to_owned(),
        count: 10,
        seed: 20_261_120,
    };
    let verdict = crash(under, cycles, |line: &str| println!("{line}"))
        .await
        .unwrap();
    println!("{verdict:?}");
    assert!(verdict.is_clean(), "{verdict:#?}");
    assert_eq!(verdict.cycles, 10);
    assert!(verdict.acknowledged >= 1_000, "{verdict:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn crash_cycles_lose_nothing_on_the_embedded_database() {
    nothing_is_lost(Under::Libsql).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn crash_cycles_lose_nothing_on_postgresql() {
    nothing_is_lost(Under::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_reply_leaves_before_the_log_is_on_the_disk() {
    match synced(program(), 12).await.unwrap() {
        Synced::NotWatched { reason } => {
            skips::skip("no_reply_leaves_before_the_log_is_on_the_disk", &reason);
        }
        Synced::Watched {
            payments,
            early,
            syncs,
        } => {
            println!("{payments} payments, {syncs} syncs between asking and answering");
            assert_eq!((payments, early), (12, 0));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_decision_of_a_killed_server_has_its_entries_once() {
    let messages = Messages {
        program: program().to_owned(),
        count: 2_000,
        seed: 20_261_129,
    };
    let findings = audit(messages, |line: &str| println!("{line}"))
        .await
        .unwrap();
    println!("{findings:?}");
    assert!(findings.is_clean(), "{findings:#?}");
    assert_eq!(findings.entries, findings.wanted, "{findings:?}");
    assert!(
        findings.kills >= 1 && findings.decided >= 500,
        "{findings:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_at_the_gateway_loses_and_doubles_nothing() {
    let gust = Storm {
        bots: 20,
        lasts: std::time::Duration::from_secs(20),
        faults: 60,
        commands_per_second: 50,
        seed: 20_261_120,
    };
    let left = storm(gust, |line: &str| println!("{line}")).await.unwrap();
    println!("{left:?}");
    assert!(left.is_clean(), "{left:#?}");
    assert!(left.in_time >= left.commands / 2, "{left:#?}");
    assert!(left.repeated > 0, "{left:#?}");
    assert_eq!(left.faults.values().sum::<u64>(), 60, "{left:#?}");
}
