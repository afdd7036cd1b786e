//! The whole way of a newcomer with a bot of their own, by environment alone: `setup`, `run`, a member's command, and
//! the owner's sign-in. Discord is another process, and the bot may do there what its invitation asks for and no more.

use std::net::TcpListener;

use kernel::Stopwatch;
use serde_json::{Value, json};

use crate::process::{PATIENCE, Place, Server, cookie, get_with, header, post};

/// The simulated Discord of another process, and what its bot's owner was told.
struct Discord {
    process: Server,
    address: String,
}

impl Discord {
    fn begin(place: &Place, redirect: &str) -> Self {
        let arguments = [
            "sim",
            "serve",
            "--addr",
            "127.0.0.1:0",
            "--bot",
            "Guildhall",
            "--redirect",
            redirect,
        ];
        let process = place.start_until(&arguments, "key");
        let mut discord = Self {
            process,
            address: String::new(),
        };
        let api = discord.told("API");
        let address = api.trim_start_matches("http://").trim_end_matches("/api");
        discord.address = address.to_owned();
        discord
    }

    /// What it said at its start under this name.
    fn told(&self, name: &str) -> String {
        let mut lines = self.process.said.lines();
        let line = lines.find(|line| line.split_whitespace().next() == Some(name));
        line.unwrap().split_whitespace().nth(1).unwrap().to_owned()
    }

    fn control(&self, verb: &str, body: &Value) -> Value {
        let kind = "application/json";
        let path = format!("/control/{verb}");
        let (status, answer) = post(&self.address, &path, kind, &body.to_string());
        assert_eq!(status, 200, "{verb}: {answer}");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }

    /// A member who has just come, and the channel where everyone talks.
    fn member(&self) -> (String, String) {
        let guild = self.told("server");
        let user = self.control("user", &json!({"username": "ada"}));
        self.control("join", &json!({"guild": guild, "user": user["id"]}));
        let view = self.control("guild/view", &json!({"guild": guild}));
        let channels = view["channels"].as_array().unwrap();
        let hall = channels.iter().find(|channel| channel["type"] == 0);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&user["id"]), text(&hall.unwrap()["id"]))
    }
}

/// A port that was free a moment ago, so that Discord can know the address before the server has it.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Opens the dashboard as this person, and gives the page.
fn signed_in(discord: &Discord, address: &str, person: &str) -> String {
    let base = format!("http://{address}");
    let path = |location: &str, base: &str| location.strip_prefix(base).unwrap().to_owned();
    let (status, left) = get_with(address, "/auth/login", "Accept: */*");
    assert_eq!(status, 303, "{left}");
    let there = path(
        header(&left, "location"),
        &format!("http://{}", discord.address),
    );
    let form = "application/x-www-form-urlencoded";
    let (status, chosen) = post(&discord.address, &there, form, &format!("user={person}"));
    assert_eq!(status, 303, "{chosen}");
    let back = path(header(&chosen, "location"), &base);
    let kept = format!("Cookie: {}", cookie(&left));
    let (status, entered) = get_with(address, &back, &kept);
    assert_eq!(
        (status, header(&entered, "location")),
        (303, "/dashboard"),
        "{entered}"
    );
    let session = format!("Cookie: {}", cookie(&entered));
    let (status, page) = get_with(address, "/dashboard", &session);
    assert_eq!(status, 200, "{page}");
    page
}

#[test]
fn from_a_token_to_a_member_s_coins_and_the_owner_s_dashboard() {
    let (there, here) = (Place::new(), Place::new());
    let address = format!("127.0.0.1:{}", free_port());
    let discord = Discord::begin(&there, &format!("http://{address}/auth/callback"));
    let (api, token, secret) = (
        discord.told("API"),
        discord.told("token"),
        discord.told("secret"),
    );
    let known = [
        ("GUILDHALL_DISCORD_API_URL", api.as_str()),
        ("GUILDHALL_DISCORD_TOKEN", token.as_str()),
        ("GUILDHALL_DISCORD_CLIENT_SECRET", secret.as_str()),
        ("GUILDHALL_HTTP_ADDR", address.as_str()),
    ];
    let setup = here.run(&["setup", "--print"], &known);
    assert_eq!(setup.code, 0, "{setup:?}");
    assert!(
        setup.stderr.contains("Discord knows the redirect"),
        "{setup:?}"
    );
    let mut environment: Vec<(&str, &str)> = setup
        .stdout
        .lines()
        .map(|line| line.split_once('=').unwrap())
        .collect();
    environment.push(("GUILDHALL_HTTP_ADDR", &address));
    let server = here.start(&["run"], &environment);
    server.wait_until_ready();

    let (member, channel) = discord.member();
    let asked = json!({"channel": channel, "user": member, "command": "daily"});
    let interaction = discord.control("invoke", &asked)["interaction"].clone();
    let wait = json!({"interaction": interaction, "until": "settled", "wait_ms": 20_000});
    let outcome = discord.control("outcome", &wait);
    let message = outcome["message"].to_string();
    assert!(
        message.contains("100") && outcome["ephemeral"] == false,
        "{outcome}"
    );

    // The server is too young to have taken a backup; all else is well.
    let doctor = here.run(&["doctor", "--json"], &environment).json();
    let findings = doctor["findings"].as_array().unwrap().iter();
    let amiss: Vec<&Value> = findings
        .filter(|found| found["grade"] != "ok" && found["check"] != "backup")
        .collect();
    assert!(amiss.is_empty(), "{amiss:?}");
    let watch = Stopwatch::start();
    let page = signed_in(&discord, &address, &discord.told("owner"));
    assert!(page.contains("The Lantern Club"), "{page}");
    assert!(watch.elapsed() < PATIENCE);
    let (said, _) = server.stop();
    assert_eq!(said.code, 0, "{said:?}");
}
