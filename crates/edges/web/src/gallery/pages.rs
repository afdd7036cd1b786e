//! Every page with sample values.

mod coins;
mod known;
mod operator;
mod order;
mod own;
mod people;
mod personas;
mod tokens;

use maud::Markup;

use super::{State, frame, samples};
use crate::{
    components::{tag::Tone, to_do::Need},
    pages::{access, history, mine, overview, receipt, settings, token, undo, why},
    range::Range,
    sent::Sent,
    settings::SECTIONS,
};

/// The samples by name.
#[cfg(test)]
pub(super) const PAGES: [&str; 42] = [
    "overview",
    "mine",
    "why",
    "receipt",
    "undo",
    "settings",
    "preview",
    "persona",
    "document",
    "history",
    "revision",
    "access",
    "new-token",
    "made-token",
    "token",
    "economy",
    "transfers",
    "transfer",
    "statement",
    "cases",
    "case",
    "review",
    "rules",
    "rule",
    "try",
    "memory",
    "fact",
    "member",
    "personas",
    "wizard",
    "version",
    "installation",
    "servers",
    "bots",
    "jobs",
    "letter",
    "providers",
    "storage",
    "program",
    "yours",
    "sessions",
    "trouble",
];

/// One page in one state.
pub(super) fn page(name: &str, state: State) -> Option<Markup> {
    Some(match name {
        "overview" => overview::page(&frame(state), &overview_view(state)),
        "mine" => mine::page(&frame(state), &people::mine_view(state)),
        "undo" => undo::page(&frame(state), &people::undo_view(state)),
        "access" => access::page(&frame(state), &people::access_view(state)),
        "new-token" => token::new_page(&frame(state), &tokens::new(state)),
        "made-token" => token::made_page(&frame(state), &tokens::made(state)),
        "token" => token::one_page(&frame(state), &tokens::one(state)),
        "preview" => settings::page(&frame(state), &preview_view(state)),
        "why" => why::page(&frame(state), &why_view(state)),
        "receipt" => receipt::page(&frame(state), &receipt_view(state)),
        "settings" => settings::page(&frame(state), &settings_view(state, Some(0))),
        "persona" => settings::page(&frame(state), &settings_view(state, Some(1))),
        "document" => settings::page(&frame(state), &settings_view(state, None)),
        "history" => history::page(&frame(state), &history_view(state)),
        "revision" => history::revision_page(&frame(state), &revision_view(state)),
        "economy" => crate::pages::economy::page(&frame(state), &coins::economy(state)),
        "transfers" => crate::pages::transfers::page(&frame(state), &coins::transfers(state)),
        "transfer" => crate::pages::transfer::page(&frame(state), &coins::transfer(state)),
        "statement" => crate::pages::statement::page(&frame(state), &coins::statement(state)),
        "cases" => crate::pages::cases::page(&frame(state), &order::cases(state)),
        "case" => crate::pages::case::page(&frame(state), &order::case_page(state)),
        "review" => crate::pages::review::page(&frame(state), &order::review(state)),
        "rules" => crate::pages::rules::page(&frame(state), &order::rules(state)),
        "rule" => crate::pages::rule::page(&frame(state), &order::rule(state)),
        "try" => crate::pages::rules::try_page(&frame(state), &order::console(state)),
        "memory" => crate::pages::memories::page(&frame(state), &known::memories(state)),
        "fact" => crate::pages::memories::one_page(&frame(state), &known::one(state)),
        "member" => crate::pages::member::page(&frame(state), &known::member(state)),
        "personas" => crate::pages::personas::page(&frame(state), &personas::personas(state)),
        "wizard" => crate::pages::persona::page(&frame(state), &personas::wizard(state)),
        "version" => crate::pages::personas::version_page(&frame(state), &personas::version(state)),
        _ => return operator::page(name, state).or_else(|| own::page(name, state)),
    })
}

fn overview_view(state: State) -> overview::View {
    let is_empty = state == State::Empty;
    let need = |tone, text: &str, action: &str| Need {
        tone,
        text: samples::wrote(state, text),
        action: Some((action.to_owned(), "#needs".to_owned())),
    };
    let needs = vec![
        need(Tone::Danger, "2 decisions failed today.", "See why"),
        need(
            Tone::Warning,
            "No log channel is chosen, so moderators don't see what rules do.",
            "Choose one",
        ),
    ];
    overview::View {
        members: (!is_empty).then_some(1_284),
        range: Range::Today,
        tallies: samples::tallies(state),
        coins: Some(overview::Coins {
            circulating: if is_empty { 0 } else { 48_210 },
            symbol: samples::wrote(state, "🪙"),
            flows: samples::flows(state),
        }),
        costs: if is_empty {
            vec![0; 7]
        } else {
            vec![210_000, 0, 120_000, 300_000, 90_000, 410_000, 420_000]
        },
        cost_max: 1_000_000,
        needs: if is_empty { Vec::new() } else { needs },
        latest: samples::entries(state),
        names: samples::names(state),
    }
}

fn why_view(state: State) -> why::View {
    let asked = why::Asked {
        text: if state == State::Hostile {
            samples::HOSTILE.to_owned()
        } else {
            String::new()
        },
        ..why::Asked::default()
    };
    why::View {
        is_own: false,
        asked,
        entries: samples::entries(state),
        next: if state == State::Full {
            "5.6".parse().ok()
        } else {
            None
        },
        names: samples::names(state),
    }
}

fn receipt_view(state: State) -> receipt::View {
    let mut entries = samples::entries(state);
    let entry = if entries.is_empty() {
        samples::bare_decision()
    } else {
        entries.remove(0)
    };
    receipt::View {
        json: serde_json::to_string_pretty(&audit::json::entry(&entry)).unwrap_or_default(),
        case: entry.case.map(|number| receipt::Case {
            number,
            is_undone: false,
        }),
        others: entries.into_iter().skip(2).take(2).collect(),
        names: samples::names(state),
        may_repeat: state != State::Empty,
        again: (state != State::Empty).then(|| Ok(order::replayed(state))),
        entry,
    }
}

/// Settings as they are; in the lively server as they were sent and refused.
fn settings_view(state: State, section: Option<usize>) -> settings::View {
    let settings = app::GuildSettings::default();
    let mut document = settings
        .document()
        .map(|document| document.value().clone())
        .unwrap_or_default();
    document["economy"]["currency"]["name"] = samples::wrote(state, "lanterns").into();
    document["persona"]["prompt"] = samples::wrote(state, "You keep the harbour light.").into();
    document["persona"]["channels"] = serde_json::json!(["51"]);
    let sent = Sent(vec![
        ("/economy/enabled".to_owned(), "true".to_owned()),
        ("/economy/daily/amount".to_owned(), "-1".to_owned()),
        (
            "/persona/prompt".to_owned(),
            samples::wrote(state, "You keep the harbour light."),
        ),
        ("document".to_owned(), samples::wrote(state, "{}")),
    ]);
    let problem = app::Problem {
        pointer: "/economy/daily/amount".to_owned(),
        reason: samples::wrote(state, "-1 is not a whole number from 0 to 1000000000"),
    };
    let refused = match (state, section) {
        (State::Full, Some(1)) => Some(settings::Refused::Stale(13)),
        (State::Hostile, Some(1)) => Some(settings::Refused::Told(samples::HOSTILE.to_owned())),
        (State::Empty, _) => None,
        _ => Some(settings::Refused::Wrong(vec![problem])),
    };
    let named = |id: &str, name: &str| (id.to_owned(), samples::wrote(state, name));
    settings::View {
        section: section.map(|place| SECTIONS[place]),
        document,
        revision: 12,
        refused: refused.map(|refused| (Some(sent), refused)),
        key: None,
        channels: if state == State::Empty {
            Vec::new()
        } else {
            vec![named("51", "#harbour-talk"), named("52", "#mod-log")]
        },
        roles: vec![named("61", "Moderator")],
    }
}

/// A change that is looked at before it is saved.
fn preview_view(state: State) -> settings::View {
    let shown = match state {
        State::Empty => Vec::new(),
        State::Full | State::Hostile => platform_changes(state),
    };
    let shown = crate::settings::changes(&shown, &crate::settings::Called::new());
    settings::View {
        refused: Some((None, settings::Refused::Previewed(shown))),
        ..settings_view(state, Some(0))
    }
}

fn revision_entry(state: State, number: i64, minutes: u32, note: &str) -> platform::Entry {
    platform::Entry {
        guild: kernel::GuildId::new(100).expect("above zero"),
        revision: platform::Revision::new(number).expect("above zero"),
        mark: platform::Mark::START,
        author: if number == 1 {
            platform::Author::System
        } else {
            platform::Author::Member(samples::user(11))
        },
        at: samples::ago(minutes),
        note: samples::wrote(state, note),
        cause: "api:1".to_owned(),
        restores: platform::Revision::new(if number == 11 { 9 } else { 0 }).ok(),
    }
}

fn platform_changes(state: State) -> Vec<platform::Change> {
    let change = |path: &str, old: &str, new: &str| platform::Change {
        path: path.to_owned(),
        old: Some(samples::wrote(state, old).into()),
        new: Some(samples::wrote(state, new).into()),
    };
    vec![
        change("/economy/daily/amount", "100", "150"),
        change(
            "/persona/prompt",
            "You are a calm keeper of a harbour light. Answer briefly.",
            "You are a merry keeper of a harbour light. Answer briefly, in rhyme.",
        ),
        platform::Change {
            path: "/moderation/rules/shouting".to_owned(),
            old: None,
            new: Some(serde_json::json!({"kind": "caps", "percent": 70})),
        },
    ]
}

fn history_view(state: State) -> history::View {
    let item = |number, minutes, note, changes: Vec<platform::Change>| platform::HistoryItem {
        entry: revision_entry(state, number, minutes, note),
        changes,
        changes_left_off: 0,
    };
    let items = vec![
        item(
            12,
            95,
            "More for the winter festival.",
            platform_changes(state),
        ),
        item(11, 400, "", platform_changes(state)),
        item(10, 1_600, "Quieter nights.", Vec::new()),
        item(1, 20_000, "", Vec::new()),
    ];
    history::View {
        items: if state == State::Empty {
            Vec::new()
        } else {
            items
        },
        next: (state == State::Full).then(|| "1".parse().ok()).flatten(),
        is_first: true,
        head: 12,
        people: samples::names(state).people,
        wrong_moment: (state == State::Hostile).then(|| samples::HOSTILE.to_owned()),
    }
}

fn revision_view(state: State) -> history::RevisionView {
    let shown = crate::settings::changes(&platform_changes(state), &crate::settings::Called::new());
    history::RevisionView {
        entry: revision_entry(state, 10, 95, "Quieter nights."),
        changes: if state == State::Empty {
            Vec::new()
        } else {
            shown.clone()
        },
        back: if state == State::Empty {
            Vec::new()
        } else {
            shown
        },
        head: 12,
        against: history::Against::Nothing,
        people: samples::names(state).people,
        refused: (state == State::Hostile).then(|| samples::HOSTILE.to_owned()),
    }
}

#[cfg(test)]
mod tests;
