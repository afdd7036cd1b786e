//! One person: their cases, coins, what is remembered of them, and what was decided about them, as far as the viewer may
//! see it.

use app::{Access, Role};
use audit::{Entry, Filter};
use economy::AccountView;
use kernel::UserId;
use maud::{Markup, html};
use moderation::{Case, CaseFilter, CaseState};
use serde::Deserialize;
use store::Tx;

use super::{
    Trouble, cases,
    entry::{self, Names, days},
    movement::statement_of,
    order,
};
use crate::{
    components::{
        empty::{Empty, empty},
        figure::{Figure, figures},
        icon::Icon,
        section::{page_head, section},
        shell::{self, Frame, Head, Section},
        timeline::timeline,
    },
    numbers::{counted, grouped},
    query::Named,
    room::{Answer, Room},
};

/// Cases, and decisions, that are shown.
const SHOWN: u32 = 10;
/// Memories that are counted at most.
const COUNTED: u32 = 100;

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) member: UserId,
    pub(crate) cases: Vec<Case>,
    pub(crate) has_more_cases: bool,
    /// The points that count at present.
    pub(crate) points: i64,
    /// Coins with their sign; nothing where the viewer does not see everybody's, or the economy is off.
    pub(crate) account: Option<(AccountView, String)>,
    /// How many facts are remembered; nothing where the viewer does not learn that.
    pub(crate) facts: Option<usize>,
    pub(crate) decisions: Vec<Entry>,
    pub(crate) names: Names,
}

/// Whose page.
#[derive(Debug, Deserialize)]
pub(crate) struct Whose {
    member_id: String,
}

/// `GET /dashboard/guilds/{guild_id}/members/{member_id}`
pub(crate) async fn show(room: Room, Named(whose): Named<Whose>) -> Answer {
    let member = whose.member_id.parse().map_err(|_| Trouble::NoPage)?;
    room.page(load(&room, member), page).await
}

async fn load(room: &Room, member: UserId) -> Result<View, Trouble> {
    let config = room.core().config(room.guild).await;
    let config = config.map_err(|error| room.trouble(&error))?;
    let sees_all = room.standing().suffices(Role::Manager, Access::Read);
    let sees_coins = sees_all && config.settings.economy.enabled;
    let symbol = config.settings.economy.currency.symbol.clone();
    let (guild, eyes, now, op) = (room.guild, room.eyes(), room.now.at, room.rehearsal()?);
    let read = move |tx: &mut Tx<'_>| {
        let of_member = CaseFilter {
            user: Some(member),
            ..CaseFilter::default()
        };
        let about = Filter {
            user: Some(member),
            ..Filter::default()
        };
        let cases = moderation::case_search(tx, guild, &of_member, None, SHOWN)?;
        let account = sees_coins.then(|| economy::account(tx, guild, member, now));
        let account = account.transpose()?;
        let facts = sees_all.then(|| memory::facts(tx, guild, Some(member), None, COUNTED, now));
        Ok(View {
            member,
            has_more_cases: cases.next.is_some(),
            cases: cases.cases,
            points: moderation::points(tx, &op, &config.settings.moderation, member)?,
            account: account.map(|account| (account, symbol.clone())),
            facts: facts.transpose()?.map(|facts| facts.items.len()),
            decisions: audit::search_seen(tx, guild, &eyes, &about, None, SHOWN)?.entries,
            names: Names::default(),
        })
    };
    let found = room.read("dashboard.member", read).await?;
    let people: Vec<UserId> = found
        .cases
        .iter()
        .flat_map(order::people)
        .chain(entry::people(&found.decisions))
        .chain([member])
        .collect();
    Ok(View {
        names: room.names(people).await,
        ..found
    })
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let name = view.names.member(view.member).name;
    let head = Head {
        title: &name,
        section: Some(Section::Moderation),
        crumbs: vec![("Moderation", frame.at("/moderation"))],
        is_live: false,
    };
    let id = view.member;
    let all_cases = frame.at(&format!("/moderation?member={id}"));
    let all_decisions = frame.at(&format!("/why?user={id}"));
    let main = html! {
        (page_head(&name, &lead(view), &html! { span.soft.small { "id " code { (id) } } }))
        (figures(&numbers(frame, view)))
        (section("cases-part", "Cases", &html! { @if view.has_more_cases { a href=(all_cases) { "All cases" } } }, &cases_of(frame, view)))
        (section("decisions", "Decisions about them", &html! { a href=(all_decisions) { "All decisions" } }, &decisions(frame, view)))
    };
    shell::page(frame, &head, &main)
}

/// The answer in a sentence.
fn lead(view: &View) -> String {
    let open = view
        .cases
        .iter()
        .filter(|case| case.state == CaseState::Open)
        .count();
    let open = i64::try_from(open).unwrap_or(i64::MAX);
    if view.cases.is_empty() {
        return "Nothing was ever held against them.".to_owned();
    }
    format!(
        "{} in force, {} that count.",
        counted(open, "case", "cases"),
        counted(view.points, "point", "points")
    )
}

fn numbers(frame: &Frame, view: &View) -> Vec<Figure> {
    let mut all = vec![Figure {
        label: "Points".to_owned(),
        value: grouped(view.points),
        note: "that count at present".to_owned(),
        href: Some(frame.at(&format!("/moderation?member={}", view.member))),
        ..Figure::default()
    }];
    if let Some((account, symbol)) = &view.account {
        all.push(Figure {
            label: "Purse".to_owned(),
            value: grouped(account.balance.get()),
            unit: symbol.clone(),
            note: if account.frozen {
                "frozen"
            } else {
                "every coin explained"
            }
            .to_owned(),
            href: Some(statement_of(frame, view.member)),
            ..Figure::default()
        });
    }
    if let Some(facts) = view.facts {
        let many = i64::try_from(facts).unwrap_or(i64::MAX);
        let is_more = facts >= usize::try_from(COUNTED).unwrap_or(usize::MAX);
        all.push(Figure {
            label: "Remembered".to_owned(),
            value: if is_more {
                format!("{}+", grouped(many))
            } else {
                grouped(many)
            },
            note: "facts, theirs to read".to_owned(),
            href: Some(frame.at(&format!("/memory?member={}", view.member))),
            ..Figure::default()
        });
    }
    all
}

fn cases_of(frame: &Frame, view: &View) -> Markup {
    if view.cases.is_empty() {
        return empty(&Empty {
            icon: Icon::Shield,
            title: "No cases",
            text: "No rule and no moderator has ever acted on them.",
            actions: Vec::new(),
        });
    }
    cases::listed(frame, &view.cases, &view.names, (None, None))
}

fn decisions(frame: &Frame, view: &View) -> Markup {
    if view.decisions.is_empty() {
        return empty(&Empty {
            icon: Icon::Why,
            title: "Nothing was decided about them",
            text: "Answers of the persona, hits of rules and deeds of moderators stand here.",
            actions: Vec::new(),
        });
    }
    html! { div.card { (timeline(&days(frame, &view.names, &view.decisions))) } }
}
