//! Reads a rule with what it hit, tries it on a message, and writes it.

use app::{
    Problem,
    flows::{
        configure::ConfigureError,
        look_back::{LookBack, look_back},
        rules::{self, Edit, EditRule, RuleError},
        trial,
    },
};
use audit::{Filter, Kind, Outcome};
use axum::response::{IntoResponse, Redirect};
use kernel::UserId;
use moderation::Rule;
use platform::{Revision, Snapshot};
use serde::Deserialize;
use serde_json::Value;
use store::Tx;

use super::{BACK, DO, KIND, TRY, View, page};
use crate::{
    did::Did,
    pages::{
        Trouble,
        entry::{self, Names},
        rules::asked,
        settings::{self, BASE, NOTE, Refused},
    },
    query::{Named, Wanted},
    room::{Answer, Room},
    sent::Sent,
    settings::{
        Filled,
        rules::{Sort, begun, fresh_id, placed, shown, sort_of, sort_of_trigger, spelt},
    },
};

/// Days over which hits are shown.
const DAYS: i64 = 7;
/// Hits that are shown at most.
const SHOWN: u32 = 20;
/// Where the rules stand in the document.
const PLACE: &str = "/moderation/rules";

/// The rule in the path.
#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    rule_id: String,
}

/// What a new rule is about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct About {
    kind: String,
}

/// `GET /dashboard/guilds/{guild_id}/moderation/rules/{rule_id}`
pub(crate) async fn show(room: Room, Named(which): Named<Which>) -> Answer {
    let head = settings::head(&room).await?;
    let rule = in_force(&head, &which.rule_id)?;
    let draft = Draft::of(rule);
    room.page(load(&room, &head, draft), page).await
}

/// `GET /dashboard/guilds/{guild_id}/moderation/new-rule`
pub(crate) async fn begin(room: Room, Wanted(about): Wanted<About>) -> Answer {
    let head = settings::head(&room).await?;
    let sort = sort_of(&about.kind).ok_or(Trouble::NoPage)?;
    room.page(load(&room, &head, Draft::new(sort)), page).await
}

/// `POST /dashboard/guilds/{guild_id}/moderation/new-rule`
pub(crate) async fn create(room: Room, sent: Sent) -> Answer {
    let head = settings::head(&room).await?;
    let sort = sort_of(sent.one(KIND).unwrap_or_default()).ok_or(Trouble::NoPage)?;
    let name = sent.one("/name").unwrap_or_default();
    let taken = rules_of(&head);
    let taken = taken.iter().filter_map(|rule| rule.get("id")?.as_str());
    let id = fresh_id(name, sort, taken);
    taken_on(&room, &head, Draft::new(sort), (&id, &sent)).await
}

/// `POST /dashboard/guilds/{guild_id}/moderation/rules/{rule_id}`
pub(crate) async fn save(room: Room, Named(which): Named<Which>, sent: Sent) -> Answer {
    let head = settings::head(&room).await?;
    let rule = in_force(&head, &which.rule_id)?;
    taken_on(&room, &head, Draft::of(rule), (&which.rule_id, &sent)).await
}

/// `POST /dashboard/guilds/{guild_id}/moderation/rules/{rule_id}/remove`
pub(crate) async fn remove(room: Room, Named(which): Named<Which>, sent: Sent) -> Answer {
    let op = room.op(&format!("rules/{}/remove", which.rule_id), &sent)?;
    let command = EditRule {
        id: which.rule_id.clone(),
        edit: Edit::Remove,
        note: String::new(),
        base_revision: None,
    };
    match rules::edit(room.core(), op, command).await {
        Ok(written) => {
            let did = Did::RuleRemoved(written.revision.get());
            let to = format!("/moderation/rules?{}", did.query());
            Ok(Redirect::to(&room.at(&to)).into_response())
        }
        Err(RuleError::NoSuchRule { .. }) => Err(Trouble::NoPage),
        Err(error) => Err(room.trouble(&error)),
    }
}

/// A rule that is looked at or written, with its form.
struct Draft {
    rule: Option<Rule>,
    sort: &'static Sort,
    /// The form as it was before anything was changed in it.
    form: Value,
    refused: Option<(Sent, Refused)>,
    tried: Option<(String, moderation::Verdict)>,
    past: Option<LookBack>,
}

impl Draft {
    fn of(rule: Rule) -> Self {
        Self {
            sort: sort_of_trigger(&rule.trigger),
            form: shown(&rule),
            rule: Some(rule),
            refused: None,
            tried: None,
            past: None,
        }
    }

    fn new(sort: &'static Sort) -> Self {
        Self {
            rule: None,
            sort,
            form: begun(sort),
            refused: None,
            tried: None,
            past: None,
        }
    }

    /// The form as it was sent.
    fn filled(&self, sent: &Sent) -> Result<Value, Vec<Problem>> {
        let filled = Filled {
            section: &self.sort.section,
            sent,
            base: &self.form,
            head: &self.form,
        };
        filled.document()
    }
}

/// Writes a rule, or only tries it.
async fn taken_on(
    room: &Room,
    head: &Snapshot,
    mut draft: Draft,
    (id, sent): (&str, &Sent),
) -> Answer {
    let refused = match draft.filled(sent) {
        Err(problems) => Refused::Wrong(problems),
        Ok(form) => {
            let rule = spelt(draft.sort, &form);
            let done = match sent.one(DO) {
                Some(TRY) => tried(room, &mut draft, (id, sent), rule).await,
                Some(BACK) => looked_back(room, &mut draft, id, rule).await,
                _ => match written(room, (id, sent), rule).await {
                    Ok(did) => return Ok(saved(room, id, did)),
                    Err(error) => Err(error),
                },
            };
            match done {
                Ok(()) => Refused::Previewed(Vec::new()),
                Err(error) => refused(room, &form, &error)?,
            }
        }
    };
    draft.refused = Some((sent.clone(), refused));
    room.page(load(room, head, draft), page).await
}

async fn tried(
    room: &Room,
    draft: &mut Draft,
    (id, sent): (&str, &Sent),
    rule: Value,
) -> Result<(), RuleError> {
    let rule = rules::preview(room.core(), room.guild, id, rule).await?;
    if let Some(asked) = asked(sent) {
        let text = asked.content.clone();
        let verdict = trial::try_rule(room.core(), room.guild, rule, asked).await?;
        draft.tried = Some((text, verdict));
    }
    Ok(())
}

async fn looked_back(
    room: &Room,
    draft: &mut Draft,
    id: &str,
    rule: Value,
) -> Result<(), RuleError> {
    let rule = rules::preview(room.core(), room.guild, id, rule).await?;
    draft.past = Some(look_back(room.core(), room.guild, rule, room.viewer()).await?);
    Ok(())
}

async fn written(room: &Room, (id, sent): (&str, &Sent), rule: Value) -> Result<Did, RuleError> {
    let base = sent.one(BASE).and_then(|text| text.parse().ok());
    let command = EditRule {
        id: id.to_owned(),
        edit: Edit::Put(rule),
        note: sent.one(NOTE).unwrap_or_default().trim().to_owned(),
        base_revision: base.and_then(|number| Revision::new(number).ok()),
    };
    let Ok(op) = room.op(&format!("rules/{id}"), sent) else {
        return Err(RuleError::NoSuchRule { id: id.to_owned() });
    };
    let written = rules::edit(room.core(), op, command).await?;
    Ok(Did::RuleSaved(written.revision.get()))
}

fn saved(room: &Room, id: &str, did: Did) -> axum::response::Response {
    let to = format!("/moderation/rules/{id}?{}", did.query());
    Redirect::to(&room.at(&to)).into_response()
}

/// What a refusal is to the author; a failure is a trouble.
fn refused(room: &Room, form: &Value, error: &RuleError) -> Result<Refused, Trouble> {
    match error {
        RuleError::Configure(
            error @ ConfigureError::Wrong(_) | error @ ConfigureError::Policy(_),
        ) => Ok(match settings::refused(room, error)? {
            Refused::Wrong(problems) => Refused::Wrong(placed(form, problems)),
            other => other,
        }),
        RuleError::Configure(error) => settings::refused(room, error),
        RuleError::NoSuchRule { .. } => Err(Trouble::Forged),
        RuleError::KeyReused(error) => Err(room.trouble(error)),
    }
}

fn rules_of(head: &Snapshot) -> Vec<Value> {
    let rules = head.document.at(PLACE).and_then(Value::as_array);
    rules.cloned().unwrap_or_default()
}

fn in_force(head: &Snapshot, id: &str) -> Result<Rule, Trouble> {
    let rules = rules_of(head);
    let mut rules = rules.into_iter();
    let found = rules.find(|rule| rule.get("id").and_then(Value::as_str) == Some(id));
    let found = found.ok_or(Trouble::NoPage)?;
    serde_json::from_value(found).map_err(|_| Trouble::NoPage)
}

async fn load(room: &Room, head: &Snapshot, draft: Draft) -> Result<View, Trouble> {
    let hits = match &draft.rule {
        Some(rule) => hits(room, rule).await?,
        None => Hits::default(),
    };
    let past = draft.past.iter().flat_map(|past| &past.shown);
    let past = past.map(|(message, _)| message.author);
    let people: Vec<UserId> = entry::people(&hits.entries)
        .into_iter()
        .chain(past)
        .collect();
    let names = match people.is_empty() {
        true => Names::default(),
        false => room.names(people).await,
    };
    let base = draft
        .refused
        .as_ref()
        .and_then(|(sent, _)| sent.one(BASE)?.parse().ok());
    Ok(View {
        form: settings::View {
            section: Some(draft.sort.section),
            document: draft.form,
            revision: base.unwrap_or_else(|| head.entry.revision.get()),
            refused: draft.refused.map(|(sent, refused)| (Some(sent), refused)),
            key: None,
            channels: settings::channels(room),
            roles: settings::roles(room),
        },
        rule: draft.rule,
        sort: draft.sort,
        tried: draft.tried,
        past: draft.past,
        hits: hits.entries,
        acted: hits.acted,
        watched: hits.watched,
        names,
    })
}

/// What a rule hit.
#[derive(Debug, Default)]
struct Hits {
    entries: Vec<audit::Entry>,
    acted: u64,
    watched: u64,
}

async fn hits(room: &Room, rule: &Rule) -> Result<Hits, Trouble> {
    let (guild, eyes, now) = (room.guild, room.eyes(), room.now.at);
    let since = room.now.midnight(DAYS - 1);
    let id = rule.id.clone();
    let read = move |tx: &mut Tx<'_>| {
        let filter = Filter {
            kind: Some(Kind::Moderation),
            rule: Some(id.clone()),
            since: Some(since),
            ..Filter::default()
        };
        let found = audit::search_seen(tx, guild, &eyes, &filter, None, SHOWN)?;
        let tallies = audit::rule_tally(tx, guild, since, now)?;
        Ok((found.entries, tallies))
    };
    let (entries, tallies) = room.read("dashboard.rule", read).await?;
    let of = |is: fn(Outcome) -> bool| -> u64 {
        let tallies = tallies
            .iter()
            .filter(|one| one.rule == rule.id && is(one.outcome));
        tallies.map(|one| one.count).sum()
    };
    Ok(Hits {
        acted: of(|outcome| outcome != Outcome::Suppressed),
        watched: of(|outcome| outcome == Outcome::Suppressed),
        entries,
    })
}
