//! A server over a filled database, and what is seen of it.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use kernel::Stopwatch;
use store::Database;
use store_libsql::{LibsqlStore, Options as LibsqlOptions};
use store_postgres::{Options as PostgresOptions, PostgresStore};

use super::{
    asks::{self, Ask},
    cookies::Cookies,
    indoors::Indoors,
    seed::Seeding,
    town::{Anchors, Size, Town},
    visitor::Visitor,
};
use crate::{
    process::{Server, Settings},
    scene::Scene,
    servers::blocking,
};

/// What is loaded first by whoever visits.
const FRONT: &str = "overview";
/// The parts of the product that check what was filled in.
const CHECKS: [&str; 2] = ["ledger", "audit"];

/// What is to be visited, and how often.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The program `guildhall`.
    pub program: PathBuf,
    /// An empty PostgreSQL database, or nothing for the embedded engine.
    pub database: Option<String>,
    /// How large the guild is.
    pub size: Size,
    /// How often each page is asked for.
    pub times: u32,
    /// What is in the guild follows from this number.
    pub seed: u64,
}

/// What was seen.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The pages.
    pub pages: Vec<PageSeen>,
    /// Bytes of a first visit with all files, compressed.
    pub first_visit: usize,
    /// How long filling the database took.
    pub filled: Duration,
    /// What the guild holds, in words.
    pub holds: String,
    /// What the program's own checks say of it, where they find fault.
    pub wrong: Vec<String>,
}

/// What a page costs.
#[derive(Debug, Clone)]
pub struct PageSeen {
    /// What it is called.
    pub name: String,
    /// Whether it is what one sees first, and no later part of a list.
    pub is_first: bool,
    /// Half of the answers took no longer.
    pub p50: Duration,
    /// Ninety-five of a hundred took no longer.
    pub p95: Duration,
    /// Bytes of the page.
    pub raw: usize,
    /// Bytes that went over the socket.
    pub compressed: usize,
    /// Statements that it asks the database.
    pub statements: usize,
}

/// Fills a database, visits every page, and checks.
///
/// # Errors
/// When a server can't be started, the database can't be filled, or a page does not answer.
pub async fn visit(asked: Visit, progress: &mut impl FnMut(&str)) -> Result<Seen> {
    let folder = tempfile::tempdir()?;
    let scene = Scene::open(asked.seed, asked.size.members.saturating_sub(1)).await?;
    let town = Town::of(&scene)?;
    let settings = Settings {
        database: asked.database.clone(),
        operator: Some(town.operator),
        ..scene.settings(&asked.program, folder.path(), &scene.bot)
    };
    // The first start makes the tables and the keys.
    Server::start(&settings).await?.stop().await?;
    let watch = Stopwatch::start();
    let (anchors, cookies) = filled(&asked, &town, folder.path(), progress).await?;
    let filled = watch.elapsed();
    let outdoors = outdoors(&asked, &settings, &town, &anchors, &cookies, progress).await?;
    progress("page: what stands behind each page");
    let database = open(&asked, folder.path())?;
    let indoors = Indoors::open(&database, &scene, &town, &cookies).await?;
    let mut pages = Vec::new();
    for (ask, mut page) in outdoors.pages {
        page.statements = indoors.behind(&ask.path).await?.len();
        pages.push(page);
    }
    indoors.close().await;
    close(database).await?;
    progress("page: checking the books and the record");
    Ok(Seen {
        pages,
        first_visit: outdoors.first_visit,
        filled,
        holds: held(asked.size),
        wrong: wrong(&settings)?,
    })
}

fn open(asked: &Visit, folder: &Path) -> Result<Database> {
    Ok(match &asked.database {
        None => {
            LibsqlStore::open(&folder.join("guildhall.db"), LibsqlOptions::default())?.database()
        }
        Some(url) => PostgresStore::connect(url, &PostgresOptions::default())?.database(),
    })
}

async fn close(database: Database) -> Result<()> {
    blocking(move || {
        database.close();
        Ok(())
    })
    .await
}

/// Fills the database and opens the sessions.
async fn filled(
    asked: &Visit,
    town: &Town,
    folder: &Path,
    progress: &mut impl FnMut(&str),
) -> Result<(Anchors, Cookies)> {
    let database = open(asked, folder)?;
    let seeding = Seeding::new(town.clone(), asked.size, asked.seed);
    let anchors = seeding.fill(&database, progress).await?;
    let cookies = Cookies::of(&database, town, asked.seed).await?;
    close(database).await?;
    Ok((anchors, cookies))
}

/// What is seen over the socket.
struct Outdoors {
    pages: Vec<(Ask, PageSeen)>,
    first_visit: usize,
}

async fn outdoors(
    asked: &Visit,
    settings: &Settings,
    town: &Town,
    anchors: &Anchors,
    cookies: &Cookies,
    progress: &mut impl FnMut(&str),
) -> Result<Outdoors> {
    let mut server = Server::start(settings).await?;
    server.ready().await?;
    let visitor = Visitor {
        address: server.pages(settings).await?,
        cookies: cookies.clone(),
    };
    let asks = asks::all(&visitor, town.guild, anchors).await?;
    progress(&format!(
        "page: {} pages, {} times each",
        asks.len(),
        asked.times
    ));
    let mut pages = Vec::new();
    for ask in asks {
        let cost = visitor.measure(&ask, asked.times).await?;
        let page = PageSeen {
            name: ask.name.clone(),
            is_first: ask.is_first,
            p50: cost.p50,
            p95: cost.p95,
            raw: cost.raw,
            compressed: cost.compressed,
            statements: 0,
        };
        pages.push((ask, page));
    }
    let front = pages.iter().find(|(ask, _)| ask.name == FRONT);
    let (front, _) = front.context("the dashboard has an overview")?;
    let first_visit = visitor.first_visit(&front.path).await?;
    server.stop().await?;
    Ok(Outdoors { pages, first_visit })
}

fn held(size: Size) -> String {
    let Size {
        members,
        transfers,
        entries,
        cases,
        facts,
        revisions,
        letters,
    } = size;
    format!(
        "{members} members, {transfers} transfers, {entries} decisions, {cases} cases, {facts} facts, {revisions} revisions, {letters} jobs and as many effects that failed"
    )
}

/// Has the program check the books and the record; gives what it says where it finds fault.
fn wrong(settings: &Settings) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for part in CHECKS {
        let said = settings.command(&[part, "verify", "--json"]).output()?;
        let words = String::from_utf8_lossy(&said.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&said.stderr);
        ensure!(
            !words.is_empty(),
            "`guildhall {part} verify` said nothing: {complaint}"
        );
        if !said.status.success() {
            wrong.push(format!("`guildhall {part} verify`: {words}"));
        }
    }
    Ok(wrong)
}
