//! A server from its first start to its end.

use std::{fs, io::Write, net::TcpStream, time::Duration};

use rustix::process::Signal;

use crate::process::{Place, mode};

/// How long a stop may take.
const STOP_MAX: Duration = Duration::from_secs(5);

#[test]
fn the_first_start_makes_a_private_master_key_and_the_next_keeps_it() {
    let place = Place::new();
    let server = place.start(&["run"], &[]);
    assert!(
        server
            .said
            .starts_with("Guildhall runs at http://127.0.0.1:"),
        "{}",
        server.said
    );
    let path = place.data_dir().join("master.key");
    let key = fs::read_to_string(&path).unwrap();
    assert_eq!(
        (key.trim().len(), mode(&path), mode(&place.data_dir())),
        (44, 0o600, 0o700)
    );
    assert_eq!(mode(&place.data_dir().join("guildhall.sock")), 0o600);
    assert_eq!(mode(&place.data_dir().join("guildhall.db")), 0o600);
    let (said, _) = server.stop();
    assert!(
        !said.stderr.contains(key.trim()),
        "the key stands in the log"
    );
    place.start(&["run"], &[]).stop();
    assert_eq!(fs::read_to_string(&path).unwrap(), key);
}

#[test]
fn health_and_metrics_are_served_while_it_runs() {
    let place = Place::new();
    let server = place.start(&["run", "--json"], &[]);
    assert_eq!(server.get("ops_addr", "/livez").0, 200);
    assert_eq!(server.get("ops_addr", "/startupz").0, 200);
    let (status, ready) = server.get("ops_addr", "/readyz");
    assert_eq!(status, 200, "{ready}");
    assert!(
        ready.contains(r#""storage":{"status":"ready","reason":null,"since":"20"#),
        "{ready}"
    );
    assert_eq!(server.get("http_addr", "/nowhere").0, 404);
    let (status, metrics) = server.get("ops_addr", "/metrics");
    assert_eq!(status, 200);
    for name in [
        "# HELP guildhall_process_resident_memory_bytes",
        "guildhall_process_start_time_seconds ",
        "guildhall_build_info{version=",
        "guildhall_database_commit_seconds_bucket",
        "guildhall_http_request_seconds_count{route=\"none\",method=\"GET\",status=\"404\"} 1",
    ] {
        assert!(metrics.contains(name), "`{name}` is missing in {metrics}");
    }
    let (said, _) = server.stop();
    assert_eq!(said.code, 0, "{said:?}");
}

#[test]
fn a_stop_ends_with_0_and_leaves_nothing_of_the_run() {
    for signal in [Signal::TERM, Signal::INT] {
        let place = Place::new();
        let server = place.start(&["run"], &[]);
        // A request that never ends does not hold the stop up for long.
        let mut slow = TcpStream::connect(server.address("http_addr")).unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").unwrap();
        server.signal(signal);
        let (said, took) = server.wait();
        assert_eq!(said.code, 0, "{said:?}");
        assert!(took < STOP_MAX, "the stop took {took:?}");
        for name in ["run.json", "guildhall.sock"] {
            assert!(
                !place.data_dir().join(name).exists(),
                "{name} is still there"
            );
        }
    }
}

#[test]
fn a_second_signal_ends_at_once() {
    let place = Place::new();
    let server = place.start(&["run"], &[]);
    let mut slow = TcpStream::connect(server.address("http_addr")).unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").unwrap();
    // The connection is taken once an answer over another one came back.
    assert_eq!(server.get("http_addr", "/nowhere").0, 404);
    server.signal(Signal::TERM);
    // The first one was heard once the server is no longer ready.
    let ops = server.address("ops_addr");
    while crate::process::get(&ops, "/readyz").0 == 200 {}
    server.signal(Signal::TERM);
    let (said, took) = server.wait();
    assert_eq!(said.code, 1, "{said:?}");
    assert!(took < Duration::from_secs(2), "it took {took:?}");
    // And what it left does not stop the next start.
    let (said, _) = place.start(&["run"], &[]).stop();
    assert_eq!(said.code, 0, "{said:?}");
}

#[test]
fn a_hang_up_reads_the_log_level_anew() {
    let place = Place::new();
    place.write("guildhall.toml", "log = 'warn'\n");
    let server = place.start(&["run"], &[("GUILDHALL_LOG_FORMAT", "json")]);
    // These are below the first level, and so are not logged.
    for _ in 0..50 {
        assert_eq!(server.get("http_addr", "/nowhere").0, 404);
    }
    place.write("guildhall.toml", "log = 'debug'\n");
    server.signal(Signal::HUP);
    // The level is in force once a request shows in the log, which is read at the end.
    for _ in 0..200 {
        assert_eq!(server.get("http_addr", "/nowhere").0, 404);
    }
    let (said, _) = server.stop();
    let lines: Vec<serde_json::Value> = said
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    let said = |message: &str| lines.iter().find(|line| line["message"] == message);
    let anew = said("read the settings anew").expect("the level of this line is in force");
    assert_eq!(
        (&anew["level"], &anew["log"]),
        (&"INFO".into(), &"debug".into())
    );
    let requests: Vec<_> = lines
        .iter()
        .filter(|line| line["message"] == "a request was answered")
        .collect();
    // The one that was under way when the level changed began without a span.
    let id = |line: &&serde_json::Value| line["span"]["correlation"].as_str().map(str::len);
    let bare = requests
        .iter()
        .filter(|line| id(line).is_none_or(|length| length <= 5));
    assert!(requests.len() > 1 && bare.count() <= 1, "{requests:?}");
    assert!(
        requests.len() <= 200,
        "what is below the first level was logged before it changed"
    );
}

#[test]
fn with_postgresql_away_it_starts_degraded_and_says_why() {
    let place = Place::new();
    // Port 1 has no server; the password stands in no message.
    let url = "postgres://bot:a-secret-password@127.0.0.1:1/guildhall";
    let server = place.launch(&["run"], &[("GUILDHALL_DATABASE_URL", url)]);
    let ready = server.wait_for_answer("/readyz", "PostgreSQL");
    assert!(ready.starts_with("HTTP/1.1 503"), "{ready}");
    assert!(ready.contains(r#""status":"degraded""#), "{ready}");
    assert_eq!(server.get("ops_addr", "/livez").0, 200);
    assert_eq!(server.get("ops_addr", "/startupz").0, 503);
    let (status, page) = server.get("http_addr", "/");
    assert!(
        status == 503 && page.contains("The server is starting"),
        "{page}"
    );
    let (said, took) = server.stop();
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        took < STOP_MAX && !said.stderr.contains("a-secret-password"),
        "{took:?} {said:?}"
    );
}

#[test]
fn without_a_token_it_is_ready_and_degraded() {
    let place = Place::new();
    let server = place.start(&["run"], &[]);
    let (status, ready) = server.get("ops_addr", "/readyz");
    assert!(
        status == 200 && ready.contains(r#"{"status":"degraded""#),
        "{ready}"
    );
    assert!(ready.contains("GUILDHALL_DISCORD_TOKEN"), "{ready}");
    server.stop();
}
