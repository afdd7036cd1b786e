//! `guildhall backup`, beside a server under load and without one.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use kernel::Stopwatch;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sim::Until;
use testkit::servers::PrivatePostgres;

use crate::{
    process::{PATIENCE, Place, Said, Server, get_with, mode},
    secrets::Town,
    stage::text,
};

const BEARER: &str = "a-token-of-the-operator";
/// Payments that are acknowledged before the backup begins, and while it is taken.
const ENOUGH: usize = 60;

/// The rows of a backup as bytes.
pub(crate) fn unpacked(file: &Path) -> Vec<u8> {
    let mut file = BufReader::new(fs::File::open(file).unwrap());
    let mut line = String::new();
    file.read_line(&mut line).unwrap();
    let length: u64 = line.split(' ').nth(2).unwrap().parse().unwrap();
    let mut manifest = Vec::new();
    (&mut file).take(length).read_to_end(&mut manifest).unwrap();
    let mut bytes = Vec::new();
    let mut unpress = zstd::stream::read::Decoder::new(file).unwrap();
    unpress.read_to_end(&mut bytes).unwrap();
    bytes
}

/// Each table's count and digest, as the manifest tells them.
fn tables(file: &Path) -> Value {
    let mut file = BufReader::new(fs::File::open(file).unwrap());
    let mut line = String::new();
    file.read_line(&mut line).unwrap();
    let mut manifest = serde_json::Deserializer::from_reader(file).into_iter::<Value>();
    manifest.next().unwrap().unwrap()["tables"].take()
}

/// Pays a coin from nowhere, by a key of its own; says whether that was acknowledged.
fn pay(address: &str, guild: &str, user: &str, key: usize) -> bool {
    let body = format!(
        r#"{{"from":"faucet:grant","to":"purse:{user}","amount":1,"reason":"coin {key}"}}"#
    );
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST /api/v1/guilds/{guild}/transfers HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {BEARER}\r\n\
         Idempotency-Key: coin-{key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.starts_with("HTTP/1.1 201") || answer.starts_with("HTTP/1.1 200")
}

/// Payments one after the other, until they are stopped.
struct Load {
    acknowledged: Mutex<Vec<usize>>,
    stopped: AtomicBool,
}

impl Load {
    fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    fn wait_for(&self, count: usize) {
        let watch = Stopwatch::start();
        while self.count() < count {
            assert!(watch.elapsed() < PATIENCE, "{} of {count}", self.count());
            thread::yield_now();
        }
    }

    fn run(&self, address: &str, guild: &str, user: &str) {
        for key in 0.. {
            if self.stopped.load(Ordering::Relaxed) {
                return;
            }
            assert!(pay(address, guild, user, key), "payment {key}");
            self.acknowledged.lock().unwrap().push(key);
        }
    }
}

/// A member's coins, as the REST interface tells them once the bot has seen its guild.
fn balance(server: &Server, guild: &str, user: &str) -> i64 {
    let path = format!("/api/v1/guilds/{guild}/accounts/{user}");
    let header = format!("Authorization: Bearer {BEARER}");
    let watch = Stopwatch::start();
    loop {
        let (status, answer) = get_with(&server.address("http_addr"), &path, &header);
        if status == 200 {
            let body: Value =
                serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
            return body["balance"].as_i64().unwrap_or_else(|| panic!("{body}"));
        }
        assert!(watch.elapsed() < PATIENCE, "{answer}");
    }
}

/// The same, as the member is told by the bot.
async fn asked_for_balance(town: &Town) -> i64 {
    let interaction = town.ask(0, "balance", &json!({}));
    let control = town.sim.control();
    let outcome = control.await_outcome(interaction, Until::Settled, PATIENCE);
    let said = text(&outcome.await.unwrap());
    let mut digits = said.split(|letter: char| !letter.is_ascii_digit());
    let number = digits.find(|digits| !digits.is_empty());
    number
        .and_then(|number| number.parse().ok())
        .unwrap_or_else(|| panic!("{said}"))
}

/// Takes a backup while payments go on; says how many were acknowledged before it began.
fn take_under_load(
    place: &Place,
    town: &Town,
    server: &Server,
    environment: &[(&str, &str)],
) -> usize {
    let load = Load {
        acknowledged: Mutex::default(),
        stopped: AtomicBool::new(false),
    };
    let address = server.address("http_addr");
    let (guild, user) = (town.guild.to_string(), town.members[0].to_string());
    thread::scope(|scope| {
        scope.spawn(|| load.run(&address, &guild, &user));
        load.wait_for(ENOUGH);
        let before = load.count();
        let taken = place.run(&["backup", "create", "a.backup", "--json"], environment);
        let after = load.count();
        // It does not wait for the backup's end, so that one that holds payments up shows.
        load.wait_for(after + 1);
        load.stopped.store(true, Ordering::Relaxed);
        assert_eq!(taken.code, 0, "{taken:?}");
        assert_eq!(taken.json()["holds_master_key"], false);
        before
    })
}

async fn comes_back_whole(url: Option<(&str, &str)>) {
    let place = Place::new();
    let town = Town::build(&place.path("discord")).await;
    let api_url = town.sim.api_url();
    let mut environment = vec![
        ("GUILDHALL_DISCORD_TOKEN", town.bot.token.as_str()),
        ("GUILDHALL_DISCORD_API_URL", api_url.as_str()),
        ("GUILDHALL_API_TOKEN", BEARER),
    ];
    environment.extend(url.map(|(source, _)| ("GUILDHALL_DATABASE_URL", source)));
    let server = place.launch_logging(&environment, "log");
    server.wait_until_ready();
    let (guild, user) = (town.guild.to_string(), town.members[0].to_string());
    assert_eq!(balance(&server, &guild, &user), 0);
    let before = take_under_load(&place, &town, &server, &environment);
    let at_the_end = balance(&server, &guild, &user);
    server.stop();
    assert_eq!(mode(&place.path("a.backup")), 0o600);

    let verified = place.run(&["backup", "verify", "a.backup", "--json"], &environment);
    assert_eq!(verified.code, 0, "{verified:?}");
    assert_eq!(verified.json()["master_key"], "same");

    // Another machine: nothing but the file and the key.
    let key = place.data_dir().join("master.key");
    let elsewhere = Place::new();
    fs::create_dir(elsewhere.data_dir()).unwrap();
    fs::copy(key, elsewhere.data_dir().join("master.key")).unwrap();
    fs::copy(place.path("a.backup"), elsewhere.path("a.backup")).unwrap();
    environment.retain(|(name, _)| *name != "GUILDHALL_DATABASE_URL");
    environment.extend(url.map(|(_, target)| ("GUILDHALL_DATABASE_URL", target)));
    let restored = elsewhere.run(&["backup", "restore", "a.backup", "--json"], &environment);
    assert_eq!(restored.code, 0, "{restored:?}");
    let again = elsewhere.run(&["backup", "create", "b.backup"], &environment);
    assert_eq!(again.code, 0, "{again:?}");
    assert_eq!(
        tables(&elsewhere.path("b.backup")),
        tables(&elsewhere.path("a.backup"))
    );
    for verb in ["ledger", "audit"] {
        let sound = elsewhere.run(&[verb, "verify"], &environment);
        assert_eq!(sound.code, 0, "{sound:?}");
    }
    let server = elsewhere.launch_logging(&environment, "log");
    server.wait_until_ready();
    let coins = asked_for_balance(&town).await;
    let least = i64::try_from(before).unwrap();
    assert!(
        (least..=at_the_end).contains(&coins),
        "{least} {coins} {at_the_end}"
    );
    server.stop();
    town.sim.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn b2_a_backup_under_load_holds_every_payment_acknowledged_before_it_on_the_embedded_database()
 {
    comes_back_whole(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b2_a_backup_under_load_holds_every_payment_acknowledged_before_it_on_postgresql() {
    let server = PrivatePostgres::shared().unwrap();
    let (source, target) = (
        server.fresh_database().await.unwrap(),
        server.fresh_database().await.unwrap(),
    );
    comes_back_whole(Some((&source, &target))).await;
    for url in [source, target] {
        server.drop_database(&url).unwrap();
    }
}

/// A place with a database, and a backup of it.
fn backed_up() -> Place {
    let place = Place::new();
    assert_eq!(place.run(&["migrate", "up"], &[]).code, 0);
    let taken = place.run(&["backup", "create", "a.backup"], &[]);
    assert_eq!(taken.code, 0, "{taken:?}");
    assert!(
        taken.stdout.contains("master key is NOT in it"),
        "{taken:?}"
    );
    place
}

fn refused(said: &Said, words: &str) {
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.stderr.contains(words), "{said:?}");
}

#[test]
fn what_is_there_already_is_left_unless_it_may_go() {
    let place = backed_up();
    refused(
        &place.run(&["backup", "create", "a.backup"], &[]),
        "is there already",
    );
    let forced = place.run(&["backup", "create", "a.backup", "--force"], &[]);
    assert_eq!(forced.code, 0, "{forced:?}");
    refused(
        &place.run(&["backup", "restore", "a.backup"], &[]),
        "there is a database in",
    );
    let told = place.run(
        &["backup", "restore", "a.backup", "--force", "--dry-run"],
        &[],
    );
    assert!(told.stdout.starts_with("Would restore"), "{told:?}");
    let moved = place.run(&["backup", "restore", "a.backup", "--force", "--json"], &[]);
    let aside = moved.json()["aside"].as_str().unwrap().to_owned();
    assert!(
        place.path(&aside).join("guildhall.db").exists(),
        "{moved:?}"
    );
    let doctor = place.run(&["doctor", "--json"], &[]);
    assert_eq!(doctor.code, 0, "{doctor:?}");
    assert!(doctor.stdout.contains("there is none yet"), "{doctor:?}");
}

#[test]
fn a_restore_needs_the_key_an_idle_place_and_a_whole_file() {
    let place = backed_up();
    let other = ["--data-dir", "other", "backup", "restore", "a.backup"];
    refused(&place.run(&other, &[]), "there is no master key here");
    let wrong = (
        "GUILDHALL_MASTER_KEY",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    );
    refused(&place.run(&other, &[wrong]), "is another than the one");
    let mut bytes = fs::read(place.path("a.backup")).unwrap();
    let last = bytes.len() - 9;
    bytes[last] ^= 1;
    fs::write(place.path("bent.backup"), bytes).unwrap();
    let verified = place.run(&["backup", "verify", "bent.backup"], &[]);
    assert_eq!(verified.code, 1, "{verified:?}");
    assert!(verified.stdout.contains("NO GOOD BACKUP"), "{verified:?}");
    let bent = [
        "--data-dir",
        "other",
        "backup",
        "restore",
        "bent.backup",
        "--without-key",
    ];
    refused(&place.run(&bent, &[]), "not as it was written");
    assert!(!place.path("other/guildhall.db").exists());
    let lost = [other.as_slice(), &["--without-key"]].concat();
    let restored = place.run(&lost, &[]);
    assert_eq!(restored.code, 0, "{restored:?}");

    let server = place.start(&["run"], &[]);
    let busy = place.run(&["backup", "restore", "a.backup", "--force"], &[]);
    refused(&busy, "another Guildhall is running");
    let beside = place.run(&["backup", "verify", "a.backup"], &[]);
    assert_eq!(beside.code, 0, "{beside:?}");
    server.wait_for_answer("/readyz", r#""backup":{"status":"ready""#);
    server.stop();
}

#[test]
fn a_backup_goes_with_the_key_of_its_time_and_brings_the_signers_before_that() {
    let place = backed_up();
    let rotated = place.run(&["keys", "rotate"], &[]);
    assert_eq!(rotated.code, 0, "{rotated:?}");
    let late = ["backup", "restore", "a.backup", "--force"];
    refused(&place.run(&late, &[]), "is another than the one");
    let taken = place.run(&["backup", "create", "b.backup"], &[]);
    assert_eq!(taken.code, 0, "{taken:?}");
    let other = place.path("other");
    fs::create_dir(&other).unwrap();
    fs::copy(
        place.data_dir().join("master.key"),
        other.join("master.key"),
    )
    .unwrap();
    let restore = ["--data-dir", "other", "backup", "restore", "b.backup"];
    let trusted = [restore.as_slice(), &["--trust-signers"]].concat();
    let restored = place.run(&trusted, &[]);
    assert_eq!(restored.code, 0, "{restored:?}");
    let signers = |data_dir: &Path| fs::read_to_string(data_dir.join("audit.signers")).unwrap();
    assert_eq!(signers(&other), signers(&place.data_dir()));
}

/// Puts one signer more into what a backup says of itself, as whoever edits the file can.
fn name_signer(file: &Path, signer: &str) {
    let bytes = fs::read(file).unwrap();
    let line_end = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let line = std::str::from_utf8(&bytes[..line_end]).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    let room: usize = words[2].parse().unwrap();
    let (text, rows) = bytes[line_end..].split_at(room);
    let mut manifest: Value = serde_json::from_slice(text).unwrap();
    let signers = manifest["signers"].as_array_mut().unwrap();
    signers.push(json!(signer));
    let mut text = serde_json::to_vec(&manifest).unwrap();
    assert!(text.len() < room);
    text.resize(room, b' ');
    let digest = Sha256::digest(&text);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut edited = format!("{} {} {} {digest}\n", words[0], words[1], words[2]).into_bytes();
    edited.extend([&text, rows].concat());
    fs::write(file, edited).unwrap();
}

#[test]
fn whom_a_backup_names_as_a_signer_is_believed_only_where_that_is_said() {
    let place = backed_up();
    let forger = audit::Signer::of_seed(&[9; 32]).public().to_string();
    name_signer(&place.path("a.backup"), &forger);
    let verified = place.run(&["backup", "verify", "a.backup", "--json"], &[]);
    assert_eq!(verified.code, 1, "{verified:?}");
    assert_eq!(verified.json()["unknown_signers"], json!([forger]));

    let other = place.path("other");
    let signers = other.join("audit.signers");
    fs::create_dir(&other).unwrap();
    let key = place.data_dir().join("master.key");
    fs::copy(key, other.join("master.key")).unwrap();
    // Not where the restore fails, whatever is said.
    let mut bytes = fs::read(place.path("a.backup")).unwrap();
    let last = bytes.len() - 9;
    bytes[last] ^= 1;
    fs::write(place.path("bent.backup"), bytes).unwrap();
    let restore = |file: &str, more: &[&str]| {
        let command = ["--data-dir", "other", "backup", "restore", file];
        place.run(&[&command, more].concat(), &[])
    };
    let bent = restore("bent.backup", &["--trust-signers"]);
    refused(&bent, "not as it was written");
    assert!(!signers.exists());

    let restored = restore("a.backup", &[]);
    assert_eq!(restored.code, 1, "{restored:?}");
    assert!(restored.stdout.starts_with("Restored "), "{restored:?}");
    assert!(
        restored.stdout.contains(&forger) && restored.stdout.contains("--trust-signers"),
        "{restored:?}"
    );
    assert!(!signers.exists());
    let tried = restore("a.backup", &["--force", "--trust-signers", "--dry-run"]);
    assert_eq!(tried.code, 0, "{tried:?}");
    assert!(!signers.exists());
    let believed = restore("a.backup", &["--force", "--trust-signers"]);
    assert_eq!(believed.code, 0, "{believed:?}");
    assert_eq!(fs::read_to_string(&signers).unwrap().trim_end(), forger);
}

#[test]
fn nothing_starts_where_a_restore_broke_off() {
    let place = backed_up();
    fs::create_dir(place.data_dir().join("restoring")).unwrap();
    for command in [&["run"][..], &["ledger", "verify"], &["migrate", "up"]] {
        refused(&place.run(command, &[]), "was begun and did not end");
    }
    let again = place.run(&["backup", "restore", "a.backup", "--force"], &[]);
    assert_eq!(again.code, 0, "{again:?}");
    assert_eq!(place.run(&["ledger", "verify"], &[]).code, 0);
}

#[test]
fn a_restore_that_is_killed_leaves_nothing_that_a_start_takes_for_whole() {
    let place = backed_up();
    let other = place.path("other");
    for sign in [
        "restoring",
        "restoring/guildhall.db",
        "restoring/guildhall.lock",
    ] {
        fs::create_dir(&other).unwrap();
        fs::copy(
            place.data_dir().join("master.key"),
            other.join("master.key"),
        )
        .unwrap();
        let restore = ["--data-dir", "other", "backup", "restore", "a.backup"];
        let restoring = place.launch(&restore, &[]);
        let watch = Stopwatch::start();
        // It may be through before this looks again; then there is nothing to be killed.
        while !other.join(sign).exists() && !other.join("guildhall.db").exists() {
            assert!(watch.elapsed() < PATIENCE, "{sign}");
        }
        restoring.signal(rustix::process::Signal::KILL);
        restoring.wait();
        if other.join("restoring").exists() {
            let start = place.run(&["--data-dir", "other", "run"], &[]);
            refused(&start, "was begun and did not end");
            let again = place.run(&[restore.as_slice(), &["--force"]].concat(), &[]);
            assert_eq!(again.code, 0, "{again:?}");
        }
        let again = place.run(
            &["--data-dir", "other", "backup", "create", "b.backup"],
            &[],
        );
        assert_eq!(again.code, 0, "{again:?}");
        assert_eq!(
            tables(&place.path("b.backup")),
            tables(&place.path("a.backup"))
        );
        fs::remove_file(place.path("b.backup")).unwrap();
        fs::remove_dir_all(&other).unwrap();
    }
}

#[test]
fn an_empty_database_and_a_place_that_cannot_be_written_are_refused() {
    let place = Place::new();
    refused(
        &place.run(&["backup", "create", "a.backup"], &[]),
        "there is no database",
    );
    assert_eq!(place.run(&["migrate", "up"], &[]).code, 0);
    refused(
        &place.run(&["backup", "create", "no/such/folder/a.backup"], &[]),
        "no/such/folder",
    );
    assert_eq!(place.run(&["backup", "create"], &[]).code, 2);
}
