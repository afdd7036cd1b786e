//! Every page over both engines, and what stands behind each.

use store::{Database, Engine};
use testkit::{
    db::{TestDb, fresh_libsql, fresh_postgres},
    plans::growing,
};

use super::{
    asks::{self, Ask},
    cookies::Cookies,
    indoors::Indoors,
    seed::Seeding,
    town::{Size, Town},
};
use crate::scene::Scene;

/// Steps of a statement look at no more rows than this: a page of a list, with what belongs to each of its lines.
const ROWS_MAX: u64 = 450;

/// Statements that look at more, and why that does not grow with the guild; and at how many at most.
const BOUNDED: [(&str, &str, u64); 9] = [
    (
        "economy.record_search",
        "a bounded window of the journal",
        5_001,
    ),
    (
        "economy.window_end",
        "a bounded window of the journal",
        5_001,
    ),
    (
        "economy.flow_list",
        "slots of a quarter of an hour, over 31 days at most",
        50_000,
    ),
    (
        "audit.tally_list",
        "slots of a quarter of an hour, over 31 days at most",
        50_000,
    ),
    (
        "audit.hit_list",
        "rules and hours, over 31 days at most",
        50_000,
    ),
    (
        "memory.member_list",
        "what is remembered of one member, which is capped",
        500,
    ),
    ("moderation.case_search", "a bounded window of cases", 5_001),
    (
        "moderation.case_search_user",
        "a bounded window of cases",
        5_001,
    ),
    (
        "audit.tally_unlinked_list",
        "what no chain holds yet: of the last second",
        ROWS_MAX,
    ),
];

/// What a plan of the embedded engine may hold all the same.
const EXCUSED: [(&str, &str); 8] = [
    (
        "platform.token_list_of_guild",
        "a guild has fifty tokens at most",
    ),
    (
        "audit.tally_unlinked_list",
        "`audit_unsealed` holds what was recorded in the last second",
    ),
    (
        "memory.member_list",
        "what is remembered of one member is capped, and sorted",
    ),
    (
        "ai.model_list_all",
        "models and days of a month, of all guilds together",
    ),
    (
        "audit.unsealed_count",
        "counts up to a limit, and then says that there are more",
    ),
    (
        "economy.repair_list",
        "the latest few, along the index of their time",
    ),
    ("audit.signature_last", "takes the last row by its place"),
    ("platform.guild_list", "a page of guilds, by their id"),
];

/// A small guild in a database, with its pages.
struct Hall {
    indoors: Indoors,
    asks: Vec<Ask>,
    database: Database,
    // What the rest stands on.
    _scene: Scene,
    _db: TestDb,
}

impl Hall {
    async fn open(db: TestDb) -> Self {
        let scene = Scene::open(11, Size::SMALL.members - 1).await.unwrap();
        let town = Town::of(&scene).unwrap();
        let database = db.database().clone();
        let seeding = Seeding::new(town.clone(), Size::SMALL, 11);
        let anchors = seeding.fill(&database, &mut |_: &str| {}).await.unwrap();
        let cookies = Cookies::of(&database, &town, 11).await.unwrap();
        let indoors = Indoors::open(&database, &scene, &town, &cookies)
            .await
            .unwrap();
        let asks = asks::all(&indoors, town.guild, &anchors).await.unwrap();
        // Plans follow from what an engine knows of its tables; the embedded one asks for nothing.
        if database.engine() == Engine::Postgres {
            let analyze = |tx: &mut store::Tx<'_>| tx.script("ANALYZE");
            database
                .write::<_, store::DbError, _>("analyze", analyze)
                .await
                .unwrap();
        }
        Self {
            indoors,
            asks,
            database,
            _scene: scene,
            _db: db,
        }
    }
}

fn fresh(engine: Engine) -> TestDb {
    let migrations = app::catalogue(&[discord::MIGRATIONS]).unwrap();
    match engine {
        Engine::Libsql => fresh_libsql(&migrations),
        Engine::Postgres => fresh_postgres(&migrations),
    }
}

/// Each statement behind every page, once, has a plan whose work does not grow with the guild.
async fn no_page_walks_through_a_table(engine: Engine) {
    let hall = Hall::open(fresh(engine)).await;
    let (mut seen, mut found) = (Vec::new(), Vec::new());
    for ask in &hall.asks {
        for ran in hall.indoors.behind(&ask.path).await.unwrap() {
            let is_read = ran.text.starts_with("SELECT") || ran.text.starts_with("WITH");
            if !is_read || seen.contains(&ran.text) {
                continue;
            }
            seen.push(ran.text);
            let is_excused =
                engine == Engine::Libsql && EXCUSED.iter().any(|(name, _)| *name == ran.name);
            if !is_excused {
                let bounded = BOUNDED.iter().find(|(name, ..)| *name == ran.name);
                let rows_max = bounded.map_or(ROWS_MAX, |(_, _, rows)| *rows);
                found.extend(growing(&hall.database, &ran, rows_max));
            }
        }
    }
    hall.indoors.close().await;
    println!("{} pages, {} statements", hall.asks.len(), seen.len());
    assert!(
        hall.asks.len() >= 43 && seen.len() >= 50,
        "{} {}",
        hall.asks.len(),
        seen.len()
    );
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_walks_through_a_table_of_the_embedded_engine() {
    no_page_walks_through_a_table(Engine::Libsql).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_walks_through_a_table_of_postgresql() {
    no_page_walks_through_a_table(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_guild_is_filled_with_is_sound() {
    let hall = Hall::open(fresh(Engine::Libsql)).await;
    let books = hall
        .database
        .read::<_, store::DbError, _>("verify", economy::verify)
        .await
        .unwrap();
    assert!(books.is_ok(), "{books:?}");
    assert_eq!(books.transfers, u64::from(Size::SMALL.transfers));
    assert_eq!(books.accounts, u64::from(Size::SMALL.members) + 3);
    let deep: Vec<&str> = hall
        .asks
        .iter()
        .filter(|ask| !ask.is_first)
        .map(|ask| ask.name.as_str())
        .collect();
    for name in [
        "/economy/transfers, older",
        "/why, older",
        "/moderation, older",
        "/memory, older",
        "overview, 30 days",
    ] {
        assert!(deep.contains(&name), "{name} is missing in {deep:?}");
    }
    hall.indoors.close().await;
}
