//! What members see of a server: their own coins, and what was decided about themselves.

use audit::{Entry, Filter};
use economy::AccountView;
use maud::{Markup, html};
use store::Tx;

use super::{
    Trouble,
    entry::{self, Names, days},
    movement::statement_of,
};
use crate::{
    components::{
        empty::{Empty, empty},
        figure::{Figure, figures},
        icon::Icon,
        section::{live, page_head, section},
        shell::{self, Frame, Head, Section},
        timeline::timeline,
    },
    numbers::{counted, grouped},
    room::Room,
};

/// How many of the latest decisions are shown.
const LATEST: u32 = 8;

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// Their coins, and the sign of coins here; nothing where the economy is off.
    pub(crate) account: Option<(AccountView, String)>,
    pub(crate) latest: Vec<Entry>,
    pub(crate) names: Names,
}

pub(crate) async fn load(room: &Room) -> Result<View, Trouble> {
    let (guild, eyes, now) = (room.guild, room.eyes(), room.now.at);
    let config = room.core().config(guild).await;
    let config = config.map_err(|error| room.trouble(&error))?;
    let has_coins = config.settings.economy.enabled;
    let read = move |tx: &mut Tx<'_>| {
        let latest = audit::search_seen(tx, guild, &eyes, &Filter::default(), None, LATEST)?;
        let account = has_coins.then(|| economy::account(tx, guild, eyes.user, now));
        Ok((account.transpose()?, latest.entries))
    };
    let (account, latest) = room.read("web.mine", read).await?;
    let symbol = config.settings.economy.currency.symbol.clone();
    Ok(View {
        account: account.map(|account| (account, symbol)),
        names: room.names(entry::people(&latest)).await,
        latest,
    })
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let head = Head {
        title: "Overview",
        section: Some(Section::Overview),
        is_live: true,
        ..Head::default()
    };
    let name = frame.server.as_ref().map_or("", |server| &server.name);
    let lead = "What concerns you here. Only you, moderators and the server's managers see it.";
    let main = html! {
        (page_head(name, lead, &html! {}))
        @if let Some((account, symbol)) = &view.account {
            (live("figures", &figures(&numbers(frame, account, symbol))))
        }
        (section("latest", "Decisions about you", &html! { a href=(frame.section(Section::Why)) { "All of them" } },
            &live("latest", &latest(frame, view))))
        p.soft {
            "In Discord, " code { "/privacy export" } " gives you everything that is kept about you, and "
            code { "/privacy erase" } " has it forgotten."
        }
    };
    shell::page(frame, &head, &main)
}

fn numbers(frame: &Frame, account: &AccountView, symbol: &str) -> Vec<Figure> {
    let coins = |label: &str, value: i64, note: &str| Figure {
        label: label.to_owned(),
        value: grouped(value),
        unit: symbol.to_owned(),
        note: note.to_owned(),
        ..Figure::default()
    };
    let held = account.held.get();
    let purse = if account.frozen {
        "frozen: it neither pays nor receives".to_owned()
    } else if held > 0 {
        format!("of which {} are held back", grouped(held))
    } else {
        "to spend".to_owned()
    };
    let mut all = vec![Figure {
        href: Some(statement_of(frame, account.user)),
        ..coins("Your purse", account.balance.get(), &purse)
    }];
    if account.bank.get() > 0 {
        all.push(coins("Your bank", account.bank.get(), "put aside"));
    }
    if account.owed.get() > 0 {
        all.push(coins(
            "You owe",
            account.owed.get(),
            "paid off by what you earn",
        ));
    }
    all.push(Figure {
        label: "Daily streak".to_owned(),
        value: counted(account.streak, "day", "days"),
        note: "/daily in Discord keeps it going".to_owned(),
        ..Figure::default()
    });
    all
}

fn latest(frame: &Frame, view: &View) -> Markup {
    if view.latest.is_empty() {
        return empty(&Empty {
            icon: Icon::Why,
            title: "Nothing was decided about you",
            text: "Should a rule remove a message of yours, or the bot answer you, it stands here with its reasons.",
            actions: Vec::new(),
        });
    }
    html! { div.card { (timeline(&days(frame, &view.names, &view.latest))) } }
}
