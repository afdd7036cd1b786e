//! `Audit`: why things were done in a guild. The operator's token sees everything.

use audit::{
    ActorSeen, Cursor, EffectSeen, EffectState, Entry, EntryId, Filter, Kept, Kind, Link, Outcome,
    RuleSeen, Trigger, Words,
};
use platform::{Area, TokenScope};
use tonic::{Request, Response, Status};

use super::{moment, named};
use crate::{
    entrance::{Entrance, Visit},
    fields,
    generated::guildhall_v1::{
        AuditActor, AuditCost, AuditEffect, AuditEntries, AuditEntry, AuditKind, AuditLink,
        AuditOutcome, AuditRule, AuditText, AuditTextState, AuditTrigger, GetAuditEntryRequest,
        SearchAuditRequest, audit_server,
    },
    page,
    refusal::Refusal,
};

const READ: TokenScope = TokenScope::read(Area::Audit);

/// The service behind its entrance.
#[derive(Debug)]
pub(crate) struct Audit {
    entrance: Entrance,
}

impl Audit {
    pub(crate) const fn behind(entrance: Entrance) -> Self {
        Self { entrance }
    }
}

#[tonic::async_trait]
impl audit_server::Audit for Audit {
    async fn search(
        &self,
        request: Request<SearchAuditRequest>,
    ) -> Result<Response<AuditEntries>, Status> {
        let (visit, asked) = self
            .entrance
            .admit(request, READ, |asked| &asked.guild_id)?;
        Ok(Response::new(search(&visit, asked).await?))
    }

    async fn get(
        &self,
        request: Request<GetAuditEntryRequest>,
    ) -> Result<Response<AuditEntry>, Status> {
        let (visit, asked) = self
            .entrance
            .admit(request, READ, |asked| &asked.guild_id)?;
        Ok(Response::new(one(&visit, &asked).await?))
    }
}

async fn search(visit: &Visit, asked: SearchAuditRequest) -> Result<AuditEntries, Refusal> {
    let cursor = page::cursor::<Cursor>(&asked.cursor)?;
    let limit = page::limit(asked.limit)?;
    let filter = filter(asked)?;
    let op = visit.read_op();
    let guild = op.guild;
    let found = visit
        .read("grpc.audit", &op, move |tx| {
            audit::search(tx, guild, &filter, cursor, limit)
        })
        .await?;
    Ok(AuditEntries {
        items: found.entries.into_iter().map(told).collect(),
        next: page::next(found.next),
    })
}

fn filter(asked: SearchAuditRequest) -> Result<Filter, Refusal> {
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    Ok(Filter {
        kind: kind(asked.kind)?,
        action: some(asked.action),
        user: fields::read_some("user_id", &asked.user_id)?,
        message: fields::read_some("message_id", &asked.message_id)?,
        case: asked.case_number,
        outcome: outcome(asked.outcome)?,
        since: fields::moment("since", asked.since)?,
        until: fields::moment("until", asked.until)?,
        text: some(asked.text),
        ..Filter::default()
    })
}

fn kind(kind: i32) -> Result<Option<Kind>, Refusal> {
    let strange = |_| Refusal::field("kind", &"`kind` is one of AuditKind.");
    Ok(match AuditKind::try_from(kind).map_err(strange)? {
        AuditKind::Unspecified => None,
        AuditKind::Moderation => Some(Kind::Moderation),
        AuditKind::Ai => Some(Kind::Ai),
        AuditKind::Config => Some(Kind::Config),
        AuditKind::Human => Some(Kind::Human),
        AuditKind::Access => Some(Kind::Access),
        AuditKind::Money => Some(Kind::Money),
    })
}

fn outcome(outcome: i32) -> Result<Option<Outcome>, Refusal> {
    let strange = |_| Refusal::field("outcome", &"`outcome` is one of AuditOutcome.");
    Ok(match AuditOutcome::try_from(outcome).map_err(strange)? {
        AuditOutcome::Unspecified => None,
        AuditOutcome::Executed => Some(Outcome::Executed),
        AuditOutcome::Suppressed => Some(Outcome::Suppressed),
        AuditOutcome::Error => Some(Outcome::Error),
        AuditOutcome::Pending => Some(Outcome::Pending),
    })
}

async fn one(visit: &Visit, asked: &GetAuditEntryRequest) -> Result<AuditEntry, Refusal> {
    let op = visit.read_op();
    let none =
        || Refusal::missing("ENTRY_UNKNOWN", "There is no such entry.").under(op.correlation);
    let id: EntryId = asked.entry_id.parse().map_err(|_| none())?;
    let guild = op.guild;
    let found = visit
        .read("grpc.audit_entry", &op, move |tx| {
            audit::fetch(tx, guild, id)
        })
        .await?;
    found.map(told).ok_or_else(none)
}

fn told(entry: Entry) -> AuditEntry {
    AuditEntry {
        id: entry.id.to_string(),
        link: entry.link.map(link),
        at: Some(moment(entry.at)),
        concluded_at: entry.concluded_at.map(moment),
        kind: kind_of(entry.kind).into(),
        action: entry.action,
        outcome: outcome_of(entry.outcome).into(),
        actor: Some(actor(entry.actor)),
        cause: entry.cause,
        trigger: Some(trigger(entry.trigger)),
        subject_id: named(entry.subject),
        content: entry.input.content.map(text),
        history: entry.input.history.into_iter().map(text).collect(),
        memories: entry.input.memories.into_iter().map(text).collect(),
        active_rules: entry.active_rules.into_iter().map(rule).collect(),
        rule_id: entry.rule,
        matched: entry.matched.into_iter().map(text).collect(),
        reasoning: entry.reasoning.map(text),
        answer: entry.answer.map(text),
        confidence: entry.confidence.map(|confidence| confidence.share()),
        model: entry.model,
        prompt_version: entry.prompt_version,
        config_revision: entry.config_revision,
        cost: entry.cost.map(|cost| AuditCost {
            currency: cost.currency,
            micros: cost.micros,
        }),
        effects: entry.effects.into_iter().map(effect).collect(),
        case_number: entry.case,
        conclusion: entry.conclusion_link.map(link),
    }
}

const fn kind_of(kind: Kind) -> AuditKind {
    match kind {
        Kind::Moderation => AuditKind::Moderation,
        Kind::Ai => AuditKind::Ai,
        Kind::Config => AuditKind::Config,
        Kind::Human => AuditKind::Human,
        Kind::Access => AuditKind::Access,
        Kind::Money => AuditKind::Money,
    }
}

const fn outcome_of(outcome: Outcome) -> AuditOutcome {
    match outcome {
        Outcome::Executed => AuditOutcome::Executed,
        Outcome::Suppressed => AuditOutcome::Suppressed,
        Outcome::Error => AuditOutcome::Error,
        Outcome::Pending => AuditOutcome::Pending,
    }
}

fn link(link: Link) -> AuditLink {
    AuditLink {
        seq: link.seq,
        prev_hash: link.prev_hash.to_string(),
        hash: link.hash.to_string(),
    }
}

fn actor(actor: ActorSeen) -> AuditActor {
    let (kind, user_id, token) = match actor {
        ActorSeen::Member(user) => ("member", named(user), None),
        ActorSeen::Token(token) => ("token", None, Some(token)),
        ActorSeen::System => ("system", None, None),
    };
    AuditActor {
        kind: kind.to_owned(),
        user_id,
        token,
    }
}

fn trigger(trigger: Trigger) -> AuditTrigger {
    AuditTrigger {
        kind: trigger.kind.name().to_owned(),
        user_id: named(trigger.user),
        channel_id: named(trigger.channel),
        message_id: named(trigger.message),
    }
}

fn text(words: Words) -> AuditText {
    let (state, content) = match words.text {
        Kept::Here(text) => (AuditTextState::Here, text),
        Kept::Gone => (AuditTextState::Gone, String::new()),
        Kept::Withheld => (AuditTextState::Withheld, String::new()),
    };
    AuditText {
        state: state.into(),
        content,
        user_id: named(words.author),
        label: Some(words.label).filter(|label| !label.is_empty()),
    }
}

fn rule(rule: RuleSeen) -> AuditRule {
    AuditRule {
        id: rule.id,
        name: rule.name,
        mode: rule.mode,
    }
}

fn effect(effect: EffectSeen) -> AuditEffect {
    let (state, error) = match effect.state {
        EffectState::Pending => ("pending", String::new()),
        EffectState::Done => ("done", String::new()),
        EffectState::Failed { error } => ("failed", error),
    };
    AuditEffect {
        id: effect.id.to_string(),
        kind: effect.kind,
        state: state.to_owned(),
        error,
    }
}
