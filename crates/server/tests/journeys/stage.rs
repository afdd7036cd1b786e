//! A simulated Discord with a guild and some members, and the whole product behind its bot.

use std::{sync::Arc, time::Duration};

use ai::{Models, Prices};
use app::{App, Core, Parts, Tripwire, flows::configure};
use discord::{Discord, Needs, Settings};
use kernel::{Clock, IdSource, SeededChance, Snowflakes, Span, SystemClock, UserId};
use platform::{Keyring, MasterKey};
use secrecy::SecretString;
use serde_json::{Map, Value};
use sim::{
    Control, Invoke, MadeApplication, MakeApplication, MakeGuild, MakeUser, Outcome, Press, Say,
    Sim, SimConfig, Snowflake, Until,
};
use store::{DbError, Migrations, Tx};
use testkit::db::TestDb;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Longer than anything here takes on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// What the bot's invitation asks for, as Discord's bits: nothing here takes more.
pub(crate) const INVITED: u64 = 1_374_725_205_078;

pub(crate) struct Stage {
    pub(crate) sim: Sim,
    pub(crate) bot: MadeApplication,
    pub(crate) guild: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) owner: Snowflake,
    pub(crate) ada: Snowflake,
    pub(crate) bob: Snowflake,
    pub(crate) db: TestDb,
}

/// The product, as one process runs it.
pub(crate) struct Running {
    pub(crate) app: Arc<App>,
    discord: Discord,
    pub(crate) tripwire: Tripwire,
}

pub(crate) fn migrations() -> Migrations {
    app::catalogue(&[discord::MIGRATIONS]).unwrap()
}

impl Stage {
    pub(crate) async fn set() -> Self {
        Self::set_over(testkit::db::fresh_libsql(&migrations())).await
    }

    pub(crate) async fn set_over(db: TestDb) -> Self {
        let sim = Sim::start(SimConfig::default()).await.unwrap();
        let control = sim.control();
        let user = |name: &str| {
            let make = MakeUser {
                username: name.to_owned(),
                ..MakeUser::default()
            };
            control.user(make).unwrap()
        };
        let (owner, ada, bob) = (user("olga"), user("ada"), user("bob"));
        let hall = MakeGuild {
            name: "Hall".to_owned(),
            owner,
            ..MakeGuild::default()
        };
        let guild = control.guild(hall).unwrap();
        control.join(guild, ada).unwrap();
        control.join(guild, bob).unwrap();
        let make = MakeApplication {
            name: "Guildhall".to_owned(),
            ..MakeApplication::default()
        };
        let bot = control.application(make).unwrap();
        control.install(guild, bot.id, INVITED).unwrap();
        let channel = control.general(guild).unwrap();
        Self {
            sim,
            bot,
            guild,
            channel,
            owner,
            ada,
            bob,
            db,
        }
    }

    pub(crate) fn control(&self) -> Control {
        self.sim.control()
    }

    /// Starts the product, with the built-in model, and waits until it is ready.
    pub(crate) async fn run(&self) -> Running {
        self.run_with(Arc::new(ai::BuiltIn), Prices::listed()).await
    }

    /// Starts the product with these models, which are given little time.
    pub(crate) async fn run_with(&self, models: Arc<dyn Models>, prices: Prices) -> Running {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ids: Arc<dyn IdSource> = Arc::new(Snowflakes::new(clock.clone(), 1));
        let chance = Arc::new(SeededChance::new(7));
        let tripwire = Tripwire::default();
        let parts = Parts {
            tripwire: tripwire.clone(),
            models,
            prices: Arc::new(prices),
            answer_within: Span::millis(2_000),
            ..Parts::new(
                self.db.database().clone(),
                clock.clone(),
                ids,
                chance.clone(),
                chance.clone(),
                Arc::new(Keyring::new(MasterKey::new(&[7; 32]))),
            )
        };
        let core = Core::new(parts, app::words().unwrap());
        let app = App::start(core, audit::Signer::of_seed(&[7; 32]));
        let settings = Settings {
            tokens: vec![SecretString::from(self.bot.token.clone())],
            api_url: self.sim.api_url(),
            dashboard: Some("https://guildhall.example.org".to_owned()),
        };
        let needs = Needs {
            database: self.db.database().clone(),
            clock,
            chance,
        };
        let discord = Discord::prepare(&settings, app::command_specs(), &needs).unwrap();
        app.deliver_through(discord.courier());
        app.core().look_up_in(discord.directory());
        discord.start(app.clone()).await.unwrap();
        let mut health = discord.health();
        let ready = health.wait_for(|health| {
            health
                .bots
                .iter()
                .all(|bot| bot.was_ready && bot.commands_registered)
        });
        tokio::time::timeout(SOON, ready).await.unwrap().unwrap();
        Running {
            app,
            discord,
            tripwire,
        }
    }

    /// Puts a document in force.
    pub(crate) async fn configure(&self, running: &Running, document: Value) {
        let guild: kernel::GuildId = self.guild.to_string().parse().unwrap();
        let core = running.app.core();
        let cause = kernel::Cause::new(kernel::CauseKind::Api, core.ids().next());
        let op = core.admission().token(guild, "operator", cause);
        let command = configure::Configure {
            document,
            note: "set the stage".to_owned(),
            base_revision: None,
        };
        configure::configure(core, op, command).await.unwrap();
    }

    /// What lies at an address of the simulated Discord.
    pub(crate) async fn fetch(&self, url: &str) -> String {
        String::from_utf8(self.fetch_bytes(url).await).unwrap()
    }

    /// The bytes that lie at an address of the simulated Discord.
    pub(crate) async fn fetch_bytes(&self, url: &str) -> Vec<u8> {
        let address = self.sim.addr().to_string();
        let (_, path) = url.split_once(&address).unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let body = answer.split_off(end.unwrap() + 4);
        let head = String::from_utf8(answer).unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{url}: {head}");
        body
    }

    /// Has somebody write in the channel.
    pub(crate) fn say(&self, user: Snowflake, words: &str) -> Snowflake {
        let say = Say {
            channel: self.channel,
            user,
            content: words.to_owned(),
            ..Say::default()
        };
        self.control().say(say).unwrap()
    }

    /// Has somebody mention the bot.
    pub(crate) fn mention(&self, user: Snowflake, words: &str) -> Snowflake {
        self.mention_in(self.channel, user, words)
    }

    /// The same in another channel.
    pub(crate) fn mention_in(&self, channel: Snowflake, user: Snowflake, words: &str) -> Snowflake {
        let say = Say {
            channel,
            user,
            content: format!("<@{}> {words}", self.bot.id),
            ..Say::default()
        };
        self.control().say(say).unwrap()
    }

    /// The channel's latest messages as a member sees them, once they are as they should be.
    pub(crate) async fn until<T>(&self, found: impl Fn(&[Value]) -> Option<T> + Send + Sync) -> T {
        self.until_in(self.channel, found).await
    }

    /// The same in another channel. Looks again after each event that a member would be told.
    pub(crate) async fn until_in<T>(
        &self,
        channel: Snowflake,
        found: impl Fn(&[Value]) -> Option<T> + Send + Sync,
    ) -> T {
        let control = self.control();
        let mut eyes = control.watch(self.bob, 1_000);
        let seen = async {
            loop {
                let messages = control.view(channel, self.bob, 100).unwrap();
                if let Some(found) = found(&messages) {
                    return found;
                }
                eyes.next().await.unwrap();
            }
        };
        let seen = tokio::time::timeout(SOON, seen).await;
        seen.unwrap_or_else(|_| {
            let messages = self.control().view(channel, self.bob, 100).unwrap();
            panic!("the channel does not become as it should be: {messages:#?}")
        })
    }

    /// The message of the bot that replies to this one.
    pub(crate) async fn reply_to(&self, asked: Snowflake) -> Value {
        self.reply_in(self.channel, asked).await
    }

    /// The same in another channel.
    pub(crate) async fn reply_in(&self, channel: Snowflake, asked: Snowflake) -> Value {
        let replies =
            |message: &&Value| message["message_reference"]["message_id"] == asked.to_string();
        self.until_in(channel, |messages| messages.iter().find(replies).cloned())
            .await
    }

    /// Has a member run a command, and gives what came of it.
    pub(crate) async fn ask(
        &self,
        user: Snowflake,
        command: &str,
        options: &[(&str, Value)],
    ) -> Outcome {
        let interaction = self.invoke(user, command, options);
        self.outcome(interaction).await
    }

    pub(crate) fn invoke(
        &self,
        user: Snowflake,
        command: &str,
        options: &[(&str, Value)],
    ) -> Snowflake {
        let options: Map<String, Value> = options
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        let invoke = Invoke {
            channel: self.channel,
            user,
            command: command.to_owned(),
            options,
            ..Invoke::default()
        };
        self.control().invoke(&invoke).unwrap()
    }

    /// What the member sees in the end. A public placeholder that is followed by a private refusal goes first, so
    /// for a moment there may be nothing.
    pub(crate) async fn outcome(&self, interaction: Snowflake) -> Outcome {
        let control = self.control();
        let seen = async {
            loop {
                let outcome = control
                    .await_outcome(interaction, Until::Settled, SOON)
                    .await
                    .unwrap();
                let shown = outcome.message.is_some() || !outcome.followups.is_empty();
                if shown || outcome.failed || outcome.choices.is_some() {
                    return outcome;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(SOON, seen).await.unwrap()
    }

    /// Has a member press the button with this label on an earlier answer.
    pub(crate) async fn press(&self, user: Snowflake, seen: &Outcome, label: &str) -> Outcome {
        let message = seen.message.as_ref().unwrap();
        let rows = message["components"].as_array().unwrap();
        let buttons = rows
            .iter()
            .flat_map(|row| row["components"].as_array().unwrap());
        let button = buttons.clone().find(|button| button["label"] == label);
        let custom_id = button.unwrap()["custom_id"].as_str().unwrap().to_owned();
        let press = Press {
            channel: self.channel,
            message: message["id"].as_str().unwrap().parse().unwrap(),
            user,
            custom_id,
            values: Vec::new(),
        };
        let interaction = self.control().press(&press).unwrap();
        self.outcome(interaction).await
    }

    pub(crate) async fn balance(&self, user: Snowflake) -> i64 {
        let guild = self.guild.to_string().parse().unwrap();
        let user: UserId = user.to_string().parse().unwrap();
        let read = move |tx: &mut Tx<'_>| economy::account(tx, guild, user, SystemClock.now());
        let view: Result<_, DbError> = self.db.database().read("test", read).await;
        view.unwrap().balance.get()
    }

    /// What was decided with this action, newest first, as the record has it.
    pub(crate) async fn decisions(&self, action: &str) -> Vec<Value> {
        let guild = self.guild.to_string().parse().unwrap();
        let filter = audit::Filter {
            action: Some(action.to_owned()),
            ..audit::Filter::default()
        };
        let search = move |tx: &mut Tx<'_>| audit::search(tx, guild, &filter, None, 50);
        let found: Result<_, DbError> = self.db.database().read("test", search).await;
        found
            .unwrap()
            .entries
            .iter()
            .map(audit::json::entry)
            .collect()
    }

    /// Waits until the database answers again.
    pub(crate) async fn wait_for_the_database(&self) {
        let answers = async {
            loop {
                let read: Result<_, DbError> = self
                    .db
                    .database()
                    .write("test", store::owed::owed_count)
                    .await;
                if read.is_ok() {
                    return;
                }
            }
        };
        tokio::time::timeout(SOON, answers).await.unwrap();
    }

    /// The books balance, whatever happened.
    pub(crate) async fn check_the_books(&self) {
        let verified: Result<_, DbError> = self.db.database().read("test", economy::verify).await;
        let verified = verified.unwrap();
        assert!(verified.is_ok(), "{:?}", verified.mismatches);
    }
}

impl Running {
    /// Ends it as a stop does: nothing new, finish what came, store the session.
    pub(crate) async fn stop(self) {
        self.discord.stop_intake().await;
        assert!(
            self.app.drain(Span::seconds(15)).await,
            "the application did not finish"
        );
        self.discord.shutdown().await;
    }
}

/// Whether only the asker sees the answer.
pub(crate) fn is_private(outcome: &Outcome) -> bool {
    let Some(followup) = outcome
        .followups
        .first()
        .filter(|_| outcome.message.is_none())
    else {
        return outcome.ephemeral;
    };
    followup["flags"].as_u64().unwrap_or(0) & 64 != 0
}

/// All that a member reads of an answer.
pub(crate) fn text(outcome: &Outcome) -> String {
    let Some(message) = outcome.message.as_ref().or(outcome.followups.first()) else {
        return String::new();
    };
    let embed = &message["embeds"][0];
    let part = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!(
        "{} {} {}",
        part(&message["content"]),
        part(&embed["title"]),
        part(&embed["description"])
    )
}
