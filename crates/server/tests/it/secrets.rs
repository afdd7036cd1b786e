//! No token, key or bearer lies anywhere in plain text or in an encoding of it: not in the data directory, whatever
//! moment the server dies in, not in its log at the finest level, not in what commands print.

use std::{
    collections::BTreeSet,
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use kernel::Stopwatch;
use serde_json::{Value, json};
use sim::{
    FaultRule, Invoke, MadeApplication, MakeApplication, MakeGuild, MakeUser, RestFault, Sim,
    SimConfig, Snowflake, Until,
};
use testkit::traces::Traces;

use crate::{
    backups,
    process::{Place, Server},
    stage::SOON,
};

const BEARER: &str = "canary-bearer-5f1c0b77a9d24e31";
const WRONG_BEARER: &str = "canary-typo-e81d0c55b7724f90";
/// More than a server tries in the time that it has.
const FAULTS: u32 = 10_000;

/// A simulated Discord with a guild, members and a bot.
pub(crate) struct Town {
    pub(crate) sim: Sim,
    pub(crate) bot: MadeApplication,
    pub(crate) guild: Snowflake,
    pub(crate) members: Vec<Snowflake>,
}

impl Town {
    pub(crate) async fn build(state: &Path) -> Self {
        let config = SimConfig {
            state_dir: Some(state.to_owned()),
            ..SimConfig::default()
        };
        let sim = Sim::start(config).await.unwrap();
        let control = sim.control();
        let owner = MakeUser {
            username: "olga".to_owned(),
            ..MakeUser::default()
        };
        let owner = control.user(owner).unwrap();
        let hall = MakeGuild {
            name: "Hall".to_owned(),
            owner,
            ..MakeGuild::default()
        };
        let guild = control.guild(hall).unwrap();
        let members = control.crowd(guild, "member", 8).unwrap();
        let make = MakeApplication {
            name: "Guildhall".to_owned(),
            ..MakeApplication::default()
        };
        let bot = control.application(make).unwrap();
        control.install(guild, bot.id, 8).unwrap();
        Self {
            sim,
            bot,
            guild,
            members,
        }
    }

    pub(crate) fn ask(&self, member: usize, command: &str, options: &Value) -> Snowflake {
        let control = self.sim.control();
        let invoke = Invoke {
            channel: control.general(self.guild).unwrap(),
            user: self.members[member],
            command: command.to_owned(),
            options: options.as_object().unwrap().clone(),
            ..Invoke::default()
        };
        control.invoke(&invoke).unwrap()
    }

    pub(crate) async fn answered(&self, interaction: Snowflake) {
        let control = self.sim.control();
        let outcome = control.await_outcome(interaction, Until::Settled, SOON);
        assert!(!outcome.await.unwrap().failed, "{interaction}");
    }

    /// Nothing that the bot sends reaches this Discord any more.
    fn deafen(&self) {
        let rule = FaultRule {
            method: Some("POST".to_owned()),
            route: Some("/interactions".to_owned()),
            times: FAULTS,
            fault: RestFault::Status { status: 503 },
            effect: sim::Effect::Lost,
        };
        self.sim.control().rest_fault(rule).unwrap();
    }
}

/// Every interaction's token, as the simulated Discord has kept them in its own folder.
fn interaction_tokens(folder: &Path) -> BTreeSet<String> {
    fn collect(value: &Value, tokens: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(token) = fields.get("token").and_then(Value::as_str) {
                    tokens.insert(token.to_owned());
                }
                fields.values().for_each(|value| collect(value, tokens));
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, tokens)),
            _ => {}
        }
    }
    let mut tokens = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let values = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        values.for_each(|value| collect(&value, &mut tokens));
    }
    tokens
}

/// Asks the REST interface; gives the status.
fn rest(server: &Server, bearer: &str, path: &str) -> u16 {
    let address = server.address("http_addr");
    let mut stream = TcpStream::connect(&address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {bearer}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

/// What lies in the data directory, the key's own file apart, and in the log.
fn found(place: &Place, traces: &Traces) -> Vec<String> {
    let mut found: Vec<String> = traces
        .in_folder(&place.data_dir())
        .unwrap()
        .into_iter()
        .filter(|(path, _)| !path.ends_with("master.key"))
        .map(|(path, name)| format!("{name} in {}", path.display()))
        .collect();
    let log = traces.in_bytes(&fs::read(place.path("log")).unwrap());
    found.extend(log.into_iter().map(|name| format!("{name} in the log")));
    found
}

/// The secrets that are known before anything is asked.
fn known_secrets(place: &Place, town: &Town) -> Traces {
    let mut secrets = Traces::default();
    secrets.add("bot token", &town.bot.token);
    secrets.add("bearer", BEARER);
    secrets.add("wrong bearer", WRONG_BEARER);
    let key = fs::read_to_string(place.data_dir().join("master.key")).unwrap();
    secrets.add("master key", STANDARD.decode(key.trim()).unwrap());
    secrets
}

/// Commands that are answered, done and refused, and requests over REST with a right and a wrong bearer.
async fn ask_about(server: &Server, town: &Town) {
    let payee = json!({"user": town.members[1].to_string(), "amount": 5});
    for (member, command, options) in [
        (0, "daily", json!({})),
        (0, "pay", payee),
        (1, "balance", json!({})),
        (2, "why", json!({})),
        (0, "daily", json!({})),
    ] {
        town.answered(town.ask(member, command, &options)).await;
    }
    let supply = format!("/api/v1/guilds/{}/supply", town.guild);
    assert_eq!(rest(server, BEARER, &supply), 200);
    assert_eq!(rest(server, WRONG_BEARER, &supply), 401);
}

/// Has answers owed that cannot leave, and kills the server; gives what lies there afterwards.
fn kill_while_owed(place: &Place, town: &Town, server: Server) -> PathBuf {
    town.deafen();
    let mut rows = Traces::default();
    for member in 3..7 {
        let interaction = town.ask(member, "daily", &json!({}));
        rows.add("row", format!("interaction:{interaction}"));
    }
    let watch = Stopwatch::start();
    while rows.in_folder(&place.data_dir()).unwrap().is_empty() {
        assert!(watch.elapsed() < SOON, "nothing is owed");
    }
    server.signal(rustix::process::Signal::KILL);
    server.wait();
    let copy = place.path("killed");
    fs::create_dir(&copy).unwrap();
    for file in fs::read_dir(place.data_dir()).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() && file.file_name() != "master.key" {
            fs::copy(file.path(), copy.join(file.file_name())).unwrap();
        }
    }
    assert!(
        !rows.in_folder(&copy).unwrap().is_empty(),
        "the search finds what is there"
    );
    // The next server writes its own addresses.
    fs::remove_file(place.data_dir().join("run.json")).unwrap();
    town.sim.control().rest_calm();
    copy
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_lies_in_the_data_directory_or_the_log_whenever_the_server_dies() {
    let place = Place::new();
    let town = Town::build(&place.path("discord")).await;
    let api_url = town.sim.api_url();
    let environment = [
        ("GUILDHALL_DISCORD_TOKEN", town.bot.token.as_str()),
        ("GUILDHALL_DISCORD_API_URL", api_url.as_str()),
        ("GUILDHALL_API_TOKEN", BEARER),
        ("GUILDHALL_LOG", "trace"),
    ];
    let server = place.launch_logging(&environment, "log");
    server.wait_until_ready();
    ask_about(&server, &town).await;
    let killed = kill_while_owed(&place, &town, server);
    let server = place.launch_logging(&environment, "log");
    server.wait_until_ready();
    town.answered(town.ask(7, "daily", &json!({}))).await;
    let guild = town.guild.to_string();
    let shown = place.run(&["config", "show", "--guild", &guild], &environment);
    let backup = place.run(&["backup", "create", "a.backup"], &environment);
    server.stop();
    let doctor = place.run(&["doctor"], &environment);
    let mut secrets = known_secrets(&place, &town);
    town.sim.stop().await.unwrap();

    let tokens = interaction_tokens(&place.path("discord"));
    let tokens: Vec<&String> = tokens
        .iter()
        .filter(|token| **token != town.bot.token)
        .collect();
    assert!(tokens.len() >= 10, "{}", tokens.len());
    for token in tokens {
        secrets.add("interaction token", token);
    }
    assert_eq!(secrets.in_folder(&killed).unwrap(), [], "after the kill");
    assert_eq!(found(&place, &secrets), [""; 0], "after the stop");
    let packed = backups::unpacked(&place.path("a.backup"));
    assert_eq!(secrets.in_bytes(&packed), BTreeSet::new(), "in a backup");
    assert_eq!((shown.code, doctor.code), (0, 0), "{shown:?} {doctor:?}");
    assert_eq!(backup.code, 0, "{backup:?}");
    for said in [shown, doctor, backup] {
        let names = secrets.in_bytes(format!("{}{}", said.stdout, said.stderr).as_bytes());
        assert_eq!(names, BTreeSet::new());
    }
}
