//! `page`: every page of the dashboard as the owner of the largest guild sees it, over a real socket.
//!
//! A server in a process of its own, on a database that was filled before it started; on the embedded engine and on
//! PostgreSQL. Afterwards the same pages are asked for in this process, to count the statements behind each, and the
//! program checks what it was given: `ledger verify` and `audit verify` must agree.

mod asks;
mod cookies;
mod indoors;
mod seed;
mod stand;
#[cfg(test)]
mod tests;
mod town;
mod visitor;

use anyhow::Result;
use store::Engine;

pub use stand::{Seen, Visit, visit};
pub use town::Size;

use crate::{
    Name, Options, Pace,
    case::{Case, Goal},
    servers::Servers,
};

/// Milliseconds that ninety-five of a hundred answers stay below.
const MILLIS_MAX: f64 = 30.0;
/// Kilobytes that a page first seen stays below, compressed.
const KILOBYTES_MAX: f64 = 150.0;

/// Both engines.
pub(crate) async fn run(
    options: &Options,
    servers: &Servers,
    mut progress: impl FnMut(&str),
) -> Vec<Case> {
    let mut cases = Vec::new();
    for engine in [Engine::Libsql, Engine::Postgres] {
        progress(&format!("page: {}", called(engine)));
        cases.extend(match one(options, servers, engine, &mut progress).await {
            Ok(seen) => told(engine, &seen),
            Err(error) => vec![Case::missing(
                Name::Page,
                called(engine),
                format!("{error:#}"),
            )],
        });
    }
    cases
}

async fn one(
    options: &Options,
    servers: &Servers,
    engine: Engine,
    progress: &mut impl FnMut(&str),
) -> Result<Seen> {
    let database = match engine {
        Engine::Libsql => None,
        Engine::Postgres => Some(servers.fresh_database(options).await?),
    };
    let asked = Visit {
        program: options.program.clone(),
        database,
        size: match options.pace {
            Pace::Whole => Size::LARGEST,
            Pace::Quick => Size::SMALL,
        },
        times: options.pace.of(200, 5),
        seed: options.seed,
    };
    visit(asked, progress).await
}

const fn called(engine: Engine) -> &'static str {
    match engine {
        Engine::Libsql => "libSQL",
        Engine::Postgres => "PostgreSQL",
    }
}

fn told(engine: Engine, seen: &Seen) -> Vec<Case> {
    let engine = called(engine);
    let kilobytes = |bytes: usize| bytes as f64 / 1e3;
    let case =
        |what: &str, value, unit| Case::new(Name::Page, format!("{engine}, {what}"), value, unit);
    let filled = format!(
        "filled in {:.0} s: {}",
        seen.filled.as_secs_f64(),
        seen.holds
    );
    let mut cases = vec![
        case(
            "what `ledger verify` and `audit verify` find",
            seen.wrong.len() as f64,
            "faults",
        )
        .with_goal(Goal::Exactly(0.0))
        .because(seen.wrong.join("; ")),
        case(
            "first visit with all files, compressed",
            kilobytes(seen.first_visit),
            "KB",
        )
        .with_goal(Goal::Under(KILOBYTES_MAX))
        .because(filled),
    ];
    for page in &seen.pages {
        let millis = |time: std::time::Duration| time.as_secs_f64() * 1e3;
        let weight = case(
            &format!("{}, compressed", page.name),
            kilobytes(page.compressed),
            "KB",
        );
        let weight = weight.beside(kilobytes(page.raw));
        cases.push(
            case(&format!("{}, p95", page.name), millis(page.p95), "ms")
                .beside(millis(page.p50))
                .with_goal(Goal::Under(MILLIS_MAX)),
        );
        cases.push(if page.is_first {
            weight.with_goal(Goal::Under(KILOBYTES_MAX))
        } else {
            weight
        });
        cases.push(case(
            &format!("{}, asks", page.name),
            page.statements as f64,
            "statements",
        ));
    }
    cases
}
