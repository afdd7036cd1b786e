//! A guild with a member and a bot, and an inbox out of which a test takes events by hand.

use std::{sync::Arc, time::Duration};

use chat::{
    Access, AnswerContent, AnswerKind, Autocomplete, CommandKind, CommandSpec, Delivered,
    DeliveryError, Effect, Finished, Inbox, Incoming, IncomingMessage, InteractionAnswer,
    Invocation, OptionKind, OptionSpec, Overflow, Reply,
};
use discord::{BotState, Discord, MIGRATIONS, Needs, Settings, StartError};
use kernel::{SeededChance, SystemClock};
use secrecy::SecretString;
use sim::{
    Control, GatewayCounts, Invoke, MadeApplication, MakeApplication, MakeGuild, MakeUser, Outcome,
    Say, Sim, SimConfig, Snowflake, Until,
};
use store::Migrations;
use testkit::db::{TestDb, fresh_libsql};
use tokio::sync::{Mutex, mpsc};

/// Longer than anything here takes on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// A simulated Discord with one guild, one member and one bot.
pub(crate) struct Stage {
    pub(crate) sim: Sim,
    pub(crate) bot: MadeApplication,
    pub(crate) guild: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) member: Snowflake,
    pub(crate) owner: Snowflake,
    pub(crate) db: TestDb,
}

/// A bot that runs, and what it took on.
pub(crate) struct Running {
    pub(crate) discord: Discord,
    taken: Mutex<mpsc::Receiver<(Incoming, Finished)>>,
}

#[derive(Debug)]
struct Taking(mpsc::Sender<(Incoming, Finished)>);

impl Inbox for Taking {
    fn accept(&self, incoming: Incoming, finished: Finished) -> Result<(), Overflow> {
        self.0.try_send((incoming, finished)).map_err(|_| Overflow)
    }
}

pub(crate) fn spec(name: &'static str, answer: AnswerKind) -> CommandSpec {
    CommandSpec {
        name,
        description: "Says something",
        kind: CommandKind::Slash,
        options: Vec::new(),
        access: Access::Everyone,
        answer,
    }
}

/// A command whose sub-command takes a number, and a text that is completed while it is typed.
fn case_spec() -> CommandSpec {
    let option = |name, kind, required| OptionSpec {
        name,
        description: "Something about a case",
        kind,
        required,
    };
    let number = OptionKind::Integer { min: 1, max: 1_000 };
    let text = OptionKind::Text {
        max_length: 100,
        autocomplete: Autocomplete::Offered,
        choices: Vec::new(),
    };
    let note = vec![option("number", number, true), option("text", text, false)];
    CommandSpec {
        options: vec![
            option("note", OptionKind::SubCommand(note), false),
            option("list", OptionKind::SubCommand(Vec::new()), false),
        ],
        ..spec("case", AnswerKind::Private)
    }
}

fn menu_spec(name: &'static str, kind: CommandKind) -> CommandSpec {
    CommandSpec {
        description: "",
        kind,
        ..spec(name, AnswerKind::Private)
    }
}

fn specs() -> Vec<CommandSpec> {
    vec![
        spec("daily", AnswerKind::Public),
        spec("balance", AnswerKind::Private),
        case_spec(),
        menu_spec("Why did the bot do this?", CommandKind::MessageMenu),
        menu_spec("Profile", CommandKind::UserMenu),
    ]
}

impl Stage {
    pub(crate) async fn set() -> Self {
        Self::set_with(SimConfig::default(), MakeApplication::default()).await
    }

    pub(crate) async fn set_with(config: SimConfig, make: MakeApplication) -> Self {
        let sim = Sim::start(config).await.unwrap();
        let control = sim.control();
        let user = |name: &str| MakeUser {
            username: name.to_owned(),
            ..MakeUser::default()
        };
        let owner = control.user(user("olga")).unwrap();
        let hall = MakeGuild {
            name: "Hall".to_owned(),
            owner,
            ..MakeGuild::default()
        };
        let guild = control.guild(hall).unwrap();
        let member = control.user(user("ada")).unwrap();
        control.join(guild, member).unwrap();
        let bot = control
            .application(MakeApplication {
                name: "Guildhall".to_owned(),
                ..make
            })
            .unwrap();
        control.install(guild, bot.id, 8).unwrap();
        let channel = control.general(guild).unwrap();
        Self {
            sim,
            bot,
            guild,
            channel,
            member,
            owner,
            db: fresh_libsql(&migrations()),
        }
    }

    pub(crate) fn control(&self) -> Control {
        self.sim.control()
    }

    pub(crate) fn counts(&self) -> GatewayCounts {
        self.control().gateway_counts_of(self.bot.id)
    }

    /// How often the gateway closed a connection with this code.
    pub(crate) fn closed_with(&self, code: u16) -> usize {
        let entries = self.control().gateway_entries(0, 5_000);
        let closed = |entry: &&sim::GatewayEntry| {
            entry.what == "CLOSE"
                && entry.detail["by_gateway"] == true
                && entry.detail["code"] == code
        };
        entries.iter().filter(closed).count()
    }

    pub(crate) async fn start(&self) -> Result<Running, StartError> {
        self.start_with(&self.bot.token, 1_000).await
    }

    pub(crate) async fn start_with(&self, token: &str, room: usize) -> Result<Running, StartError> {
        self.start_all(&[token], room).await
    }

    pub(crate) async fn start_all(
        &self,
        tokens: &[&str],
        room: usize,
    ) -> Result<Running, StartError> {
        let (sender, taken) = mpsc::channel(room);
        let (settings, needs) = (self.settings(tokens), self.needs());
        let discord =
            discord::connect(&settings, Arc::new(Taking(sender)), specs(), &needs).await?;
        Ok(Running {
            discord,
            taken: Mutex::new(taken),
        })
    }

    fn settings(&self, tokens: &[&str]) -> Settings {
        let secret = |token: &&str| SecretString::from((*token).to_owned());
        Settings {
            tokens: tokens.iter().map(secret).collect(),
            api_url: self.sim.api_url(),
            dashboard: None,
        }
    }

    fn needs(&self) -> Needs {
        Needs {
            database: self.db.database().clone(),
            clock: Arc::new(SystemClock),
            chance: Arc::new(SeededChance::new(11)),
        }
    }

    /// A bot that is told nothing by a gateway.
    pub(crate) fn prepared(&self) -> Discord {
        let settings = self.settings(&[&self.bot.token]);
        Discord::prepare(&settings, specs(), &self.needs()).unwrap()
    }

    /// Starts the bot and waits until it is live and its commands are registered.
    pub(crate) async fn live(&self) -> Running {
        let running = self.start().await.unwrap();
        running
            .until(|bot| bot.state == BotState::Live && bot.commands_registered)
            .await;
        running
    }

    pub(crate) fn invoke(&self, command: &str) -> Snowflake {
        let invoke = Invoke {
            channel: self.channel,
            user: self.member,
            command: command.to_owned(),
            ..Invoke::default()
        };
        self.control().invoke(&invoke).unwrap()
    }

    pub(crate) fn say(&self, content: &str) -> Snowflake {
        let say = Say {
            channel: self.channel,
            user: self.member,
            content: content.to_owned(),
            ..Say::default()
        };
        self.control().say(say).unwrap()
    }

    pub(crate) async fn outcome(&self, interaction: Snowflake, until: Until) -> Outcome {
        let control = self.control();
        control
            .await_outcome(interaction, until, SOON)
            .await
            .unwrap()
    }
}

pub(crate) fn migrations() -> Migrations {
    Migrations::part(&[store::MIGRATIONS, MIGRATIONS])
}

impl Running {
    /// Waits until the bot is as wished.
    pub(crate) async fn until(
        &self,
        wished: impl Fn(&discord::BotHealth) -> bool + Send + Sync,
    ) -> discord::BotHealth {
        let mut health = self.discord.health();
        let reached = health.wait_for(|health| health.bots.first().is_some_and(&wished));
        match tokio::time::timeout(SOON, reached).await {
            Ok(health) => health.unwrap().bots[0].clone(),
            Err(_) => panic!("it stays {:?}", self.discord.health().borrow()),
        }
    }

    pub(crate) async fn next(&self) -> (Incoming, Finished) {
        let mut taken = self.taken.lock().await;
        tokio::time::timeout(SOON, taken.recv())
            .await
            .expect("an event comes in")
            .unwrap()
    }

    /// The next interaction; other events are finished on the way.
    pub(crate) async fn invocation(&self) -> (Invocation, Finished) {
        loop {
            if let (Incoming::Invoked(invocation), finished) = self.next().await {
                return (*invocation, finished);
            }
        }
    }

    /// The next message; other events are finished on the way.
    pub(crate) async fn message(&self) -> (IncomingMessage, Finished) {
        loop {
            if let (Incoming::Wrote(message), finished) = self.next().await {
                return (*message, finished);
            }
        }
    }

    pub(crate) async fn says(
        &self,
        to: &Invocation,
        reply: Reply,
    ) -> Result<Delivered, DeliveryError> {
        self.answers(to, AnswerContent::Reply(reply)).await
    }

    pub(crate) async fn answers(
        &self,
        to: &Invocation,
        content: AnswerContent,
    ) -> Result<Delivered, DeliveryError> {
        let answer = InteractionAnswer {
            interaction: to.id,
            application: to.application,
            token: to.token.clone(),
            asker: to.asker.user,
            channel: to.channel,
            made_at_micros: to.made_at.micros(),
            explained: false,
            content,
        };
        self.discord
            .courier()
            .deliver(&Effect::Answer(answer))
            .await
    }
}
