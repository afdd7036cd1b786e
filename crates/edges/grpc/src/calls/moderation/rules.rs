//! The rules, one at a time: each write is a revision of the guild's settings.

use app::flows::rules::{self, Edit, EditRule, RuleError};
use platform::Revision;
use serde_json::Value;

use crate::{
    calls::config,
    entrance::Visit,
    fields,
    generated::guildhall_v1::{
        DeleteRuleRequest, ListRulesRequest, PutRuleRequest, RuleWritten, Rules,
    },
    page,
    refusal::Refusal,
};

pub(super) async fn list(visit: &Visit, asked: &ListRulesRequest) -> Result<Rules, Refusal> {
    let from = page::place(&asked.cursor)?.unwrap_or(0);
    let from = usize::try_from(from).unwrap_or(usize::MAX);
    let limit = usize::try_from(page::limit(asked.limit)?).unwrap_or(usize::MAX);
    let op = visit.read_op();
    let found = rules::list(&visit.core, op.guild).await;
    let found = found.map_err(|error| visit.refusal(&op, &error))?;
    let (count, end) = (found.rules.len(), from.saturating_add(limit));
    let items = found.rules.iter().skip(from).take(limit);
    Ok(Rules {
        items_json: items.map(Value::to_string).collect(),
        next: page::next((end < count).then_some(end)),
        revision: found.revision.map(Revision::get),
    })
}

pub(super) async fn put(visit: &Visit, asked: PutRuleRequest) -> Result<RuleWritten, Refusal> {
    let change = Change {
        key: &asked.idempotency_key,
        base_revision: asked.base_revision,
        id: asked.rule_id,
        note: asked.note,
    };
    edit(visit, change, || {
        fields::json("rule_json", &asked.rule_json).map(Edit::Put)
    })
    .await
}

pub(super) async fn remove(
    visit: &Visit,
    asked: DeleteRuleRequest,
) -> Result<RuleWritten, Refusal> {
    let change = Change {
        key: &asked.idempotency_key,
        base_revision: asked.base_revision,
        id: asked.rule_id,
        note: asked.note,
    };
    edit(visit, change, || Ok(Edit::Remove)).await
}

/// What both changes of a rule say.
struct Change<'k> {
    key: &'k str,
    base_revision: Option<i64>,
    id: String,
    note: String,
}

async fn edit(
    visit: &Visit,
    change: Change<'_>,
    edit: impl FnOnce() -> Result<Edit, Refusal> + Send,
) -> Result<RuleWritten, Refusal> {
    let op = visit.write_op(&format!("rules/{}", change.id), change.key)?;
    let under = |refusal: Refusal| refusal.under(op.correlation);
    let command = EditRule {
        id: change.id,
        edit: edit().map_err(under)?,
        note: change.note,
        base_revision: config::base(change.base_revision).map_err(under)?,
    };
    let written = rules::edit(&visit.core, op.clone(), command).await;
    let written = written.map_err(|error| refused(visit.refusal(&op, &error), &error))?;
    Ok(RuleWritten {
        revision: written.revision.get(),
        rule_json: written.rule.map(|rule| rule.to_string()),
    })
}

/// A refusal with everything that is wrong, each with its place inside the rule.
fn refused(refusal: Refusal, error: &RuleError) -> Refusal {
    match error {
        RuleError::Configure(error) => config::wrong(refusal, "rule_json", error),
        RuleError::NoSuchRule { .. } | RuleError::KeyReused(_) => refusal,
    }
}
