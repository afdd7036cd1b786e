//! What a wrong start says: the name, the reason, the fix, and the exit code.

use std::{fs, net::TcpListener};

use crate::process::{Place, Said};

fn refused(said: &Said, code: i32, words: &[&str]) {
    assert_eq!(said.code, code, "{said:?}");
    for word in words {
        assert!(
            said.stderr.contains(word),
            "`{word}` is missing in {said:?}"
        );
    }
}

#[test]
fn an_unknown_variable_ends_the_start_with_2_and_the_name_that_was_meant() {
    let said = Place::new().run(&["run"], &[("GUILDHALL_HTPP_ADDR", "127.0.0.1:0")]);
    refused(
        &said,
        2,
        &[
            "GUILDHALL_HTPP_ADDR",
            "no such setting",
            "Did you mean GUILDHALL_HTTP_ADDR?",
        ],
    );
}

#[test]
fn an_unknown_key_of_the_file_ends_the_start_with_2() {
    let place = Place::new();
    place.write(
        "guildhall.toml",
        "[discord]\napi_ulr = 'http://127.0.0.1/api'\n",
    );
    refused(
        &place.run(&["run"], &[]),
        2,
        &["`discord.api_ulr`", "guildhall.toml", "`discord.api_url`"],
    );
    refused(
        &place.run(&["run", "--config", "none.toml"], &[]),
        2,
        &["none.toml", "cannot be read"],
    );
}

#[test]
fn bad_values_end_the_start_with_2_wherever_they_stand() {
    let place = Place::new();
    place.write(".env", "GUILDHALL_LOG=loud\n");
    let said = place.run(
        &["run", "--ops-addr", "here"],
        &[("GUILDHALL_MASTER_KEY", "c2hvcnQ=")],
    );
    refused(
        &said,
        2,
        &[
            "GUILDHALL_LOG (.env, line 1)",
            "GUILDHALL_OPS_ADDR (given as --ops-addr)",
            "5 bytes",
            "32 are needed",
        ],
    );
    assert!(!said.stderr.contains("c2hvcnQ="), "{said:?}");
}

#[test]
fn a_wrong_command_line_ends_with_2_and_help_with_0() {
    let place = Place::new();
    assert_eq!(place.run(&["fly"], &[]).code, 2);
    assert_eq!(place.run(&["run", "--role", "nobody"], &[]).code, 2);
    assert_eq!(place.run(&[], &[]).code, 2);
    let help = place.run(&["run", "--help"], &[]);
    assert_eq!(help.code, 0);
    assert!(
        help.stdout.contains("GUILDHALL_DISCORD_TOKEN [_FILE]"),
        "{}",
        help.stdout
    );
    assert!(
        place
            .run(&["--version"], &[])
            .stdout
            .starts_with("guildhall ")
    );
}

#[test]
fn an_address_in_use_ends_the_start_with_1_and_names_it() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for variable in [
        "GUILDHALL_HTTP_ADDR",
        "GUILDHALL_GRPC_ADDR",
        "GUILDHALL_OPS_ADDR",
    ] {
        let place = Place::new();
        refused(
            &place.run(&["run"], &[(variable, &address)]),
            1,
            &[&address, variable, "in use"],
        );
        assert!(!place.data_dir().join("run.json").exists());
    }
}

#[test]
fn a_data_directory_that_cannot_be_written_ends_the_start_with_1() {
    let place = Place::new();
    place.write("file", "");
    let said = place.run(&["run", "--data-dir", "file/data"], &[]);
    refused(
        &said,
        1,
        &[
            "file/data",
            "cannot be made or written",
            "GUILDHALL_DATA_DIR",
        ],
    );
}

#[test]
fn a_data_directory_in_use_ends_a_second_start_with_1_and_names_the_first() {
    let place = Place::new();
    let server = place.start(&["run"], &[]);
    let id = server.id().to_string();
    refused(
        &place.run(&["run"], &[]),
        1,
        &["another Guildhall", &id, "data"],
    );
    let (said, _) = server.stop();
    assert_eq!(said.code, 0, "{said:?}");
}

#[test]
fn a_master_key_that_is_none_ends_the_start_with_2() {
    let place = Place::new();
    fs::create_dir(place.data_dir()).unwrap();
    fs::write(place.data_dir().join("master.key"), "AAAA\n").unwrap();
    refused(
        &place.run(&["run"], &[]),
        2,
        &["GUILDHALL_MASTER_KEY", "master.key", "3 bytes"],
    );
}

/// Changes the list of applied migrations behind the program's back.
fn tamper(place: &Place, sql: &'static str) {
    use store::Tx;
    let path = place.data_dir().join("guildhall.db");
    let store = store_libsql::LibsqlStore::open(&path, store_libsql::Options::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let database = store.database();
    let changed = database.write("tamper", move |tx: &mut Tx<'_>| tx.script(sql));
    runtime.block_on(changed).unwrap();
    database.close();
}

#[test]
fn a_database_of_a_newer_version_ends_the_start_with_1() {
    let place = Place::new();
    assert_eq!(place.run(&["migrate", "up"], &[]).code, 0);
    tamper(
        &place,
        "INSERT INTO store_migrations (number, name, checksum, at) VALUES (9000, 'future', 'x', 0)",
    );
    for arguments in [
        &["run"][..],
        &["migrate", "status"],
        &["migrate", "up"],
        &["migrate", "down"],
    ] {
        refused(
            &place.run(arguments, &[]),
            1,
            &["9000", "future", "newer version"],
        );
    }
}

#[test]
fn an_edited_migration_ends_the_start_with_1() {
    let place = Place::new();
    assert_eq!(place.run(&["migrate", "up"], &[]).code, 0);
    tamper(
        &place,
        "UPDATE store_migrations SET checksum = 'other' WHERE number = 1",
    );
    for arguments in [&["run"][..], &["migrate", "status"]] {
        refused(
            &place.run(arguments, &[]),
            1,
            &["migration 1", "other text"],
        );
    }
}

#[test]
fn a_file_that_is_no_database_ends_the_start_with_1() {
    let place = Place::new();
    fs::create_dir(place.data_dir()).unwrap();
    fs::write(
        place.data_dir().join("guildhall.db"),
        "garbage ".repeat(4_096),
    )
    .unwrap();
    refused(
        &place.run(&["run"], &[]),
        1,
        &["guildhall.db", "cannot be opened"],
    );
}
