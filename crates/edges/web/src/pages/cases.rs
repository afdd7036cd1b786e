//! Is order kept: what waits for a person, and every case, newest first, by what one knows of it.

use kernel::UserId;
use maud::{Markup, html};
use moderation::{Case, CaseFilter, CaseKind, CaseState, Mode, SwitchState};
use serde::Deserialize;
use store::Tx;

use super::{
    Trouble,
    entry::{Names, member},
    files::link,
    order::{self, KINDS, STATES, case_kind, case_state, tabs},
    people,
};
use crate::{
    components::{
        empty::{Empty, empty},
        figure::{Figure, figures},
        filter::select,
        icon::Icon,
        notice::{Notice, notice},
        section::{live, page_head},
        shell::{self, Frame, Head, Section},
        table::{Rows, Table, table, text},
        tag::Tone,
    },
    moment,
    numbers::{counted, grouped},
    query::{self, Wanted},
    room::{Answer, Room},
};

/// Cases of one page.
const PAGE: u32 = 50;
/// The longest id of a rule.
const RULE_MAX: usize = 64;

/// What is asked for in the address; what makes no sense is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    pub(crate) kind: String,
    pub(crate) state: String,
    pub(crate) member: String,
    pub(crate) rule: String,
    pub(crate) cursor: String,
    /// Who that is; looked up.
    #[serde(skip)]
    pub(crate) meant: Option<UserId>,
}

impl Asked {
    /// The same, knowing who is meant.
    pub(crate) async fn settled(self, room: &Room) -> Self {
        let meant = people::meant(room, &self.member).await;
        Self { meant, ..self }
    }

    pub(crate) fn filter(&self) -> CaseFilter {
        let rule = Some(self.rule.clone());
        CaseFilter {
            user: self.meant,
            kind: CaseKind::of_name(&self.kind),
            state: CaseState::of_name(&self.state),
            rule: rule.filter(|rule| (1..=RULE_MAX).contains(&rule.len())),
        }
    }

    fn address(&self, frame: &Frame, cursor: &str) -> String {
        frame.at(&format!("/moderation{}", self.query(cursor)))
    }

    fn query(&self, cursor: &str) -> String {
        let pairs = [
            ("kind", self.kind.as_str()),
            ("state", &self.state),
            ("member", &self.member),
            ("rule", &self.rule),
            ("cursor", cursor),
        ];
        query::string(&pairs)
    }

    fn is_filtered(&self) -> bool {
        !self.member.is_empty() || self.filter() != CaseFilter::default()
    }
}

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) asked: Asked,
    pub(crate) is_on: bool,
    pub(crate) cases: Vec<Case>,
    pub(crate) next: Option<i64>,
    /// How many held messages wait.
    pub(crate) waiting: u64,
    /// How many rules act, and how many only watch.
    pub(crate) acting: usize,
    pub(crate) watching: usize,
    /// The rules by id and name.
    pub(crate) rules: Vec<(String, String)>,
    pub(crate) names: Names,
}

/// `GET /dashboard/guilds/{guild_id}/moderation`
pub(crate) async fn show(room: Room, Wanted(asked): Wanted<Asked>) -> Answer {
    room.page(load(&room, asked), page).await
}

async fn load(room: &Room, asked: Asked) -> Result<View, Trouble> {
    let asked = asked.settled(room).await;
    let config = room.core().config(room.guild).await;
    let config = config.map_err(|error| room.trouble(&error))?;
    let (guild, filter, before) = (room.guild, asked.filter(), asked.cursor.parse().ok());
    let read = move |tx: &mut Tx<'_>| {
        let found = moderation::case_search(tx, guild, &filter, before, PAGE)?;
        let switch = moderation::switch(tx, guild)?;
        let is_off = switch.is_some_and(|switch| switch.state == SwitchState::Off);
        Ok((found, moderation::waiting_count(tx, guild)?, is_off))
    };
    let (found, waiting, is_off) = room.read("dashboard.cases", read).await?;
    let settings = &config.settings.moderation;
    let count = |mode| {
        let rules = settings.rules.iter();
        rules
            .filter(|rule| rule.enabled && rule.mode == mode)
            .count()
    };
    let people: Vec<UserId> = found.cases.iter().flat_map(order::people).collect();
    let people = people.into_iter().chain(asked.filter().user);
    Ok(View {
        is_on: settings.enabled && !is_off,
        cases: found.cases,
        next: found.next,
        waiting,
        acting: count(Mode::Act),
        watching: count(Mode::Shadow),
        rules: settings
            .rules
            .iter()
            .map(|rule| (rule.id.clone(), rule.title().to_owned()))
            .collect(),
        names: room.names(people).await,
        asked,
    })
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let head = Head {
        title: "Moderation",
        section: Some(Section::Moderation),
        is_live: view.asked.cursor.is_empty(),
        ..Head::default()
    };
    let main = html! {
        (page_head("Moderation", &lead(view), &link(frame, &format!("/moderation/cases.csv{}", view.asked.query("")))))
        (tabs(frame, "", view.waiting))
        (off(frame, view))
        (live("figures", &figures(&numbers(frame, view))))
        (filters(frame, view))
        section.section aria-labelledby="cases-title" {
            h2.unseen id="cases-title" { "Cases" }
            (live("cases", &list(frame, view)))
        }
    };
    shell::page(frame, &head, &main)
}

fn lead(view: &View) -> String {
    let waits = match view.waiting {
        0 => "Nothing waits for you.".to_owned(),
        1 => "One held message waits for you.".to_owned(),
        many => format!("{many} held messages wait for you."),
    };
    format!("{waits} Every case has its reason, and can be taken back.")
}

fn off(frame: &Frame, view: &View) -> Markup {
    if view.is_on {
        return html! {};
    }
    notice(&Notice {
        tone: Tone::Warning,
        title: "Rules are switched off.".to_owned(),
        text:
            "No message is looked at until they are on again, in the settings or with /automod on."
                .to_owned(),
        action: frame
            .opens(Section::Settings)
            .then(|| ("Settings".to_owned(), frame.at("/settings/moderation"))),
    })
}

fn numbers(frame: &Frame, view: &View) -> Vec<Figure> {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    vec![
        Figure {
            label: "To review".to_owned(),
            value: grouped(i64::try_from(view.waiting).unwrap_or(i64::MAX)),
            note: "held messages".to_owned(),
            href: Some(frame.at("/moderation/review")),
            ..Figure::default()
        },
        Figure {
            label: "Rules that act".to_owned(),
            value: grouped(count(view.acting)),
            note: format!("{} watching in the shadow", grouped(count(view.watching))),
            href: Some(frame.at("/moderation/rules")),
            ..Figure::default()
        },
    ]
}

fn filters(frame: &Frame, view: &View) -> Markup {
    let asked = &view.asked;
    let rules: Vec<(&str, &str)> = view
        .rules
        .iter()
        .map(|(id, name)| (id.as_str(), name.as_str()))
        .collect();
    html! {
        form.filters method="get" action=(frame.at("/moderation")) data-applies aria-label="Filter cases" {
            (select("case-kind", "kind", "What", "Everything", &KINDS, &asked.kind))
            (select("case-state", "state", "State", "Every state", &STATES, &asked.state))
            @if !rules.is_empty() { (select("case-rule", "rule", "Rule", "Every rule", &rules, &asked.rule)) }
            (people::field(frame, "case-member", &asked.member, asked.meant))
            button.button type="submit" { "Apply" }
            @if asked.is_filtered() { a.button.quiet href=(frame.at("/moderation")) { "Clear" } }
        }
        @if let Some(user) = asked.filter().user {
            p.row { span.soft { "Only about " } (member(user, &view.names, frame)) }
        }
    }
}

fn list(frame: &Frame, view: &View) -> Markup {
    let asked = &view.asked;
    let first = (!asked.cursor.is_empty()).then(|| asked.address(frame, ""));
    let next = view
        .next
        .map(|next| asked.address(frame, &next.to_string()));
    if view.cases.is_empty() {
        return html! {
            (nothing(frame, view))
            @if next.is_some() || first.is_some() {
                nav.pager aria-label="Pages of cases" {
                    @if let Some(first) = &first { a href=(first) { "Newest" } } @else { span {} }
                    @if let Some(next) = &next { a.button.slim href=(next) rel="next" { "Older" } }
                }
            }
        };
    }
    listed(frame, &view.cases, &view.names, (first, next))
}

/// Cases as a table, each leading to its page.
pub(crate) fn listed(
    frame: &Frame,
    cases: &[Case],
    names: &Names,
    (first, next): (Option<String>, Option<String>),
) -> Markup {
    let row = |case: &Case| {
        vec![
            html! { a.whole href=(frame.at(&format!("/moderation/cases/{}", case.number))) data-stop { "Case " (case.number) } },
            html! { (case_kind(case.kind)) },
            member(case.user, names, frame),
            html! { span.said-short dir="auto" { @if case.reason.is_empty() { span.soft { "no reason given" } } @else { (case.reason) } } },
            case_state(case.state),
            moment::when(&frame.now, case.at),
        ]
    };
    table(&Table {
        id: "cases",
        caption: "Cases, newest first",
        columns: &[
            text("Case"),
            text("What"),
            text("Whom"),
            text("Why"),
            text("State"),
            text("When"),
        ],
        rows: Rows::Here(cases.iter().map(row).collect()),
        is_whole: false,
        first,
        next,
    })
}

fn nothing(frame: &Frame, view: &View) -> Markup {
    let all = vec![("Show all cases", frame.at("/moderation"))];
    if view.next.is_some() {
        return empty(&Empty {
            icon: Icon::Search,
            title: "Not found yet",
            text: "None of these cases matches. Older ones are looked through with “Older”.",
            actions: Vec::new(),
        });
    }
    if view.asked.is_filtered() || !view.asked.cursor.is_empty() {
        return empty(&Empty {
            icon: Icon::Search,
            title: "No case matches",
            text: "Take a filter away.",
            actions: all,
        });
    }
    let rules = counted(
        i64::try_from(view.acting).unwrap_or(0),
        "rule acts",
        "rules act",
    );
    let text = if view.acting == 0 {
        "Nobody was warned, and no rule watches yet. Write the first one; it begins in the shadow."
            .to_owned()
    } else {
        format!("{rules} here, and nobody has broken one.")
    };
    empty(&Empty {
        icon: Icon::Shield,
        title: "No cases",
        text: &text,
        actions: vec![("Rules", frame.at("/moderation/rules"))],
    })
}
