//! `Moderation`: cases, undoing one, what the rules would say of a text, and the rules themselves.

mod rules;

use app::flows::{
    trial::{self, TryText},
    undo::{self, UndoCase, UndoError},
};
use moderation::{CaseError, Hit, Matched, Reach, TEXT_LENGTH_MAX};
use platform::{Area, TokenScope};
use serde::Serialize;
use tonic::{Request, Response, Status};

use super::{moment, named};
use crate::{
    entrance::{Entrance, Visit},
    fields,
    generated::guildhall_v1::{
        Case, Cases, DeleteRuleRequest, GetCaseRequest, ListCasesRequest, ListRulesRequest,
        PutRuleRequest, RuleAsk, RuleHit, RuleMatch, RuleWritten, Rules, TryTextRequest,
        UndoCaseRequest, Verdict, moderation_server,
    },
    page,
    refusal::Refusal,
};

const READ: TokenScope = TokenScope::read(Area::Moderation);
const WRITE: TokenScope = TokenScope::write(Area::Moderation);

/// The service behind its entrance.
#[derive(Debug)]
pub(crate) struct Moderation {
    entrance: Entrance,
}

impl Moderation {
    pub(crate) const fn behind(entrance: Entrance) -> Self {
        Self { entrance }
    }
}

#[tonic::async_trait]
impl moderation_server::Moderation for Moderation {
    async fn list_cases(
        &self,
        request: Request<ListCasesRequest>,
    ) -> Result<Response<Cases>, Status> {
        let (visit, asked) = self
            .entrance
            .admit(request, READ, |asked| &asked.guild_id)?;
        Ok(Response::new(list(&visit, &asked).await?))
    }

    async fn get_case(&self, request: Request<GetCaseRequest>) -> Result<Response<Case>, Status> {
        let (visit, asked) = self
            .entrance
            .admit(request, READ, |asked| &asked.guild_id)?;
        Ok(Response::new(one(&visit, &asked).await?))
    }

    async fn undo_case(&self, request: Request<UndoCaseRequest>) -> Result<Response<Case>, Status> {
        let (visit, asked) = self
            .entrance
            .admit(request, WRITE, |asked| &asked.guild_id)?;
        Ok(Response::new(take_back(&visit, asked).await?))
    }

    async fn try_text(
        &self,
        request: Request<TryTextRequest>,
    ) -> Result<Response<Verdict>, Status> {
        let (visit, asked) = self
            .entrance
            .admit(request, READ, |asked| &asked.guild_id)?;
        Ok(Response::new(try_text(&visit, asked).await?))
    }

    async fn list_rules(
        &self,
        request: Request<ListRulesRequest>,
    ) -> Result<Response<Rules>, Status> {
        let (visit, asked) = self
            .entrance
            .admit(request, READ, |asked| &asked.guild_id)?;
        Ok(Response::new(rules::list(&visit, &asked).await?))
    }

    async fn put_rule(
        &self,
        request: Request<PutRuleRequest>,
    ) -> Result<Response<RuleWritten>, Status> {
        let (visit, asked) = self
            .entrance
            .admit(request, WRITE, |asked| &asked.guild_id)?;
        Ok(Response::new(rules::put(&visit, asked).await?))
    }

    async fn delete_rule(
        &self,
        request: Request<DeleteRuleRequest>,
    ) -> Result<Response<RuleWritten>, Status> {
        let (visit, asked) = self
            .entrance
            .admit(request, WRITE, |asked| &asked.guild_id)?;
        Ok(Response::new(rules::remove(&visit, asked).await?))
    }
}

async fn list(visit: &Visit, asked: &ListCasesRequest) -> Result<Cases, Refusal> {
    let user = fields::read_some("user_id", &asked.user_id)?;
    let (before, limit) = (page::place(&asked.cursor)?, page::limit(asked.limit)?);
    let op = visit.read_op();
    let guild = op.guild;
    let found = visit
        .read("grpc.cases", &op, move |tx| {
            moderation::case_page(tx, guild, user, before, limit)
        })
        .await?;
    Ok(Cases {
        items: found.cases.into_iter().map(told).collect(),
        next: page::next(found.next),
    })
}

async fn one(visit: &Visit, asked: &GetCaseRequest) -> Result<Case, Refusal> {
    let op = visit.read_op();
    let (guild, number) = (op.guild, asked.number);
    let read = move |tx: &mut store::Tx<'_>| moderation::case_fetch(tx, guild, number);
    let found = visit.core.database().read("grpc.case", read).await;
    let found = found.map_err(|error: CaseError| visit.refusal(&op, &error))?;
    Ok(told(found))
}

async fn take_back(visit: &Visit, asked: UndoCaseRequest) -> Result<Case, Refusal> {
    let path = format!("cases/{}/undo", asked.number);
    let op = visit.write_op(&path, &asked.idempotency_key)?;
    let command = UndoCase {
        number: asked.number,
        reason: asked.reason,
        // Whoever gave the program its scope takes every case back themselves.
        reach: Reach::Everything,
    };
    let case = undo::undo(&visit.core, op.clone(), command).await;
    let case = case.map_err(|error| {
        let refusal = visit.refusal(&op, &error);
        match error {
            UndoError::Case(CaseError::BadText { .. }) => refusal.about("reason"),
            _ => refusal,
        }
    })?;
    Ok(told(case))
}

async fn try_text(visit: &Visit, asked: TryTextRequest) -> Result<Verdict, Refusal> {
    if asked.content.chars().count() > TEXT_LENGTH_MAX {
        let words = format!("No more than {TEXT_LENGTH_MAX} characters are looked at.");
        return Err(Refusal::field("content", &words));
    }
    let asked = TryText {
        user: fields::read_some("user_id", &asked.user_id)?,
        channel: fields::read_some("channel_id", &asked.channel_id)?,
        content: asked.content,
    };
    let op = visit.read_op();
    let verdict = trial::try_text(&visit.core, op.guild, asked).await;
    let verdict = verdict.map_err(|error| visit.refusal(&op, &error))?;
    let ask = |ask: moderation::Ask| RuleAsk {
        rule_id: ask.rule_id,
        name: ask.name,
        mode: spelt(&ask.mode),
    };
    Ok(Verdict {
        hits: verdict.hits.into_iter().map(hit).collect(),
        asks: verdict.asks.into_iter().map(ask).collect(),
    })
}

fn told(case: moderation::Case) -> Case {
    Case {
        number: case.number,
        kind: case.kind.name().to_owned(),
        state: case.state.name().to_owned(),
        user_id: case.user.to_string(),
        moderator_id: named(case.moderator),
        rule_id: case.rule_id,
        message_id: named(case.message),
        channel_id: named(case.channel),
        reason: case.reason,
        at: Some(moment(case.at)),
        points: case.points,
        until: case.until.map(moment),
        parent_number: case.parent,
        undone_by: case.undone_by,
        undone_at: case.undone_at.map(moment),
        undo_reason: case.undo_reason,
    }
}

fn hit(hit: Hit) -> RuleHit {
    // A text has far fewer characters than fit.
    let place = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
    let matched = |matched: Matched| RuleMatch {
        start: place(matched.start),
        end: place(matched.end),
        text: matched.text,
    };
    RuleHit {
        rule_id: hit.rule_id,
        name: hit.name,
        matched: hit.matched.into_iter().map(matched).collect(),
        actions_json: hit.actions.iter().map(json).collect(),
        mode: spelt(&hit.mode),
        reasoning: hit.reasoning,
    }
}

/// A value as the document of the settings has it.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// The name of something that the document spells as one.
fn spelt(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
