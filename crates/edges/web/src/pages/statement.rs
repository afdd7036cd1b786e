//! A member's statement: what they had, each coin that came and went with its reason, and what they have.

use app::{Access, Role};
use economy::{AccountView, Explained, ExplainedLine, Party};
use kernel::UserId;
use maud::{Markup, html};
use serde::Deserialize;
use store::Tx;

use super::{
    Trouble,
    entry::Names,
    files::link,
    movement::{self, party, what},
};
use crate::{
    components::{
        empty::Empty,
        figure::{Figure, figures},
        icon::Icon,
        notice::{Notice, notice},
        section::{page_head, section},
        shell::{self, Frame, Head, Section},
        table::{Rows, Table, number, table, text},
        tag::Tone,
    },
    moment,
    numbers::{Unit, counted, grouped},
    query::{self, Named, Wanted},
    room::{Answer, Room},
};

/// Movements of one page.
const PAGE: u32 = 50;

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) member: UserId,
    /// Whether it is the viewer's own.
    pub(crate) is_own: bool,
    pub(crate) symbol: String,
    pub(crate) account: AccountView,
    /// Nothing where this page lies too far back to be reckoned.
    pub(crate) explained: Option<Explained>,
    /// Whether these are the newest movements.
    pub(crate) is_newest: bool,
    pub(crate) names: Names,
}

/// Whose statement, and from where on.
#[derive(Debug, Deserialize)]
pub(crate) struct Whose {
    member_id: String,
}

impl Whose {
    /// The member; nobody has an id that is none.
    pub(crate) fn member(&self) -> Result<UserId, Trouble> {
        self.member_id.parse().map_err(|_| Trouble::NoPage)
    }
}

/// The place in the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    cursor: String,
}

/// `GET /dashboard/guilds/{guild_id}/members/{member_id}/statement`
pub(crate) async fn show(
    room: Room,
    Named(whose): Named<Whose>,
    Wanted(asked): Wanted<Asked>,
) -> Answer {
    let member = whose.member()?;
    if !may_see(&room, member) {
        return Err(Trouble::NotAllowed);
    }
    room.page(load(&room, member, &asked.cursor), page).await
}

/// Members see their own coins, managers those of all.
pub(crate) fn may_see(room: &Room, member: UserId) -> bool {
    room.viewer().session.user == member || room.standing().suffices(Role::Manager, Access::Read)
}

async fn load(room: &Room, member: UserId, cursor: &str) -> Result<View, Trouble> {
    let config = room.core().config(room.guild).await;
    let config = config.map_err(|error| room.trouble(&error))?;
    let (guild, now) = (room.guild, room.now.at);
    let from = cursor.parse().ok();
    let read = move |tx: &mut Tx<'_>| {
        let explained = economy::explained(tx, guild, member, from, PAGE)?;
        Ok((economy::account(tx, guild, member, now)?, explained))
    };
    let (account, explained) = room.read("dashboard.statement", read).await?;
    let lines = explained.iter().flat_map(|explained| &explained.lines);
    let sides = lines.flat_map(|line| [&line.record.from, &line.record.to]);
    let people: Vec<UserId> = sides.filter_map(Party::user).chain([member]).collect();
    Ok(View {
        member,
        is_own: room.viewer().session.user == member,
        symbol: config.settings.economy.currency.symbol.clone(),
        account,
        explained,
        is_newest: from.is_none(),
        names: room.names(people).await,
    })
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let name = view.names.member(view.member).name;
    let title = if view.is_own {
        "Your coins".to_owned()
    } else {
        format!("Coins of {name}")
    };
    let head = Head {
        title: "Statement",
        section: Some(Section::Economy),
        crumbs: vec![(&name, frame.member(view.member))],
        is_live: false,
    };
    let main = html! {
        (page_head(&title, &lead(view), &link(frame, &format!("/members/{}/statement.csv", view.member))))
        (frozen(view))
        (figures(&has(view)))
        (section("statement", "Statement", &html! {}, &statement(frame, view)))
    };
    shell::page(frame, &head, &main)
}

fn lead(view: &View) -> String {
    let who = if view.is_own { "you have" } else { "they have" };
    format!("Every coin that came or went, from nothing to what {who} now.")
}

fn frozen(view: &View) -> Markup {
    html! {
        @if view.account.frozen {
            (notice(&Notice {
                tone: Tone::Warning,
                title: "These coins are frozen.".to_owned(),
                text: "Nothing comes in or goes out until somebody who manages the server lifts it.".to_owned(),
                action: None,
            }))
        }
    }
}

fn has(view: &View) -> Vec<Figure> {
    let account = &view.account;
    let figure = |label: &str, value: i64, note: &str| Figure {
        label: label.to_owned(),
        value: grouped(value),
        unit: view.symbol.clone(),
        note: note.to_owned(),
        ..Figure::default()
    };
    let held = account.held.get();
    let purse_note = if held > 0 {
        format!("{} of it held back", grouped(held))
    } else {
        "to spend".to_owned()
    };
    let mut all = vec![
        figure("Purse", account.balance.get(), &purse_note),
        figure("Bank", account.bank.get(), "put aside"),
        figure(
            "Owed",
            account.owed.get(),
            "paid back out of what comes in next",
        ),
    ];
    let total = account.balance.get().saturating_add(account.bank.get());
    let total = total.saturating_sub(account.owed.get());
    if total != account.balance.get() {
        all.push(figure("All together", total, "what the statement leads to"));
    }
    all
}

fn statement(frame: &Frame, view: &View) -> Markup {
    let Some(explained) = &view.explained else {
        return notice(&Notice {
            tone: Tone::Info,
            title: "That is too far back to reckon.".to_owned(),
            text: "So many movements lie between then and now that the balances would take too long. The movements themselves are in the list.".to_owned(),
            action: Some(("All movements".to_owned(), frame.at(&format!("/economy/transfers?member={}", view.member)))),
        });
    };
    html! {
        (sum(view, explained))
        (table(&Table {
            id: "statement-table",
            caption: "The statement, newest first",
            columns: &[text("When"), text("What"), text("With"), number("Came or went"), number("Then had")],
            rows: rows(frame, view, explained),
            is_whole: false,
            first: (!view.is_newest).then(|| address(frame, view, "")),
            next: explained.next.map(|next| address(frame, view, &next.to_string())),
        }))
    }
}

fn address(frame: &Frame, view: &View, cursor: &str) -> String {
    let query = query::string(&[("cursor", cursor)]);
    format!("{}{query}", movement::statement_of(frame, view.member))
}

/// That the page adds up, in a sentence.
fn sum(view: &View, explained: &Explained) -> Markup {
    let unit = Unit::Coins(view.symbol.clone());
    let way = |is: fn(i64) -> bool| -> i64 {
        let changes = explained.lines.iter().map(|line| line.change.get());
        changes.filter(|change| is(*change)).sum()
    };
    let (came, went) = (way(|change| change > 0), way(|change| change < 0));
    let count = i64::try_from(explained.lines.len()).unwrap_or(i64::MAX);
    html! {
        @if !explained.lines.is_empty() {
            p data-statement-sum {
                strong { (grouped(explained.opening.get())) } " before, "
                strong { "+" (grouped(came)) } " came, "
                strong { (grouped(went)) } " went: " strong { (unit.whole(explained.closing.get())) }
                @if view.is_newest { " now" } @else { " then" }
                ", explained by " (counted(count, "movement", "movements")) "."
            }
        }
        @if explained.next.is_none() && explained.opening.get() != 0 {
            (notice(&Notice {
                tone: Tone::Danger,
                title: "This does not begin with nothing.".to_owned(),
                text: "The journal does not lead to what is stored. The check of the ledger puts that right within minutes; if this stays, ask the operator.".to_owned(),
                action: None,
            }))
        }
    }
}

fn rows<'a>(frame: &Frame, view: &View, explained: &Explained) -> Rows<'a> {
    if explained.lines.is_empty() {
        return Rows::Empty(Empty {
            icon: Icon::Coins,
            title: "No coins came or went",
            text: "The first /daily begins this statement.",
            actions: Vec::new(),
        });
    }
    let lines = explained.lines.iter();
    let mut rows: Vec<Vec<Markup>> = lines.map(|line| row(frame, view, line)).collect();
    let words = if explained.next.is_none() {
        "Before the first coin"
    } else {
        "Before, on older pages"
    };
    rows.push(vec![
        html! {},
        html! { span.soft { (words) } },
        html! {},
        html! {},
        html! { (grouped(explained.opening.get())) },
    ]);
    Rows::Here(rows)
}

fn row(frame: &Frame, view: &View, line: &ExplainedLine) -> Vec<Markup> {
    vec![
        moment::when(&frame.now, line.record.at),
        what(frame, &line.record),
        counterpart(frame, view, line),
        html! { (signed(line.change.get())) },
        html! { (grouped(line.balance.get())) },
    ]
}

fn signed(change: i64) -> String {
    if change > 0 {
        return format!("+{}", grouped(change));
    }
    grouped(change)
}

/// The other side; of what moved between the member's own accounts, both.
fn counterpart(frame: &Frame, view: &View, line: &ExplainedLine) -> Markup {
    let (from, to) = (&line.record.from, &line.record.to);
    let is_own = |party: &Party| party.user() == Some(view.member);
    match (is_own(from), is_own(to)) {
        (true, true) => html! { span.soft { (own(from)) " to " (own(to)) } },
        (true, false) => html! { span.inline { "to " (party(to, &view.names, frame)) } },
        _ => html! { span.inline { "from " (party(from, &view.names, frame)) } },
    }
}

fn own(party: &Party) -> &'static str {
    match party.kind() {
        economy::AccountKind::Bank => "bank",
        economy::AccountKind::Debt => "debt",
        _ => "purse",
    }
}
