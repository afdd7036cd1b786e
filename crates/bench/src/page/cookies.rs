//! The sessions of those who look at the pages.

use anyhow::Result;
use kernel::{Chance, Clock, SeededChance, SystemClock, UserId};
use platform::{NewSession, SessionId, Ticket};
use store::{Database, DbError, Tx};

use super::town::Town;

/// The cookie of a session where pages come without TLS.
const COOKIE: &str = "guildhall";
/// Where the operator's pages stand.
const CONSOLE: &str = "/dashboard/operator";

/// Who is signed in: the owner, who sees a server as its owner does, and the operator.
#[derive(Debug, Clone)]
pub(super) struct Cookies {
    owner: String,
    operator: String,
}

impl Cookies {
    /// Opens the sessions.
    pub(super) async fn of(database: &Database, town: &Town, seed: u64) -> Result<Self> {
        let chance = SeededChance::new(seed);
        Ok(Self {
            owner: signed_in(database, town, &chance, (1, town.owner)).await?,
            operator: signed_in(database, town, &chance, (2, town.operator)).await?,
        })
    }

    /// The cookie of whoever may see the page at a path.
    pub(super) fn at(&self, path: &str) -> &str {
        if path.starts_with(CONSOLE) {
            &self.operator
        } else {
            &self.owner
        }
    }
}

async fn signed_in(
    database: &Database,
    town: &Town,
    chance: &dyn Chance,
    (id, user): (i64, UserId),
) -> Result<String> {
    let ticket = Ticket::draw(chance);
    let session = NewSession {
        id: SessionId::new(id),
        ticket: ticket.digest(),
        user,
        name: format!("visitor {id}"),
        guilds: vec![town.guild],
        agent: "guildhall bench".to_owned(),
    };
    let now = SystemClock.now();
    let open = move |tx: &mut Tx<'_>| platform::session_open(tx, now, &session);
    database
        .write::<_, DbError, _>("bench.session", open)
        .await?;
    Ok(format!("{COOKIE}={}", ticket.expose()))
}
