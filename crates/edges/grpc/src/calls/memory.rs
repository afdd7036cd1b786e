//! `Memory`: what is remembered in a guild, and having it forgotten.

use app::flows::memories;
use memory::{Fact, FactId};
use platform::{Area, TokenScope};
use tonic::{Request, Response, Status};

use super::{moment, named};
use crate::{
    entrance::{Entrance, Visit},
    fields,
    generated::guildhall_v1::{
        ForgetMemoryRequest, ListMemoriesRequest, Memories, MemoryForgotten, MemoryItem,
        memory_server,
    },
    page,
    refusal::Refusal,
};

const READ: TokenScope = TokenScope::read(Area::Memory);
const WRITE: TokenScope = TokenScope::write(Area::Memory);

/// The service behind its entrance.
#[derive(Debug)]
pub(crate) struct Memory {
    entrance: Entrance,
}

impl Memory {
    pub(crate) const fn behind(entrance: Entrance) -> Self {
        Self { entrance }
    }
}

#[tonic::async_trait]
impl memory_server::Memory for Memory {
    async fn list(
        &self,
        request: Request<ListMemoriesRequest>,
    ) -> Result<Response<Memories>, Status> {
        let (visit, asked) = self
            .entrance
            .admit(request, READ, |asked| &asked.guild_id)?;
        Ok(Response::new(list(&visit, &asked).await?))
    }

    async fn forget(
        &self,
        request: Request<ForgetMemoryRequest>,
    ) -> Result<Response<MemoryForgotten>, Status> {
        let (visit, asked) = self
            .entrance
            .admit(request, WRITE, |asked| &asked.guild_id)?;
        Ok(Response::new(forget(&visit, &asked).await?))
    }
}

async fn list(visit: &Visit, asked: &ListMemoriesRequest) -> Result<Memories, Refusal> {
    let user = fields::read_some("user_id", &asked.user_id)?;
    let before = page::cursor::<FactId>(&asked.cursor)?;
    let limit = page::limit(asked.limit)?;
    let op = visit.read_op();
    let (guild, now) = (op.guild, op.at);
    let found = visit
        .read("grpc.memories", &op, move |tx| {
            memory::facts(tx, guild, user, before, limit, now)
        })
        .await?;
    Ok(Memories {
        items: found.items.into_iter().map(told).collect(),
        next: page::next(found.next),
    })
}

async fn forget(visit: &Visit, asked: &ForgetMemoryRequest) -> Result<MemoryForgotten, Refusal> {
    let path = format!("memories/{}", asked.memory_id);
    let op = visit.write_op(&path, &asked.idempotency_key)?;
    let none = |_| {
        Refusal::missing("APP_NO_SUCH_MEMORY", "There is no such memory.").under(op.correlation)
    };
    let id: FactId = asked.memory_id.parse().map_err(none)?;
    let forgotten = memories::forget(&visit.core, op.clone(), id).await;
    forgotten.map_err(|error| visit.refusal(&op, &error))?;
    Ok(MemoryForgotten {})
}

fn told(fact: Fact) -> MemoryItem {
    MemoryItem {
        id: fact.id.to_string(),
        subject: fact.subject.name().to_owned(),
        user_id: fact.user.to_string(),
        channel_id: fact.channel.to_string(),
        scope: fact.scope.name().to_owned(),
        confidence: fact.confidence(),
        source_message_id: named(fact.source),
        origin: fact.origin.name().to_owned(),
        at: Some(moment(fact.at)),
        expires_at: Some(moment(fact.expires_at)),
        text: fact.text,
    }
}
