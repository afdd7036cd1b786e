//! `accounts`, `transfers`, `leaderboard` and `supply` of a guild.

use app::flows::grant;
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{StatusCode, Uri},
};
use economy::{
    AccountName, AccountView, Leg, RankBy, Ranked, Record, Supply, Transfer, TransferKind,
};
use kernel::{Amount, Op, UserId};
use platform::{Area, TokenScope};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Problem, Rest, body,
    door::Caller,
    page::{Page, PageQuery},
    query,
};

type Answer<T> = Result<Json<T>, Problem>;

const READ: TokenScope = TokenScope::read(Area::Economy);
const WRITE: TokenScope = TokenScope::write(Area::Economy);

pub(crate) fn router() -> OpenApiRouter<Rest> {
    OpenApiRouter::new()
        .routes(routes!(account))
        .routes(routes!(transfers, transfer))
        .routes(routes!(leaderboard))
        .routes(routes!(supply))
}

#[derive(Debug, Serialize, ToSchema)]
struct AccountBody {
    #[schema(value_type = String)]
    user_id: UserId,
    balance: i64,
    bank: i64,
    held: i64,
    streak: i64,
    daily_at: Option<String>,
}

impl From<AccountView> for AccountBody {
    fn from(view: AccountView) -> Self {
        Self {
            user_id: view.user,
            balance: view.balance.get(),
            bank: view.bank.get(),
            held: view.held.get(),
            streak: view.streak,
            daily_at: view.daily_at.map(|at| at.to_string()),
        }
    }
}

/// What a member has, and since when their streak runs.
#[utoipa::path(
    get,
    path = "/accounts/{user_id}",
    operation_id = "account",
    tag = "economy",
    params(("user_id" = String, Path, description = "Whose")),
    responses((status = 200, body = AccountBody)),
    security(("token" = ["economy:read"]))
)]
async fn account(
    State(rest): State<Rest>,
    caller: Caller,
    Path((guild, user)): Path<(String, String)>,
) -> Answer<AccountBody> {
    let visitor = rest.admit(&caller, &guild, READ)?;
    let user = user_id(&user, "/user_id")?;
    let op = visitor.read_op(&rest.core);
    let (guild, now) = (op.guild, op.at);
    let read = move |tx: &mut Tx<'_>| economy::account(tx, guild, user, now);
    let view = rest.read("rest.account", &op, read).await?;
    Ok(Json(view.into()))
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TransferBody {
    id: String,
    at: String,
    from: String,
    to: String,
    amount: i64,
    kind: String,
    reason: String,
    cause: Option<CauseBody>,
    reverses: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct CauseBody {
    kind: &'static str,
    id: String,
}

impl From<Record> for TransferBody {
    fn from(record: Record) -> Self {
        let cause = record.cause().map(|cause| CauseBody {
            kind: cause.kind.name(),
            id: cause.id,
        });
        Self {
            id: record.id,
            at: record.at.to_string(),
            from: record.from.to_string(),
            to: record.to.to_string(),
            amount: record.amount.get(),
            kind: record.kind.to_string(),
            reason: record.reason,
            cause,
            reverses: record.reverses,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct TransfersQuery {
    user_id: Option<String>,
    /// Where an earlier page ended: its `next`.
    cursor: Option<String>,
    /// How many at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<String>,
}

/// Movements of coins, the newest first; of one member with `user_id`.
#[utoipa::path(
    get,
    path = "/transfers",
    operation_id = "transfers",
    tag = "economy",
    params(TransfersQuery),
    responses((status = 200, body = Page<TransferBody>)),
    security(("token" = ["economy:read"]))
)]
async fn transfers(
    State(rest): State<Rest>,
    caller: Caller,
    Path(guild): Path<String>,
    uri: Uri,
) -> Answer<Page<TransferBody>> {
    let visitor = rest.admit(&caller, &guild, READ)?;
    let asked: TransfersQuery = query::read(&uri)?;
    let user = query::id(asked.user_id.as_deref(), "/user_id")?;
    let page = PageQuery::of(asked.cursor, asked.limit);
    let op = visitor.read_op(&rest.core);
    let page = match user {
        Some(user) => rest.statement(&op, user, &page).await?,
        None => rest.journal(&op, &page).await?,
    };
    Ok(Json(page))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTransfer {
    from: String,
    to: String,
    #[serde(deserialize_with = "body::amount")]
    #[schema(value_type = i64, minimum = 1, maximum = 9007199254740991_i64)]
    amount: Amount,
    #[serde(default)]
    reason: String,
}

impl NewTransfer {
    fn command(self) -> Result<Transfer, Problem> {
        let from = account_name(&self.from, "/from")?;
        let to = account_name(&self.to, "/to")?;
        Ok(Transfer {
            leg: Leg::named("transfer"),
            kind: TransferKind::between(&from, &to),
            from,
            to,
            amount: self.amount,
            reason: self.reason,
        })
    }
}

/// Moves coins between two accounts, once for each idempotency key.
#[utoipa::path(
    post,
    path = "/transfers",
    operation_id = "transfer",
    tag = "economy",
    request_body = NewTransfer,
    responses((status = 201, body = TransferBody)),
    security(("token" = ["economy:write"]))
)]
async fn transfer(
    State(rest): State<Rest>,
    caller: Caller,
    Path(guild): Path<String>,
    body: Bytes,
) -> Result<(StatusCode, Json<TransferBody>), Problem> {
    let visitor = rest.admit(&caller, &guild, WRITE)?;
    let op = rest.write_op(&visitor, "transfers", &caller)?;
    let command = body::read::<NewTransfer>(&body)
        .and_then(NewTransfer::command)
        .map_err(|problem| problem.under(op.correlation))?;
    let moved = grant::transfer(&rest.core, op.clone(), command).await;
    let receipt = moved.map_err(|error| rest.problem(&op, &error))?;
    Ok((StatusCode::CREATED, Json(receipt.record.into())))
}

#[derive(Debug, Serialize, ToSchema)]
struct RankedBody {
    rank: u32,
    #[schema(value_type = String)]
    user_id: UserId,
    value: i64,
}

impl From<Ranked> for RankedBody {
    fn from(line: Ranked) -> Self {
        Self {
            rank: line.rank,
            user_id: line.user,
            value: line.value,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct LeaderboardQuery {
    by: Option<String>,
    /// Where an earlier page ended: its `next`.
    cursor: Option<String>,
    /// How many at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<String>,
}

/// Who has most, by balance or by streak.
#[utoipa::path(
    get,
    path = "/leaderboard",
    operation_id = "leaderboard",
    tag = "economy",
    params(LeaderboardQuery),
    responses((status = 200, body = Page<RankedBody>)),
    security(("token" = ["economy:read"]))
)]
async fn leaderboard(
    State(rest): State<Rest>,
    caller: Caller,
    Path(guild): Path<String>,
    uri: Uri,
) -> Answer<Page<RankedBody>> {
    let visitor = rest.admit(&caller, &guild, READ)?;
    let asked: LeaderboardQuery = query::read(&uri)?;
    let by = RankBy::of_name(asked.by.as_deref().unwrap_or("balance"));
    let by = by.ok_or_else(|| Problem::invalid("`by` is `balance` or `streak`.", "/by"))?;
    let page = PageQuery::of(asked.cursor, asked.limit);
    let after = u32::try_from(page.cursor()?.unwrap_or(0)).unwrap_or(u32::MAX);
    let limit = page.limit()?;
    let op = visitor.read_op(&rest.core);
    let (guild, now) = (op.guild, op.at);
    let read = move |tx: &mut Tx<'_>| economy::leaderboard(tx, guild, by, (after, limit), now);
    let ranking = rest.read("rest.leaderboard", &op, read).await?;
    Ok(Json(Page {
        items: ranking.lines.into_iter().map(Into::into).collect(),
        next: ranking.next.map(|next| next.to_string()),
    }))
}

#[derive(Debug, Serialize, ToSchema)]
struct SupplyBody {
    accounts: Vec<SupplyLineBody>,
    circulating: i64,
    sum: i64,
}

#[derive(Debug, Serialize, ToSchema)]
struct SupplyLineBody {
    name: String,
    balance: i64,
}

impl From<Supply> for SupplyBody {
    fn from(supply: Supply) -> Self {
        let line = |line: economy::SupplyLine| SupplyLineBody {
            name: line.name,
            balance: line.balance.get(),
        };
        Self {
            accounts: supply.accounts.into_iter().map(line).collect(),
            circulating: supply.circulating.get(),
            sum: supply.sum.get(),
        }
    }
}

/// How many coins there are, and on which of the server's own accounts; everything sums to zero.
#[utoipa::path(
    get,
    path = "/supply",
    operation_id = "supply",
    tag = "economy",
    responses((status = 200, body = SupplyBody)),
    security(("token" = ["economy:read"]))
)]
async fn supply(
    State(rest): State<Rest>,
    caller: Caller,
    Path(guild): Path<String>,
) -> Answer<SupplyBody> {
    let visitor = rest.admit(&caller, &guild, READ)?;
    let op = visitor.read_op(&rest.core);
    let guild = op.guild;
    let found = rest
        .read("rest.supply", &op, move |tx| economy::supply(tx, guild))
        .await?;
    Ok(Json(found.into()))
}

impl Rest {
    async fn journal(&self, op: &Op, page: &PageQuery) -> Result<Page<TransferBody>, Problem> {
        let (guild, before, limit) = (op.guild, page.cursor()?, page.limit()?);
        let read = move |tx: &mut Tx<'_>| economy::transfers(tx, guild, before, limit);
        let found = self.read("rest.transfers", op, read).await?;
        Ok(page_of(found.records, found.next))
    }

    async fn statement(
        &self,
        op: &Op,
        user: UserId,
        page: &PageQuery,
    ) -> Result<Page<TransferBody>, Problem> {
        let (guild, from, limit) = (op.guild, page.text_cursor()?, page.limit()?);
        let read = move |tx: &mut Tx<'_>| economy::statement(tx, guild, user, from, limit);
        let found = self.read("rest.statement", op, read).await?;
        Ok(page_of(found.records, found.next))
    }
}

fn page_of(records: Vec<Record>, next: Option<impl ToString>) -> Page<TransferBody> {
    Page {
        items: records.into_iter().map(Into::into).collect(),
        next: next.map(|next| next.to_string()),
    }
}

fn user_id(text: &str, pointer: &str) -> Result<UserId, Problem> {
    text.parse()
        .map_err(|error| Problem::invalid(error, pointer))
}

fn account_name(text: &str, pointer: &str) -> Result<AccountName, Problem> {
    text.parse()
        .map_err(|error| Problem::invalid(error, pointer))
}
