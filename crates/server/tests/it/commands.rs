//! Commands beside a running server and without one.

use kernel::Stopwatch;
use testkit::servers::PrivatePostgres;

use crate::process::{PATIENCE, Place};

#[test]
fn the_schema_goes_up_down_and_tells_where_it_stands() {
    let place = Place::new();
    let none = place.run(&["migrate", "status"], &[]);
    assert_eq!(none.code, 1);
    assert!(
        none.stderr.contains("no database") && !place.data_dir().exists(),
        "{none:?}"
    );

    let up = place.run(&["migrate", "up", "--json"], &[]);
    assert_eq!(up.code, 0, "{up:?}");
    let steps = up.json()["steps"].as_array().unwrap().len();
    assert!(steps > 0);
    let status = place.run(&["migrate", "status", "--json"], &[]).json();
    assert_eq!(status["engine"], "libsql");
    assert_eq!(
        (
            status["applied"].as_array().unwrap().len(),
            status["pending"].as_array().unwrap().len()
        ),
        (steps, 0)
    );
    assert_eq!(
        place.run(&["migrate", "up"], &[]).stdout,
        "Nothing to do.\n"
    );

    let told = place.run(&["migrate", "down", "--to", "0", "--dry-run"], &[]);
    assert!(
        told.stdout.contains("would go down 1 foundation"),
        "{told:?}"
    );
    let down = place.run(&["migrate", "down", "--to", "0", "--json"], &[]);
    assert_eq!(
        down.json()["steps"].as_array().unwrap().len(),
        steps,
        "{down:?}"
    );
    let backup = down.json()["backup"].as_str().unwrap().to_owned();
    let verified = place.run(&["backup", "verify", &backup], &[]);
    assert_eq!(verified.code, 0, "{verified:?}");
    assert_eq!(place.run(&["migrate", "up"], &[]).code, 0);
    let bare = place.run(&["migrate", "down", "--no-backup", "--json"], &[]);
    assert_eq!(bare.json()["backup"], serde_json::Value::Null, "{bare:?}");
    let up = place.run(&["migrate", "up", "--json"], &[]);
    assert!(
        up.json()["backup"]
            .as_str()
            .unwrap()
            .contains("before-up-to")
    );
    assert_eq!(place.run(&["migrate", "down", "--to", "0"], &[]).code, 0);
    let text = place.run(&["migrate", "status"], &[]).stdout;
    assert!(
        text.contains("foundation") && text.contains("pending"),
        "{text}"
    );
    let nowhere = place.run(&["migrate", "down", "--to", "500"], &[]);
    assert_eq!(nowhere.code, 1);
    assert!(nowhere.stderr.contains("no migration 500"), "{nowhere:?}");
}

#[test]
fn beside_a_server_questions_are_answered_and_changes_of_the_schema_refused() {
    let place = Place::new();
    let server = place.start(&["run"], &[]);
    let status = place.run(&["migrate", "status", "--json"], &[]);
    assert_eq!(
        (status.code, &status.json()["engine"]),
        (0, &"libsql".into()),
        "{status:?}"
    );
    for verb in ["up", "down"] {
        let refused = place.run(&["migrate", verb], &[]);
        assert_eq!(refused.code, 1);
        assert!(
            refused.stderr.contains("only while no server runs"),
            "{refused:?}"
        );
    }
    let doctor = place.run(&["doctor", "--json"], &[]);
    assert_eq!(doctor.code, 0, "{doctor:?}");
    let text = doctor.stdout;
    assert!(
        text.contains("a server runs") && text.contains("its schema is complete"),
        "{text}"
    );
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_in_postgresql_stays_while_a_server_runs_on_it_from_here_or_elsewhere() {
    let postgres = PrivatePostgres::shared().unwrap();
    let url = postgres.fresh_database().await.unwrap();
    let environment = [("GUILDHALL_DATABASE_URL", url.as_str())];
    let (place, elsewhere) = (Place::new(), Place::new());
    let server = place.start(&["run"], &environment);
    for (asking, words) in [
        (&place, "only while no server runs"),
        (&elsewhere, "works on this database"),
    ] {
        for arguments in [
            &["migrate", "up"][..],
            &["migrate", "down", "--to", "0", "--no-backup"],
        ] {
            let refused = asking.run(arguments, &environment);
            assert_eq!(refused.code, 1, "{arguments:?} {refused:?}");
            assert!(refused.stderr.contains(words), "{arguments:?} {refused:?}");
        }
    }
    let status = place.run(&["migrate", "status", "--json"], &environment);
    assert_eq!(
        status.json()["pending"],
        serde_json::json!([]),
        "{status:?}"
    );
    server.stop();

    for (asking, arguments) in [
        (&place, &["migrate", "down", "--to", "0"][..]),
        (&elsewhere, &["migrate", "up"]),
    ] {
        let watch = Stopwatch::start();
        // PostgreSQL notices a moment later that a connection has gone.
        let changed = loop {
            let said = asking.run(arguments, &environment);
            if !said.stderr.contains("works on this database") || watch.elapsed() > PATIENCE {
                break said;
            }
        };
        assert_eq!(changed.code, 0, "{changed:?}");
    }
    postgres.drop_database(&url).unwrap();
}

#[test]
fn the_doctor_finds_a_fresh_machine_well_and_a_wrong_setting_not() {
    let place = Place::new();
    let well = place.run(&["doctor"], &[]);
    assert_eq!(well.code, 0, "{well:?}");
    assert!(
        well.stdout.contains("made at the first start") && !place.data_dir().exists(),
        "{well:?}"
    );
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let busy = place.run(&["doctor", "--json"], &[("GUILDHALL_HTTP_ADDR", &address)]);
    assert_eq!(
        (busy.code, &busy.json()["ok"]),
        (1, &false.into()),
        "{busy:?}"
    );
    let wrong = place.run(&["doctor", "--json"], &[("GUILDHALL_HTTP_ADDR", "nowhere")]);
    assert_eq!(wrong.code, 2, "{wrong:?}");
    assert!(
        wrong.json()["findings"][0]["says"]
            .as_str()
            .unwrap()
            .contains("GUILDHALL_HTTP_ADDR")
    );
}

#[test]
fn completions_name_the_verbs_and_need_no_settings() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish"] {
        let said = place.run(&["completions", shell], &[("GUILDHALL_NONSENSE", "1")]);
        assert_eq!(said.code, 0, "{said:?}");
        assert!(
            said.stdout.contains("doctor") && said.stdout.contains("backup"),
            "{shell}"
        );
    }
    assert_eq!(place.run(&["completions", "abacus"], &[]).code, 2);
}

#[test]
fn the_simulated_discord_serves_alone_and_ends_in_good_order() {
    let place = Place::new();
    let sim = place.start(&["sim", "serve", "--addr", "127.0.0.1:0"], &[]);
    let address = sim
        .said
        .trim_end()
        .trim_start_matches("API")
        .trim()
        .to_owned();
    let address = address
        .trim_start_matches("http://")
        .trim_end_matches("/api");
    let (status, answer) = crate::process::get(address, "/api/v10/gateway");
    assert!(
        status == 200 && answer.contains("ws://127.0.0.1:"),
        "{answer}"
    );
    let second = place.run(&["sim", "serve", "--addr", address], &[]);
    assert_eq!(second.code, 1, "{second:?}");
    assert!(
        second.stderr.contains(address) && second.stderr.contains("--addr"),
        "{second:?}"
    );
    let (said, _) = sim.stop();
    assert_eq!(said.code, 0, "{said:?}");
}
