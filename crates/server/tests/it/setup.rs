//! `guildhall setup` and what the doctor says of the bot, against a simulated Discord.

use std::{fs, io::Write as _, net::TcpListener, thread};

use serde_json::Value;
use sim::{
    FaultRule, MadeApplication, MakeApplication, MakeGuild, MakeUser, RestFault, Sim, SimConfig,
    Snowflake,
};

use crate::{
    process::{Place, Said, mode},
    stage::INVITED,
};

const SITE: &str = "http://hall.example:8080";
const BACK: &str = "http://hall.example:8080/auth/callback";

/// A simulated Discord with a server and a bot.
struct Town {
    sim: Sim,
    bot: MadeApplication,
    owner: Snowflake,
    api: String,
}

impl Town {
    async fn build(flags: Option<u32>) -> Self {
        let sim = Sim::start(SimConfig::default()).await.unwrap();
        let control = sim.control();
        let olga = MakeUser {
            username: "olga".to_owned(),
            ..MakeUser::default()
        };
        let owner = control.user(olga).unwrap();
        let bot = make(&sim, "Guildhall", flags);
        let api = sim.api_url();
        Self {
            sim,
            bot,
            owner,
            api,
        }
    }

    fn guild(&self, name: &str, permissions: u64) {
        let hall = MakeGuild {
            name: name.to_owned(),
            owner: self.owner,
            ..MakeGuild::default()
        };
        let control = self.sim.control();
        let guild = control.guild(hall).unwrap();
        control.install(guild, self.bot.id, permissions).unwrap();
    }

    fn environment<'t>(&'t self, token: &'t str) -> Vec<(&'t str, &'t str)> {
        vec![
            ("GUILDHALL_DISCORD_API_URL", self.api.as_str()),
            ("GUILDHALL_DISCORD_TOKEN", token),
            ("GUILDHALL_PUBLIC_URL", SITE),
        ]
    }

    fn fault(&self, fault: RestFault) {
        let rule = FaultRule {
            method: None,
            route: None,
            times: 1_000,
            fault,
            effect: sim::Effect::Lost,
        };
        self.sim.control().rest_fault(rule).unwrap();
    }
}

fn make(sim: &Sim, name: &str, flags: Option<u32>) -> MadeApplication {
    let make = MakeApplication {
        name: name.to_owned(),
        flags,
        redirect_uris: vec![BACK.to_owned()],
        ..MakeApplication::default()
    };
    sim.control().application(make).unwrap()
}

/// The settings by name, each with what became of it.
fn changes(said: &Said) -> Vec<(String, String)> {
    assert_eq!(said.code, 0, "{said:?}");
    let document = said.json();
    let told = document["settings"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    told.map(|setting| (text(&setting["name"]), text(&setting["change"])))
        .collect()
}

fn findings(said: &Said, check: &str, grade: &str) -> Vec<String> {
    let document = said.json();
    let all = document["findings"].as_array().unwrap().iter();
    all.filter(|found| found["check"] == check && found["grade"] == grade)
        .map(|found| format!("{} {}", found["says"], found["fix"]))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_terminal_it_writes_a_private_file_and_a_second_time_changes_nothing() {
    let town = Town::build(None).await;
    town.guild("Hall", INVITED);
    let place = Place::new();
    place.write(".env", "# kept\nOTHER=mine\nGUILDHALL_LOG=warn");
    let secret = place.path("secret");
    fs::write(&secret, format!("{}\n", town.bot.client_secret)).unwrap();
    let environment = town.environment(&town.bot.token);
    let secret = secret.display().to_string();
    let arguments = ["setup", "--json", "--client-secret-file", &secret];
    let first = place.run(&arguments, &environment);
    let names = [
        "GUILDHALL_DISCORD_TOKEN",
        "GUILDHALL_DISCORD_CLIENT_ID",
        "GUILDHALL_DISCORD_CLIENT_SECRET",
        "GUILDHALL_PUBLIC_URL",
        "GUILDHALL_DISCORD_API_URL",
    ];
    let all = |change: &str| names.map(|name| (name.to_owned(), change.to_owned()));
    assert_eq!(changes(&first), all("added"));
    let document = first.json();
    assert_eq!(document["invite"]["permissions"], INVITED.to_string());
    assert_eq!(document["redirect"], BACK);
    assert_eq!(document["application"]["id"], town.bot.id.to_string());
    let text = fs::read_to_string(place.path(".env")).unwrap();
    assert!(
        text.starts_with("# kept\nOTHER=mine\nGUILDHALL_LOG=warn\nGUILDHALL_DISCORD_TOKEN="),
        "{text}"
    );
    assert_eq!(mode(&place.path(".env")), 0o600);
    // Now the file alone is enough.
    let again = place.run(&["setup", "--json"], &[]);
    assert_eq!(changes(&again), all("kept"));
    assert_eq!(fs::read_to_string(place.path(".env")).unwrap(), text);
    for said in [&first, &again] {
        for secret in [&town.bot.token, &town.bot.client_secret] {
            let shown = format!("{}{}", said.stdout, said.stderr);
            assert!(!shown.contains(secret.as_str()), "a secret is shown");
        }
    }
    let doctor = place.run(&["doctor", "--json"], &[]);
    assert_eq!(doctor.code, 0, "{doctor:?}");
    assert_eq!(findings(&doctor, "sign_in", "ok").len(), 2, "{doctor:?}");
    assert_eq!(findings(&doctor, "servers", "ok").len(), 1, "{doctor:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_with_the_code_and_nothing_is_written() {
    let town = Town::build(None).await;
    let place = Place::new();
    let nobody = place.run(&["setup"], &[]);
    assert_eq!(nobody.code, 2, "{nobody:?}");
    assert!(nobody.stderr.contains("no terminal") && nobody.stderr.contains("--token-file"));

    let wrong = place.run(&["setup"], &town.environment("a-wrong-token"));
    assert_eq!(wrong.code, 2, "{wrong:?}");
    assert!(wrong.stderr.contains("GUILDHALL_DISCORD_TOKEN") && wrong.stderr.contains("401"));
    assert!(!wrong.stderr.contains("a-wrong-token"), "{wrong:?}");

    let mut environment = town.environment(&town.bot.token);
    environment.push(("GUILDHALL_DISCORD_CLIENT_SECRET", "a-wrong-secret"));
    let secret = place.run(&["setup"], &environment);
    assert_eq!(secret.code, 2, "{secret:?}");
    assert!(secret.stderr.contains("GUILDHALL_DISCORD_CLIENT_SECRET"));

    let limited = RestFault::RateLimited {
        retry_after_ms: 3_600_000,
        global: true,
        scope: Some("global".to_owned()),
    };
    town.fault(limited);
    let limited = place.run(&["setup"], &town.environment(&town.bot.token));
    assert_eq!(limited.code, 1, "{limited:?}");
    assert!(limited.stderr.contains("wait 36"), "{limited:?}");

    let away = [
        ("GUILDHALL_DISCORD_API_URL", "http://127.0.0.1:1/api"),
        ("GUILDHALL_DISCORD_TOKEN", "a-token"),
    ];
    let away = place.run(&["setup"], &away);
    assert_eq!(away.code, 1, "{away:?}");
    assert!(away.stderr.contains("does not answer") && away.stderr.contains("Nothing was written"));
    assert!(!place.path(".env").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_another_bot_is_named_and_replaced_only_when_told() {
    let town = Town::build(None).await;
    let other = make(&town.sim, "Second", None);
    let place = Place::new();
    let first = place.run(&["setup", "--json"], &town.environment(&other.token));
    assert_eq!(first.code, 0, "{first:?}");
    let environment = town.environment(&town.bot.token);
    let refused = place.run(&["setup"], &environment);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(
        refused
            .stderr
            .contains("the token of another bot, `Second`")
            && refused.stderr.contains("--force"),
        "{refused:?}"
    );
    let text = fs::read_to_string(place.path(".env")).unwrap();
    assert!(text.contains(&other.token));
    let forced = place.run(&["setup", "--json", "--force"], &environment);
    assert_eq!(changes(&forced)[0].1, "replaced");
    let text = fs::read_to_string(place.path(".env")).unwrap();
    assert!(text.contains(&town.bot.token) && !text.contains(&other.token));
}

#[tokio::test(flavor = "multi_thread")]
async fn printed_settings_are_all_that_is_printed() {
    let town = Town::build(None).await;
    let place = Place::new();
    let said = place.run(&["setup", "--print"], &town.environment(&town.bot.token));
    assert_eq!(said.code, 0, "{said:?}");
    let lines: Vec<&str> = said.stdout.lines().collect();
    assert_eq!(lines.len(), 4, "{said:?}");
    assert_eq!(
        lines[0],
        format!("GUILDHALL_DISCORD_TOKEN={}", town.bot.token)
    );
    assert!(said.stderr.contains("Invite it") && !place.path(".env").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_intents_and_a_hundred_servers_are_told_and_stop_nothing() {
    let town = Town::build(Some(0)).await;
    for number in 0..100 {
        town.guild(&format!("Hall {number}"), INVITED & !(1 << 40));
    }
    let place = Place::new();
    let said = place.run(&["setup", "--json"], &town.environment(&town.bot.token));
    assert_eq!(said.code, 0, "{said:?}");
    let intents = findings(&said, "intents", "warning");
    assert_eq!(intents.len(), 2, "{intents:?}");
    assert!(
        intents[0].contains("Message Content Intent is off"),
        "{intents:?}"
    );
    assert!(
        intents[0].contains("Privileged Gateway Intents"),
        "{intents:?}"
    );
    let verified = findings(&said, "verified", "warning");
    assert!(
        verified[0].contains("in 100 servers and not verified"),
        "{verified:?}"
    );

    let doctor = place.run(&["doctor", "--json"], &[]);
    let servers = findings(&doctor, "servers", "warning");
    assert_eq!(servers.len(), 11, "{servers:?}");
    assert!(
        servers[0].contains("lacks: Time out members"),
        "{servers:?}"
    );
    assert!(servers[10].contains("in 90 more servers"), "{servers:?}");
    assert!(findings(&doctor, "commands", "ok")[0].contains("none is registered yet"));
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_terminal_it_asks_shows_no_secret_and_lets_one_mistype() {
    let town = Town::build(None).await;
    let place = Place::new();
    let environment = [("GUILDHALL_DISCORD_API_URL", town.api.as_str())];
    let mut screen = place.at_terminal(&["setup"], &environment);
    screen.answer("Bot token", "not-a-token");
    screen.see("Discord refuses");
    screen.answer("Bot token", &town.bot.token);
    screen.answer("Address under which", SITE);
    screen.answer("Client secret", &town.bot.client_secret);
    let said = screen.end();
    assert_eq!(said.code, 0, "{said:?}");
    for hidden in [&town.bot.token, &town.bot.client_secret] {
        let shown = format!("{}{}", said.stdout, said.stderr);
        assert!(
            !shown.contains(hidden.as_str()),
            "a secret is shown: {shown}"
        );
    }
    assert!(!said.stderr.contains("not-a-token"), "{said:?}");
    for words in [
        BACK,
        "Discord knows the redirect",
        "guildhall run",
        "Time out members",
    ] {
        assert!(
            said.stdout.contains(words),
            "`{words}` is missing in {said:?}"
        );
    }
    let text = fs::read_to_string(place.path(".env")).unwrap();
    assert!(
        text.contains(&format!("GUILDHALL_PUBLIC_URL={SITE}")),
        "{text}"
    );

    // Enter keeps all of it; a token of another bot is asked about.
    let mut screen = place.at_terminal(&["setup"], &[]);
    screen.answer("Enter keeps", "");
    screen.answer("Address under which", "");
    screen.answer("Client secret", "");
    let said = screen.end();
    assert!(
        said.code == 0 && said.stdout.contains("as it was"),
        "{said:?}"
    );
    let other = make(&town.sim, "Second", None);
    let mut screen = place.at_terminal(&["setup"], &[]);
    screen.answer("Enter keeps", &other.token);
    screen.answer("Address under which", "");
    screen.answer("Client secret", &other.client_secret);
    screen.answer("the token of another bot, `Guildhall`. Replace it?", "n");
    let said = screen.end();
    assert_eq!(said.code, 1, "{said:?}");
    assert_eq!(fs::read_to_string(place.path(".env")).unwrap(), text);
}

/// Something at Discord's place that answers with little, and long ago.
fn late() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answering = move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 4_096];
            let _ = std::io::Read::read(&mut stream, &mut request);
            let text = String::from_utf8_lossy(&request).into_owned();
            let body = if text.contains("/applications/@me") {
                r#"{"id":"42","name":"Guildhall","flags":557056,"bot_public":true}"#
            } else if text.contains("/gateway") {
                r#"{"url":"ws://127.0.0.1:1","shards":1}"#
            } else {
                "[]"
            };
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nDate: Sun, 01 Nov 2026 10:00:00 GMT\r\nContent-Type: application/json\r\n\
                 Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
        }
    };
    // It ends with the process of the test.
    let named = thread::Builder::new().name("late".to_owned());
    drop(named.spawn(answering).unwrap());
    format!("http://{address}/api")
}

#[test]
fn the_doctor_sees_a_clock_that_differs_from_discord_s() {
    let place = Place::new();
    let api = late();
    let environment = [
        ("GUILDHALL_DISCORD_API_URL", api.as_str()),
        ("GUILDHALL_DISCORD_TOKEN", "a-token"),
    ];
    let said = place.run(&["doctor", "--json"], &environment);
    assert_eq!(said.code, 1, "{said:?}");
    let clock = findings(&said, "clock", "problem");
    assert!(clock[0].contains("s ahead of Discord's"), "{clock:?}");
    let text = place.run(&["doctor"], &environment).stdout;
    assert!(
        text.contains("1 problem, ") && text.contains("Begin with clock:"),
        "{text}"
    );
}
