//! `Config`: the settings of a guild, their history, and going back.

use app::flows::configure::{self, Configure, ConfigureError};
use kernel::Op;
use platform::{
    Area, ConfigError, HistoryCursor, HistoryItem, Revision, RollbackOne, Snapshot, Target,
    TokenScope, Written,
};
use serde_json::Value;
use tonic::{Request, Response, Status};

use super::moment;
use crate::{
    entrance::{Entrance, Visit},
    fields,
    generated::guildhall_v1::{
        ConfigChange, ConfigHistory, ConfigHistoryItem, ConfigHistoryRequest, ConfigRevision,
        ConfigWritten, GetConfigRequest, PutConfigRequest, RollBackConfigRequest, config_server,
    },
    page,
    refusal::Refusal,
};

const READ: TokenScope = TokenScope::read(Area::Config);
const WRITE: TokenScope = TokenScope::write(Area::Config);

/// The service behind its entrance.
#[derive(Debug)]
pub(crate) struct Config {
    entrance: Entrance,
}

impl Config {
    pub(crate) const fn behind(entrance: Entrance) -> Self {
        Self { entrance }
    }
}

#[tonic::async_trait]
impl config_server::Config for Config {
    async fn get(
        &self,
        request: Request<GetConfigRequest>,
    ) -> Result<Response<ConfigRevision>, Status> {
        let (visit, _) = self
            .entrance
            .admit(request, READ, |asked| &asked.guild_id)?;
        Ok(Response::new(in_force(&visit).await?))
    }

    async fn put(
        &self,
        request: Request<PutConfigRequest>,
    ) -> Result<Response<ConfigWritten>, Status> {
        let (visit, asked) = self
            .entrance
            .admit(request, WRITE, |asked| &asked.guild_id)?;
        Ok(Response::new(put(&visit, asked).await?))
    }

    async fn history(
        &self,
        request: Request<ConfigHistoryRequest>,
    ) -> Result<Response<ConfigHistory>, Status> {
        let (visit, asked) = self
            .entrance
            .admit(request, READ, |asked| &asked.guild_id)?;
        Ok(Response::new(history(&visit, &asked).await?))
    }

    async fn roll_back(
        &self,
        request: Request<RollBackConfigRequest>,
    ) -> Result<Response<ConfigWritten>, Status> {
        let (visit, asked) = self
            .entrance
            .admit(request, WRITE, |asked| &asked.guild_id)?;
        Ok(Response::new(roll_back(&visit, asked).await?))
    }
}

async fn in_force(visit: &Visit) -> Result<ConfigRevision, Refusal> {
    let op = visit.read_op();
    begun(visit, &op).await?;
    let guild = op.guild;
    let found = visit
        .read("grpc.config", &op, move |tx| {
            platform::config_fetch(tx, guild, None)
        })
        .await?;
    let none = || {
        let words = "This guild has no configuration yet; it gets one within seconds of joining.";
        Refusal::missing("CONFIG_UNKNOWN", words).under(op.correlation)
    };
    found.map(revision).ok_or_else(none)
}

/// Gives a guild that has none its first revision.
async fn begun(visit: &Visit, op: &Op) -> Result<(), Refusal> {
    let begun = visit.core.config(op.guild).await;
    begun.map(drop).map_err(|error| visit.refusal(op, &error))
}

fn revision(snapshot: Snapshot) -> ConfigRevision {
    ConfigRevision {
        revision: snapshot.entry.revision.get(),
        document_json: snapshot.document.text().to_owned(),
        author_id: snapshot.entry.author.id(),
        created_at: Some(moment(snapshot.entry.at)),
        note: snapshot.entry.note,
    }
}

async fn put(visit: &Visit, asked: PutConfigRequest) -> Result<ConfigWritten, Refusal> {
    let op = visit.write_op("config", &asked.idempotency_key)?;
    let command = command(asked).map_err(|refusal| refusal.under(op.correlation))?;
    let written = configure::configure(&visit.core, op.clone(), command).await;
    match written {
        Ok(written) => Ok(told(&written)),
        Err(error) => Err(wrong(visit.refusal(&op, &error), "document_json", &error)),
    }
}

fn command(asked: PutConfigRequest) -> Result<Configure, Refusal> {
    Ok(Configure {
        document: fields::json("document_json", &asked.document_json)?,
        note: asked.note,
        base_revision: base(asked.base_revision)?,
    })
}

async fn roll_back(visit: &Visit, asked: RollBackConfigRequest) -> Result<ConfigWritten, Refusal> {
    let op = visit.write_op("config/rollback", &asked.idempotency_key)?;
    let command = back(asked).map_err(|refusal| refusal.under(op.correlation))?;
    let written = configure::roll_one_back(&visit.core, op.clone(), command).await;
    match written {
        Ok(written) => Ok(told(&written)),
        Err(error) => Err(unwritten(visit.refusal(&op, &error), &error)),
    }
}

fn back(asked: RollBackConfigRequest) -> Result<RollbackOne, Refusal> {
    Ok(RollbackOne {
        to: Target::Revision(numbered("to_revision", asked.to_revision)?),
        base_revision: base(asked.base_revision)?,
        note: asked.note,
    })
}

pub(super) fn base(number: Option<i64>) -> Result<Option<Revision>, Refusal> {
    let base = number.map(|number| numbered("base_revision", number));
    base.transpose()
}

fn numbered(field: &'static str, number: i64) -> Result<Revision, Refusal> {
    Revision::new(number).map_err(|error| Refusal::field(field, &error))
}

const fn told(written: &Written) -> ConfigWritten {
    ConfigWritten {
        revision: written.revision.get(),
    }
}

/// A refusal with everything that is wrong, each with its place inside this field of the request.
pub(super) fn wrong(refusal: Refusal, field: &str, error: &ConfigureError) -> Refusal {
    let place = |pointer: &str, reason: &str| (format!("{field}{pointer}"), reason.to_owned());
    match error {
        ConfigureError::Wrong(problems) => {
            let problems = problems.iter();
            refusal.at(problems.map(|problem| place(&problem.pointer, &problem.reason)))
        }
        ConfigureError::Policy(refused) => {
            let refused = refused.iter();
            refusal.at(refused.map(|one| place(&one.pointer, &one.reason)))
        }
        ConfigureError::Config(error) => unwritten(refusal, error),
    }
}

fn unwritten(refusal: Refusal, error: &ConfigError) -> Refusal {
    match error {
        ConfigError::Stale { .. } => refusal.outrun(),
        ConfigError::NoteTooLong => refusal.about("note"),
        _ => refusal,
    }
}

async fn history(visit: &Visit, asked: &ConfigHistoryRequest) -> Result<ConfigHistory, Refusal> {
    let from = page::cursor::<HistoryCursor>(&asked.cursor)?;
    let limit = page::limit(asked.limit)?;
    let op = visit.read_op();
    begun(visit, &op).await?;
    let guild = op.guild;
    let found = visit
        .read("grpc.config_history", &op, move |tx| {
            platform::history(tx, guild, from, limit)
        })
        .await?;
    Ok(ConfigHistory {
        items: found.items.into_iter().map(item).collect(),
        next: page::next(found.next),
    })
}

fn item(item: HistoryItem) -> ConfigHistoryItem {
    let text = |value: Value| value.to_string();
    let change = |change: platform::Change| ConfigChange {
        path: change.path,
        old_json: change.old.map(text),
        new_json: change.new.map(text),
    };
    ConfigHistoryItem {
        revision: item.entry.revision.get(),
        author_id: item.entry.author.id(),
        created_at: Some(moment(item.entry.at)),
        note: item.entry.note,
        changes: item.changes.into_iter().map(change).collect(),
        changes_left_off: u64::try_from(item.changes_left_off).unwrap_or(u64::MAX),
    }
}
