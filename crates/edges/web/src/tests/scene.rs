//! A guild at the simulated Discord, the bot in it, and the pages over a database of their own.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use app::{
    App, Core, Entrance, Parts,
    installation::{
        Backup, BackupContent, Backups, Bot, Engine, Given, Installation, Part, PartState, Program,
        RecordCheck, RecordChecked, Schema, Setting, Storage,
    },
};
use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use chat::BoxFuture;
use discord::{Discord, Needs, Redirect, Settings, SignInSettings, sign_in};
use kernel::{GuildId, Id, SeededChance, Snowflakes, UserId};
use platform::{Keyring, MasterKey};
use secrecy::SecretString;
use sim::{
    Control, MadeApplication, MakeApplication, MakeGuild, MakeRole, MakeUser, MemberChange,
    RatePolicy, Say, Sim, SimConfig, Snowflake,
};
use testkit::{
    db::{TestDb, fresh_libsql},
    time::ManualClock,
};
use tower::ServiceExt;

use super::browser::{Browser, Page};
use crate::{Ailing, Hints, Site, Vitals, Web, dashboard_router};

/// Longer than anything here takes on a busy machine.
pub(super) const SOON: Duration = Duration::from_secs(30);
const MANAGE_GUILD: u64 = 1 << 5;
const MODERATE_MEMBERS: u64 = 1 << 40;

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Operator,
    Owner,
    Manager,
    Reader,
    Moderator,
    Member,
    FormerManager,
    ManagerElsewhere,
    Stranger,
}

pub(super) struct Scene {
    pub(super) clock: Arc<ManualClock>,
    pub(super) guild: Snowflake,
    pub(super) elsewhere: Snowflake,
    pub(super) app: Arc<App>,
    sim: Sim,
    chat: Router,
    people: Vec<(Who, Snowflake)>,
    roles: Vec<(Who, Snowflake)>,
    pages: Router,
    origin: String,
    prefix: String,
    discord: Discord,
    pub(super) vitals: Arc<Patient>,
    _db: TestDb,
}

/// A server whose parts are as a test has them.
#[derive(Debug, Default)]
pub(super) struct Patient(
    pub(super) Mutex<Vec<Ailing>>,
    pub(super) AtomicBool,
    pub(super) Mutex<Vec<Bot>>,
);

impl Vitals for Patient {
    fn ailing(&self) -> Vec<Ailing> {
        self.0.lock().unwrap().clone()
    }

    fn is_ending(&self) -> bool {
        self.1.load(Ordering::SeqCst)
    }
}

impl Installation for Patient {
    fn program(&self) -> Program {
        Program {
            version: "1.2.3".to_owned(),
            commit: Some("0123abc".to_owned()),
            started_at: "2026-11-20T08:00:00Z".parse().unwrap(),
            url: "http://guildhall.test".to_owned(),
            is_demo: false,
        }
    }

    fn settings(&self) -> Vec<Setting> {
        let setting = |name, given| Setting {
            name,
            meaning: "what it means",
            given,
            has_effect: true,
        };
        vec![
            setting("GUILDHALL_LOG", Given::Text("<b>info".to_owned())),
            setting("GUILDHALL_DISCORD_TOKEN", Given::Secret),
            setting("GUILDHALL_OTLP_ENDPOINT", Given::Nothing),
        ]
    }

    fn parts(&self) -> Vec<Part> {
        vec![Part {
            name: "models".to_owned(),
            state: PartState::Ready,
            reason: None,
            since: "2026-11-20T08:00:00Z".parse().unwrap(),
        }]
    }

    fn bots(&self) -> Vec<Bot> {
        self.2.lock().unwrap().clone()
    }

    fn invite(&self) -> Option<String> {
        let bots = self.2.lock().unwrap();
        let application = bots.first()?.application?;
        Some(format!(
            "https://discord.test/invite?client_id={application}"
        ))
    }

    fn storage(&self) -> BoxFuture<'_, Storage> {
        let backup = |name: &str, whole| Backup {
            name: name.to_owned(),
            at: "2026-11-20T03:30:00Z".parse().unwrap(),
            is_daily: true,
            bytes: 4_000_000,
            whole,
        };
        let content = BackupContent {
            version: "1.2.3".to_owned(),
            rows: 1_200,
            schema: 13,
        };
        let storage = Storage {
            engine: Engine::Embedded,
            place: Some("/data/<b>".to_owned()),
            bytes: Ok(12_000_000),
            schema: Ok(Schema {
                applied: Some((13, "review".to_owned())),
                known: 13,
                lacking: 0,
            }),
            backups: Backups {
                folder: "/data/backups".to_owned(),
                kept: Ok(vec![
                    backup("newer", Err("it is <cut> short".to_owned())),
                    backup("older", Ok(content)),
                ]),
                next_at: Some("2026-11-21T03:30:00Z".parse().unwrap()),
                age_max: kernel::Span::days(2),
                keep_days: 7,
            },
            record: RecordCheck {
                last: Some(RecordChecked {
                    at: "2026-11-20T08:10:00Z".parse().unwrap(),
                    guilds: 3,
                    entries: 1_204,
                    breaks: 2,
                    first: Some("guild 7 place 3: <gap>".to_owned()),
                }),
                failed: None,
                next_at: Some("2026-11-21T08:10:00Z".parse().unwrap()),
            },
        };
        Box::pin(async { storage })
    }
}

/// A simulated Discord that counts no requests.
async fn quiet_discord() -> Sim {
    let rates = RatePolicy {
        enforced: false,
        ..RatePolicy::default()
    };
    let config = SimConfig {
        rates,
        ..SimConfig::default()
    };
    Sim::start(config).await.unwrap()
}

fn application(db: &TestDb, clock: &Arc<ManualClock>, chance: &Arc<SeededChance>) -> Arc<App> {
    let ids = Arc::new(Snowflakes::new(clock.clone(), 1));
    let keyring = Arc::new(Keyring::new(MasterKey::new(&[7; 32])));
    let database = db.database().clone();
    let (chance, entropy) = (chance.clone(), chance.clone());
    let parts = Parts::new(database, clock.clone(), ids, chance, entropy, keyring);
    let core = Core::new(parts, app::words().unwrap());
    App::start(core, audit::Signer::of_seed(&[7; 32]))
}

/// The way in by the simulated Discord.
fn entrance(sim: &Sim, bot: &MadeApplication, back: String, operator: UserId) -> Entrance {
    let settings = SignInSettings {
        api_url: sim.api_url(),
        client_id: bot.id.to_string().parse().unwrap(),
        client_secret: SecretString::from(bot.client_secret.clone()),
        redirect: Redirect { there: None, back },
    };
    Entrance {
        sign_in: Some(sign_in(settings).unwrap()),
        operators: HashSet::from([operator]),
    }
}

impl Scene {
    pub(super) async fn set() -> Self {
        Self::set_at("http://guildhall.test").await
    }

    /// The same under another address, behind a proxy at 10.0.0.1.
    pub(super) async fn set_at(url: &str) -> Self {
        let proxy = crate::Network {
            address: [10, 0, 0, 1].into(),
            prefix: 32,
        };
        let site = Site::at(url, vec![proxy]);
        let back = site.address("/auth/callback");
        let sim = quiet_discord().await;
        let control = sim.control();
        let bot = control
            .application(MakeApplication {
                name: "Guildhall".to_owned(),
                redirect_uris: vec![back.clone()],
                ..MakeApplication::default()
            })
            .unwrap();
        let town = Town::build(&control, &bot);
        let db = fresh_libsql(&app::catalogue(&[discord::MIGRATIONS]).unwrap());
        let clock = Arc::new(ManualClock::at("2026-11-20T10:00:00Z"));
        let chance = Arc::new(SeededChance::new(5));
        let app = application(&db, &clock, &chance);
        let needs = Needs {
            database: db.database().clone(),
            clock: clock.clone(),
            chance: chance.clone(),
        };
        let settings = Settings {
            tokens: vec![SecretString::from(bot.token.clone())],
            api_url: sim.api_url(),
            dashboard: None,
        };
        let discord = Discord::prepare(&settings, Vec::new(), &needs).unwrap();
        app.deliver_through(discord.courier());
        app.core().look_up_in(discord.directory());
        let operator = user(town.of(Who::Operator));
        app.core()
            .let_in_through(entrance(&sim, &bot, back, operator));
        discord.start(app.clone()).await.unwrap();
        let vitals = Arc::new(Patient::default());
        let core = app.core().clone();
        let facts: (Arc<dyn Vitals>, Arc<dyn Installation>) = (vitals.clone(), vitals.clone());
        let web = Web::new(core, site.clone(), chance, facts, Hints::Ignored);
        let web = web
            .hurried()
            .describing(serde_json::json!({"info": {"version": "1"}}));
        let scene = Self {
            clock,
            guild: town.guild,
            elsewhere: town.elsewhere,
            chat: sim.chat("/chat"),
            sim,
            people: town.people,
            roles: town.roles,
            pages: dashboard_router(&web),
            origin: site.origin().to_owned(),
            prefix: site.prefix().to_owned(),
            discord,
            app,
            vitals,
            _db: db,
        };
        scene.be_known().await;
        scene
    }

    async fn be_known(&self) {
        let guilds = self.app.core().guilds();
        until(|| guilds.has(guild(self.guild)) && guilds.has(guild(self.elsewhere))).await;
        self.configure(serde_json::json!({})).await;
    }

    /// Puts a document in force, in which the readers are readers.
    pub(super) async fn configure(&self, mut document: serde_json::Value) {
        let readers = [self.role(Who::Reader).to_string()];
        document["dashboard"] = serde_json::json!({ "reader_role_ids": readers });
        let core = self.app.core();
        let cause = kernel::Cause::new(kernel::CauseKind::Api, core.ids().next());
        let op = core.admission().token(guild(self.guild), "operator", cause);
        let command = app::flows::configure::Configure {
            document,
            note: String::new(),
            base_revision: None,
        };
        app::flows::configure::configure(core, op, command)
            .await
            .unwrap();
    }

    pub(super) fn control(&self) -> Control {
        self.sim.control()
    }

    pub(super) fn of(&self, who: Who) -> Snowflake {
        of(&self.people, who)
    }

    pub(super) fn role(&self, who: Who) -> Snowflake {
        of(&self.roles, who)
    }

    /// Has somebody write in the guild.
    pub(super) fn say(&self, who: Who, words: &str) {
        let control = self.control();
        let say = Say {
            channel: control.general(self.guild).unwrap(),
            user: self.of(who),
            content: words.to_owned(),
            ..Say::default()
        };
        control.say(say).unwrap();
    }

    /// Gives somebody these roles, and no others.
    pub(super) fn give_roles(&self, who: Who, roles: &[Snowflake]) {
        let change = MemberChange {
            guild: self.guild,
            user: self.of(who),
            roles: Some(roles.to_vec()),
            ..MemberChange::default()
        };
        self.control().member_change(change).unwrap();
    }

    /// A browser that nobody has used.
    pub(super) fn browser(&self) -> Browser {
        Browser::new(self.pages.clone(), &self.origin, &self.prefix)
    }

    /// A browser in which somebody is signed in.
    pub(super) async fn signed_in(&self, who: Who) -> Browser {
        let mut browser = self.browser();
        let page = self.sign_in(&mut browser, who, "").await;
        assert_eq!(page.status, 303, "{}", page.body);
        browser
    }

    /// Signs somebody in; gives the answer to the way back.
    pub(super) async fn sign_in(&self, browser: &mut Browser, who: Who, query: &str) -> Page {
        let there = browser.leave_for_discord(query).await;
        let back = self.at_discord(&there, who).await;
        let path = browser.path_of(&back);
        browser
            .get_with(&path, &[("sec-fetch-site", "cross-site")])
            .await
    }

    /// Goes to Discord's page as somebody, and gives where Discord sends the browser.
    pub(super) async fn at_discord(&self, there: &str, who: Who) -> String {
        let base = self.sim.api_url().replace("/api", "");
        let path = there.strip_prefix(&base).unwrap();
        let path = format!("{path}&login_hint={}", self.of(who));
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = self.chat.clone().oneshot(request).await.unwrap();
        let location = answer.headers()[header::LOCATION].to_str();
        location.unwrap().to_owned()
    }

    /// The page of the guild.
    pub(super) fn place(&self) -> String {
        format!("/dashboard/guilds/{}", self.guild)
    }

    /// Loads a page again and again until it says something.
    pub(super) async fn until_said(&self, browser: &mut Browser, path: &str, words: &str) {
        let reached = async {
            while !browser.get(path).await.body.contains(words) {
                tokio::task::yield_now().await;
            }
        };
        let reached = tokio::time::timeout(SOON, reached).await;
        assert!(reached.is_ok(), "{}", browser.get(path).await.body);
    }

    pub(super) async fn end(self) {
        self.discord.shutdown().await;
        self.app.drain(kernel::Span::seconds(5)).await;
    }
}

pub(super) fn guild(id: Snowflake) -> GuildId {
    Id::new(id.0).unwrap()
}

pub(super) fn user(id: Snowflake) -> UserId {
    Id::new(id.0).unwrap()
}

fn of(list: &[(Who, Snowflake)], who: Who) -> Snowflake {
    let found = list.iter().find(|(known, _)| *known == who);
    found.unwrap().1
}

async fn until(wished: impl Fn() -> bool + Send + Sync) {
    let reached = async {
        while !wished() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, reached).await.unwrap();
}

/// A guild with the bot in it.
fn hall(control: &Control, bot: &MadeApplication, name: &str, owner: Snowflake) -> Snowflake {
    let make = MakeGuild {
        name: name.to_owned(),
        owner,
        ..MakeGuild::default()
    };
    let guild = control.guild(make).unwrap();
    control.install(guild, bot.id, 8).unwrap();
    guild
}

/// Two guilds with the bot in both, and somebody of each standing.
struct Town {
    guild: Snowflake,
    elsewhere: Snowflake,
    people: Vec<(Who, Snowflake)>,
    roles: Vec<(Who, Snowflake)>,
}

impl Town {
    fn build(control: &Control, bot: &MadeApplication) -> Self {
        let person = |name: &str| {
            let make = MakeUser {
                username: name.to_owned(),
                ..MakeUser::default()
            };
            control.user(make).unwrap()
        };
        let people = vec![
            (Who::Operator, person("otto")),
            (Who::Owner, person("olga")),
            (Who::Manager, person("mia")),
            (Who::Reader, person("rosa")),
            (Who::Moderator, person("moe")),
            (Who::Member, person("<script>ada</script>")),
            (Who::FormerManager, person("fred")),
            (Who::ManagerElsewhere, person("eve")),
            (Who::Stranger, person("sam")),
        ];
        let guild = hall(control, bot, "Hall <b>&", of(&people, Who::Owner));
        let eve = of(&people, Who::ManagerElsewhere);
        let elsewhere = hall(control, bot, "Elsewhere", eve);
        let role = |name: &str, permissions| {
            let make = MakeRole {
                guild,
                name: name.to_owned(),
                permissions,
                ..MakeRole::default()
            };
            control.role(make).unwrap()
        };
        let roles = vec![
            (Who::Manager, role("managers", MANAGE_GUILD)),
            (Who::Moderator, role("moderators", MODERATE_MEMBERS)),
            (Who::Reader, role("readers", 0)),
        ];
        let give = |who, roles: &[Snowflake]| {
            let change = MemberChange {
                guild,
                user: of(&people, who),
                roles: Some(roles.to_vec()),
                ..MemberChange::default()
            };
            control.member_change(change).unwrap();
        };
        for who in [
            Who::Manager,
            Who::Reader,
            Who::Moderator,
            Who::Member,
            Who::FormerManager,
        ] {
            control.join(guild, of(&people, who)).unwrap();
        }
        for (who, role) in &roles {
            give(*who, &[*role]);
        }
        give(Who::FormerManager, &[of(&roles, Who::Manager)]);
        give(Who::FormerManager, &[]);
        Self {
            guild,
            elsewhere,
            people,
            roles,
        }
    }

    fn of(&self, who: Who) -> Snowflake {
        of(&self.people, who)
    }
}
