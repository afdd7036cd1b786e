//! Does everything get done: what waits, what is tried again, and what failed for good, of both queues.

use std::collections::BTreeMap;

use app::{Letters, LettersAsked, SeenLetter};
use audit::Entry;
use kernel::GuildId;
use maud::{Markup, html};
use serde::Deserialize;
use store::letters::{LetterCounts, LetterState, Queue};

use super::head;
use crate::{
    components::{
        empty::Empty,
        figure::{Figure, figures},
        icon::Icon,
        section::{page_head, section},
        shell::{self, Frame, Section},
        table::{Rows, Table, number, table, text},
        tag::{Tone, tag},
    },
    console::Console,
    moment,
    numbers::grouped,
    pages::{
        Trouble,
        entry::{Names, title},
    },
    query::{self, Wanted},
    room::Answer,
};

/// Rows of one list.
const PAGE: u32 = 25;
/// The most deeds of operators that the page lists.
const DEEDS: u32 = 50;
/// The list of what waits, in addresses.
const WAITING: &str = "waiting";
/// The list of what operators did.
const DONE: &str = "done";

/// What is asked for in the address; what makes no sense is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    pub(crate) list: String,
    /// Where the list of effects goes on.
    pub(crate) effects: String,
    /// Where the list of jobs goes on.
    pub(crate) jobs: String,
}

impl Asked {
    fn state(&self) -> LetterState {
        if self.list == WAITING {
            LetterState::Waiting
        } else {
            LetterState::Dead
        }
    }

    fn cursor(&self, queue: Queue) -> &str {
        match queue {
            Queue::Effects => &self.effects,
            Queue::Jobs => &self.jobs,
        }
    }

    /// The address at which one of the lists goes on there, and the other stays where it is.
    fn address(&self, frame: &Frame, queue: Queue, cursor: &str) -> String {
        let (effects, jobs) = match queue {
            Queue::Effects => (cursor, self.jobs.as_str()),
            Queue::Jobs => (self.effects.as_str(), cursor),
        };
        let pairs = [
            ("list", self.list.as_str()),
            ("effects", effects),
            ("jobs", jobs),
        ];
        frame.at(&format!(
            "{}{}",
            Section::Jobs.place(),
            query::string(&pairs)
        ))
    }
}

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) asked: Asked,
    pub(crate) effects: Letters,
    pub(crate) jobs: Letters,
    /// How many rows of jobs and of effects there are.
    pub(crate) counts: (LetterCounts, LetterCounts),
    /// What operators did, where that is asked for.
    pub(crate) deeds: Vec<Entry>,
    /// What servers are called.
    pub(crate) servers: BTreeMap<GuildId, String>,
}

/// `GET /dashboard/operator/jobs`
pub(crate) async fn show(console: Console, Wanted(asked): Wanted<Asked>) -> Answer {
    console.page(load(&console, asked), page).await
}

async fn load(console: &Console, asked: Asked) -> Result<View, Trouble> {
    let core = console.core();
    let failed = |error: store::DbError| console.trouble(&error);
    let mut view = View {
        counts: core.letter_counts().await.map_err(failed)?,
        effects: Letters::default(),
        jobs: Letters::default(),
        deeds: Vec::new(),
        servers: BTreeMap::new(),
        asked,
    };
    if view.asked.list == DONE {
        view.deeds = core
            .operators_deeds(None, DEEDS)
            .await
            .map_err(failed)?
            .entries;
        return Ok(view);
    }
    let wanted = |queue| LettersAsked {
        queue,
        state: view.asked.state(),
        after: view.asked.cursor(queue).parse().ok(),
        limit: PAGE,
    };
    let (effects, jobs) = (wanted(Queue::Effects), wanted(Queue::Jobs));
    view.effects = core.letters(effects).await.map_err(failed)?;
    view.jobs = core.letters(jobs).await.map_err(failed)?;
    let guilds = view.effects.letters.iter().filter_map(|seen| seen.guild);
    let named = guilds.filter_map(|guild| Some((guild, core.guilds().known(guild)?.name)));
    view.servers = named.collect();
    Ok(view)
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let main = html! {
        (page_head("Jobs and dead letters", &lead(view), &html! {}))
        (figures(&numbers(frame, view)))
        (tabs(frame, view))
        @if view.asked.list == DONE {
            (section("deeds", "What operators decided", &html! {}, &deeds(frame, view)))
        } @else {
            (section("effects", "Owed to Discord", &html! {}, &list(frame, view, Queue::Effects)))
            (section("jobs", "Work of this program", &html! {}, &list(frame, view, Queue::Jobs)))
        }
    };
    shell::page(frame, &head(frame, "Jobs", Section::Jobs), &main)
}

fn lead(view: &View) -> String {
    let (jobs, effects) = view.counts;
    let dead = i64::try_from(jobs.dead + effects.dead).unwrap_or(i64::MAX);
    match dead {
        0 => "Nothing failed for good. What fails is tried again with growing pauses, and ends here after its last try."
            .to_owned(),
        1 => "One thing failed for good and waits for your word: try it again, or give it up.".to_owned(),
        _ => format!(
            "{} things failed for good and wait for your word: try each again, or give it up.",
            grouped(dead)
        ),
    }
}

fn numbers(frame: &Frame, view: &View) -> Vec<Figure> {
    let (jobs, effects) = view.counts;
    let figure = |label: &str, list: &str, (jobs, effects): (u64, u64)| Figure {
        label: label.to_owned(),
        value: grouped(i64::try_from(jobs + effects).unwrap_or(i64::MAX)),
        note: format!(
            "{} owed to Discord, {} of the program",
            count(effects),
            count(jobs)
        ),
        href: Some(place(frame, list)),
        ..Figure::default()
    };
    vec![
        figure("Failed for good", "", (jobs.dead, effects.dead)),
        figure("Tried again", WAITING, (jobs.retried, effects.retried)),
        figure(
            "Waiting or under way",
            WAITING,
            (jobs.waiting, effects.waiting),
        ),
    ]
}

fn count(count: u64) -> String {
    grouped(i64::try_from(count).unwrap_or(i64::MAX))
}

fn place(frame: &Frame, list: &str) -> String {
    let query = query::string(&[("list", list)]);
    frame.at(&format!("{}{query}", Section::Jobs.place()))
}

fn tabs(frame: &Frame, view: &View) -> Markup {
    let present = match view.asked.list.as_str() {
        list @ (WAITING | DONE) => list,
        _ => "",
    };
    html! {
        nav.tabs aria-label="Lists of jobs" {
            @for (list, name) in [("", "Failed for good"), (WAITING, "Waiting"), (DONE, "Decided")] {
                a href=(place(frame, list)) aria-current=[(list == present).then_some("page")] { (name) }
            }
        }
    }
}

fn list(frame: &Frame, view: &View, queue: Queue) -> Markup {
    let (id, caption, letters) = match queue {
        Queue::Effects => ("effect-rows", "Effects owed to Discord", &view.effects),
        Queue::Jobs => ("job-rows", "Jobs", &view.jobs),
    };
    let state = view.asked.state();
    let rows = if letters.letters.is_empty() {
        Rows::Empty(nothing(queue, state))
    } else {
        let rows = letters.letters.iter();
        Rows::Here(rows.map(|seen| line(frame, view, queue, seen)).collect())
    };
    let is_further = !view.asked.cursor(queue).is_empty();
    let next = letters.next.map(|next| next.to_string());
    let when = match state {
        LetterState::Dead => text("Failed"),
        LetterState::Waiting => text("Next try"),
    };
    let whose = match queue {
        Queue::Effects => text("Server"),
        Queue::Jobs => text("Key"),
    };
    table(&Table {
        id,
        caption,
        columns: &[
            text("What"),
            whose,
            number("Tries"),
            text("Last error"),
            when,
        ],
        rows,
        is_whole: false,
        first: is_further.then(|| view.asked.address(frame, queue, "")),
        next: next.map(|next| view.asked.address(frame, queue, &next)),
    })
}

const fn nothing(queue: Queue, state: LetterState) -> Empty<'static> {
    let (title, text) = match (queue, state) {
        (Queue::Effects, LetterState::Dead) => (
            "Everything got out",
            "What Discord refuses for good stands here with its words, such as a message to a channel that the bot may \
             not write in.",
        ),
        (Queue::Jobs, LetterState::Dead) => (
            "Every job was done",
            "One that fails eight times stands here with its last error.",
        ),
        (Queue::Effects, LetterState::Waiting) => (
            "Nothing is owed",
            "What was decided is in Discord already. While Discord does not answer, it waits here.",
        ),
        (Queue::Jobs, LetterState::Waiting) => (
            "Nothing waits",
            "Recurring work comes and goes within a second; what takes longer shows here.",
        ),
    };
    Empty {
        icon: Icon::Check,
        title,
        text,
        actions: Vec::new(),
    }
}

fn line(frame: &Frame, view: &View, queue: Queue, seen: &SeenLetter) -> Vec<Markup> {
    let letter = &seen.letter;
    vec![
        html! {
            a.whole href=(letter_at(frame, queue, letter.id)) data-stop { (what(seen)) }
        },
        whose(frame, seen, &view.servers),
        html! { (grouped(letter.attempts)) },
        html! {
            span.said-short dir="auto" {
                @if let Some(error) = &letter.error { (error) } @else { span.soft { (unfailed(seen)) } }
            }
        },
        due(frame, seen),
    ]
}

/// Where more is said of a row, and it is decided on.
pub(super) fn letter_at(frame: &Frame, queue: Queue, id: i64) -> String {
    frame.at(&format!("{}/{}/{id}", Section::Jobs.place(), queue.name()))
}

/// Whose it is: of an effect the server, of a job its key.
pub(super) fn whose(
    frame: &Frame,
    seen: &SeenLetter,
    servers: &BTreeMap<GuildId, String>,
) -> Markup {
    match (&seen.letter.what, seen.guild) {
        (store::letters::What::Job { key, .. }, _) => html! { code { (key) } },
        (_, Some(guild)) => match servers.get(&guild) {
            Some(name) => {
                html! { a href=(frame.at(&format!("/guilds/{guild}"))) dir="auto" { (name) } }
            }
            None => html! { (guild) },
        },
        (_, None) => html! { span.soft { "no server" } },
    }
}

/// What stands in place of an error, where there was none.
fn unfailed(seen: &SeenLetter) -> &'static str {
    match (seen.letter.state, seen.letter.attempts) {
        (LetterState::Waiting, 0) => "not tried yet",
        (LetterState::Waiting, _) => "under way",
        (LetterState::Dead, _) => "no reason was kept",
    }
}

fn due(frame: &Frame, seen: &SeenLetter) -> Markup {
    let at = seen.letter.due_at;
    match seen.letter.state {
        LetterState::Dead => moment::when(&frame.now, at),
        LetterState::Waiting if at <= frame.now.at => tag(Tone::Info, "now"),
        LetterState::Waiting => moment::clock(&frame.now, at),
    }
}

/// What a row is about, in words.
pub(super) fn what(seen: &SeenLetter) -> String {
    let Some(kind) = seen.kind.as_deref() else {
        return "An effect whose words are forgotten".to_owned();
    };
    let found = KINDS.iter().find(|(known, _)| *known == kind);
    found.map_or_else(|| kind.to_owned(), |(_, words)| (*words).to_owned())
}

/// What effects do and jobs are for.
const KINDS: [(&str, &str); 24] = [
    ("answer", "Answer to a command"),
    ("ban", "Ban"),
    ("bots.close-talks", "End answers that nobody finished"),
    ("bots.follow-personas", "Write down versions of personas"),
    ("delete_message", "Remove messages"),
    ("direct_message", "Direct message"),
    (
        "economy.expire-pending",
        "Void transfers whose time is over",
    ),
    ("economy.roll-up", "Sum up coins"),
    ("economy.verify", "Compare balances with the journal"),
    ("edit_message", "Edit a message"),
    ("kick", "Send a member out"),
    ("lock", "Lock a channel"),
    ("memory.forget-words", "Forget words whose time is over"),
    ("moderation.end-sanctions", "End sanctions on time"),
    ("post", "Post a message"),
    ("profile", "Change the bot's look"),
    ("react", "React to a message"),
    ("slowmode", "Slow a channel down"),
    ("store.prune", "Forget marks that are old enough"),
    ("store.scrub", "Wipe erased words off the disk"),
    ("timeout", "Time a member out"),
    ("timeout_end", "End a time-out"),
    ("unban", "Lift a ban"),
    ("unlock", "Unlock a channel"),
];

fn deeds(frame: &Frame, view: &View) -> Markup {
    let line = |entry: &Entry| {
        let why = entry.reasoning.as_ref().and_then(|said| said.text());
        vec![
            html! { (title(entry, &Names::default())) },
            html! { span.said-short dir="auto" { (why.unwrap_or_default()) } },
            moment::when(&frame.now, entry.at),
        ]
    };
    let rows = if view.deeds.is_empty() {
        Rows::Empty(Empty {
            icon: Icon::Why,
            title: "Nothing was decided yet",
            text: "Jobs that were tried again or given up stand here. Decisions on effects stand among the decisions of \
                   their server.",
            actions: Vec::new(),
        })
    } else {
        Rows::Here(view.deeds.iter().map(line).collect())
    };
    table(&Table {
        id: "deed-rows",
        caption: "What operators decided, newest first",
        columns: &[text("What"), text("By"), text("When")],
        rows,
        is_whole: false,
        first: None,
        next: None,
    })
}

#[cfg(test)]
mod tests {
    use super::KINDS;

    #[test]
    fn kinds_stand_in_order_and_once() {
        assert!(KINDS.is_sorted_by(|one, other| one.0 < other.0));
    }
}
