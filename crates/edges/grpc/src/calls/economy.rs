//! `Economy`: accounts, transfers, leaderboard and supply of a guild.

use app::flows::grant;
use economy::{Leg, RankBy, Record, TransferKind};
use kernel::Amount;
use platform::{Area, TokenScope};
use tonic::{Request, Response, Status};

use super::moment;
use crate::{
    entrance::{Entrance, Visit},
    fields,
    generated::guildhall_v1::{
        self as wire, Account, CreateTransferRequest, GetAccountRequest, GetLeaderboardRequest,
        GetSupplyRequest, Leaderboard, ListTransfersRequest, ListTransfersResponse, RankedMember,
        Supply, SupplyLine, Transfer, economy_server,
    },
    page,
    refusal::Refusal,
};

const READ: TokenScope = TokenScope::read(Area::Economy);
const WRITE: TokenScope = TokenScope::write(Area::Economy);

/// The service behind its entrance.
#[derive(Debug)]
pub(crate) struct Economy {
    entrance: Entrance,
}

impl Economy {
    pub(crate) const fn behind(entrance: Entrance) -> Self {
        Self { entrance }
    }
}

#[tonic::async_trait]
impl economy_server::Economy for Economy {
    async fn get_account(
        &self,
        request: Request<GetAccountRequest>,
    ) -> Result<Response<Account>, Status> {
        let (visit, asked) = self
            .entrance
            .admit(request, READ, |asked| &asked.guild_id)?;
        Ok(Response::new(account(&visit, &asked).await?))
    }

    async fn create_transfer(
        &self,
        request: Request<CreateTransferRequest>,
    ) -> Result<Response<Transfer>, Status> {
        let (visit, asked) = self
            .entrance
            .admit(request, WRITE, |asked| &asked.guild_id)?;
        Ok(Response::new(create_transfer(&visit, asked).await?))
    }

    async fn list_transfers(
        &self,
        request: Request<ListTransfersRequest>,
    ) -> Result<Response<ListTransfersResponse>, Status> {
        let (visit, asked) = self
            .entrance
            .admit(request, READ, |asked| &asked.guild_id)?;
        let listed = match asked.user_id.as_str() {
            "" => journal(&visit, &asked).await?,
            _ => statement(&visit, &asked).await?,
        };
        Ok(Response::new(listed))
    }

    async fn get_leaderboard(
        &self,
        request: Request<GetLeaderboardRequest>,
    ) -> Result<Response<Leaderboard>, Status> {
        let (visit, asked) = self
            .entrance
            .admit(request, READ, |asked| &asked.guild_id)?;
        Ok(Response::new(leaderboard(&visit, &asked).await?))
    }

    async fn get_supply(
        &self,
        request: Request<GetSupplyRequest>,
    ) -> Result<Response<Supply>, Status> {
        let (visit, _) = self
            .entrance
            .admit(request, READ, |asked| &asked.guild_id)?;
        Ok(Response::new(supply(&visit).await?))
    }
}

async fn account(visit: &Visit, asked: &GetAccountRequest) -> Result<Account, Refusal> {
    let user = fields::read("user_id", &asked.user_id)?;
    let op = visit.read_op();
    let (guild, now) = (op.guild, op.at);
    let view = visit
        .read("grpc.account", &op, move |tx| {
            economy::account(tx, guild, user, now)
        })
        .await?;
    Ok(Account {
        user_id: view.user.to_string(),
        balance: view.balance.get(),
        bank: view.bank.get(),
        held: view.held.get(),
        streak: view.streak,
        daily_at: view.daily_at.map(moment),
    })
}

async fn create_transfer(visit: &Visit, asked: CreateTransferRequest) -> Result<Transfer, Refusal> {
    let op = visit.write_op("transfers", &asked.idempotency_key)?;
    let command = command(asked).map_err(|refusal| refusal.under(op.correlation))?;
    let moved = grant::transfer(&visit.core, op.clone(), command).await;
    let receipt = moved.map_err(|error| visit.refusal(&op, &error))?;
    Ok(told(receipt.record))
}

fn command(asked: CreateTransferRequest) -> Result<economy::Transfer, Refusal> {
    let from = fields::read("from_account", &asked.from_account)?;
    let to = fields::read("to_account", &asked.to_account)?;
    let amount = Amount::new(asked.amount).map_err(|error| Refusal::field("amount", &error))?;
    Ok(economy::Transfer {
        leg: Leg::named("transfer"),
        kind: TransferKind::between(&from, &to),
        from,
        to,
        amount,
        reason: asked.reason,
    })
}

async fn journal(
    visit: &Visit,
    asked: &ListTransfersRequest,
) -> Result<ListTransfersResponse, Refusal> {
    let (before, limit) = (page::place(&asked.cursor)?, page::limit(asked.limit)?);
    let op = visit.read_op();
    let guild = op.guild;
    let found = visit
        .read("grpc.transfers", &op, move |tx| {
            economy::transfers(tx, guild, before, limit)
        })
        .await?;
    Ok(listed(found.records, found.next))
}

async fn statement(
    visit: &Visit,
    asked: &ListTransfersRequest,
) -> Result<ListTransfersResponse, Refusal> {
    let user = fields::read("user_id", &asked.user_id)?;
    let (from, limit) = (page::cursor(&asked.cursor)?, page::limit(asked.limit)?);
    let op = visit.read_op();
    let guild = op.guild;
    let found = visit
        .read("grpc.statement", &op, move |tx| {
            economy::statement(tx, guild, user, from, limit)
        })
        .await?;
    Ok(listed(found.records, found.next))
}

async fn leaderboard(visit: &Visit, asked: &GetLeaderboardRequest) -> Result<Leaderboard, Refusal> {
    let by = rank_by(asked.by)?;
    let after = page::place(&asked.cursor)?.unwrap_or(0);
    let after = u32::try_from(after).unwrap_or(u32::MAX);
    let limit = page::limit(asked.limit)?;
    let op = visit.read_op();
    let (guild, now) = (op.guild, op.at);
    let ranking = visit
        .read("grpc.leaderboard", &op, move |tx| {
            economy::leaderboard(tx, guild, by, (after, limit), now)
        })
        .await?;
    let line = |line: economy::Ranked| RankedMember {
        rank: line.rank,
        user_id: line.user.to_string(),
        value: line.value,
    };
    Ok(Leaderboard {
        items: ranking.lines.into_iter().map(line).collect(),
        next: page::next(ranking.next),
    })
}

async fn supply(visit: &Visit) -> Result<Supply, Refusal> {
    let op = visit.read_op();
    let guild = op.guild;
    let found = visit
        .read("grpc.supply", &op, move |tx| economy::supply(tx, guild))
        .await?;
    let line = |line: economy::SupplyLine| SupplyLine {
        name: line.name,
        balance: line.balance.get(),
    };
    Ok(Supply {
        accounts: found.accounts.into_iter().map(line).collect(),
        circulating: found.circulating.get(),
        sum: found.sum.get(),
    })
}

fn rank_by(by: i32) -> Result<RankBy, Refusal> {
    let strange = || Refusal::field("by", &"`by` is RANK_BY_BALANCE or RANK_BY_STREAK.");
    match wire::RankBy::try_from(by).map_err(|_| strange())? {
        wire::RankBy::Unspecified | wire::RankBy::Balance => Ok(RankBy::Balance),
        wire::RankBy::Streak => Ok(RankBy::Streak),
    }
}

fn listed(records: Vec<Record>, after: Option<impl ToString>) -> ListTransfersResponse {
    ListTransfersResponse {
        items: records.into_iter().map(told).collect(),
        next: page::next(after),
    }
}

fn told(record: Record) -> Transfer {
    let cause = record.cause().map(|cause| wire::Cause {
        kind: cause.kind.name().to_owned(),
        id: cause.id,
    });
    Transfer {
        id: record.id,
        at: Some(moment(record.at)),
        from_account: record.from.to_string(),
        to_account: record.to.to_string(),
        amount: record.amount.get(),
        kind: record.kind.to_string(),
        reason: record.reason,
        cause,
        reverses: record.reverses,
    }
}
