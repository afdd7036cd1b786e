//! Samples of the pages about order.

use app::flows::{look_back::LookBack, replay::Replayed};
use audit::{Outcome, RuleTally};
use kernel::{GuildId, MessageId};
use moderation::{
    Action, Case, CaseKind, CaseState, Held, Hit, Matched, Mode, Note, Part, Rule, Trigger,
    Verdict, Waiting,
};

use super::{State, samples};
use crate::{
    pages::{case, cases, review, rule, rules, settings},
    sent::Sent,
    settings::rules::{begun, shown, sort_of, sort_of_trigger},
};

const WORDS: &str = "free nitro at evil.example, hurry up @everyone";

fn hit(state: State, mode: Mode) -> Hit {
    let text = |text: &str| samples::wrote(state, text);
    Hit {
        rule_id: "no-spam".to_owned(),
        name: text("No spam"),
        trigger: "words".to_owned(),
        mode,
        matched: vec![Matched {
            part: Part::Content,
            start: 0,
            end: 10,
            text: text("free nitro"),
        }],
        actions: vec![Action::Hold {}, Action::Warn { points: 2 }],
        reasoning: text("The rule “No spam” matched “free nitro”."),
        confidence: 1.0,
        messages: Vec::new(),
    }
}

fn case(state: State, number: i64, minutes: u32, kind: CaseKind) -> Case {
    let by_rule = kind == CaseKind::Automod;
    Case {
        guild: GuildId::new(100).expect("above zero"),
        number,
        kind,
        state: if number == 39 {
            CaseState::Undone
        } else {
            CaseState::Open
        },
        user: samples::user(13),
        moderator: (!by_rule).then(|| samples::user(11)),
        opened_by: if by_rule {
            "system".to_owned()
        } else {
            "11".to_owned()
        },
        rule_id: by_rule.then(|| "no-spam".to_owned()),
        message: None,
        channel: Some(samples::channel(51)),
        reason: samples::wrote(
            state,
            if by_rule {
                "No spam"
            } else {
                "Be kind to newcomers."
            },
        ),
        at: samples::ago(minutes),
        points: 2,
        until: None,
        parent: None,
        hits: if by_rule {
            vec![hit(state, Mode::Act)]
        } else {
            Vec::new()
        },
        undone_by: (number == 39).then(|| "11".to_owned()),
        undone_at: (number == 39).then(|| samples::ago(20)),
        undo_reason: (number == 39).then(|| samples::wrote(state, "It was a joke among friends.")),
    }
}

fn held(state: State, number: i64) -> Held {
    Held {
        number,
        user: samples::user(13),
        channel: samples::channel(51),
        message: MessageId::new(9_000).expect("above zero"),
        text: samples::wrote(state, WORDS),
        expires_at: samples::ago(0),
    }
}

pub(super) fn cases(state: State) -> cases::View {
    let is_empty = state == State::Empty;
    let all = vec![
        case(state, 41, 14, CaseKind::Automod),
        case(state, 40, 180, CaseKind::Warn),
        case(state, 39, 400, CaseKind::Timeout),
        case(state, 38, 1_500, CaseKind::Automod),
    ];
    cases::View {
        asked: cases::Asked {
            member: if state == State::Hostile {
                samples::HOSTILE.to_owned()
            } else {
                String::new()
            },
            ..cases::Asked::default()
        },
        is_on: state != State::Hostile,
        cases: if is_empty { Vec::new() } else { all },
        next: (state == State::Full).then_some(38),
        waiting: if is_empty { 0 } else { 3 },
        acting: if is_empty { 0 } else { 4 },
        watching: usize::from(!is_empty),
        rules: if is_empty {
            Vec::new()
        } else {
            vec![("no-spam".to_owned(), samples::wrote(state, "No spam"))]
        },
        names: samples::names(state),
    }
}

pub(super) fn case_page(state: State) -> case::View {
    let is_empty = state == State::Empty;
    let number = if state == State::Hostile { 39 } else { 41 };
    let mut shown = case(state, number, 14, CaseKind::Automod);
    if is_empty {
        shown.hits = Vec::new();
        shown.reason = String::new();
    }
    let note = Note {
        author: "11".to_owned(),
        text: samples::wrote(state, "Third time this week; the account is two days old."),
        at: samples::ago(10),
    };
    case::View {
        held: (!is_empty).then(|| held(state, number)),
        notes: if is_empty { Vec::new() } else { vec![note] },
        decisions: samples::entries(state).into_iter().take(2).collect(),
        refused: (state == State::Hostile)
            .then(|| (samples::HOSTILE.to_owned(), samples::HOSTILE.to_owned())),
        case: shown,
        names: samples::names(state),
    }
}

pub(super) fn review(state: State) -> review::View {
    let waiting = |number, minutes| Waiting {
        case: case(state, number, minutes, CaseKind::Automod),
        held: held(state, number),
    };
    let all = vec![waiting(36, 300), waiting(38, 90), waiting(41, 14)];
    review::View {
        count: if state == State::Empty { 0 } else { 3 },
        waiting: if state == State::Empty {
            Vec::new()
        } else {
            all
        },
        names: samples::names(state),
    }
}

fn sample_rule(state: State, id: &str, name: &str, mode: Mode, trigger: Trigger) -> Rule {
    Rule {
        id: id.to_owned(),
        name: samples::wrote(state, name),
        enabled: true,
        mode,
        trigger,
        actions: vec![Action::Hold {}, Action::Warn { points: 2 }],
        include_moderators: false,
        exempt_role_ids: Vec::new(),
        exempt_channel_ids: Vec::new(),
    }
}

fn words(state: State) -> Trigger {
    Trigger::Words {
        words: vec![samples::wrote(state, "free nitro"), "scam*".to_owned()],
    }
}

pub(super) fn rules(state: State) -> rules::View {
    let off = Rule {
        enabled: false,
        actions: vec![Action::Delete {}, Action::Timeout { minutes: 10 }],
        ..sample_rule(
            state,
            "flood",
            "Not so fast",
            Mode::Act,
            Trigger::Flood {
                messages: 6,
                seconds: 5,
            },
        )
    };
    let shouting = Trigger::Caps {
        percent: 70,
        letters_min: 12,
    };
    let judged = Trigger::Model {
        rules: samples::wrote(state, "Be kind."),
        threshold: 0.8,
    };
    let all = vec![
        sample_rule(state, "no-spam", "No spam", Mode::Act, words(state)),
        sample_rule(state, "shouting", "Shouting", Mode::Shadow, shouting),
        sample_rule(state, "kind", "Be kind", Mode::Act, judged),
        off,
    ];
    let tally = |rule: &str, outcome, count| RuleTally {
        rule: rule.to_owned(),
        outcome,
        count,
        last_at: samples::ago(14),
    };
    rules::View {
        rules: if state == State::Empty {
            Vec::new()
        } else {
            all
        },
        hits: vec![
            tally("no-spam", Outcome::Executed, 14),
            tally("shouting", Outcome::Suppressed, 31),
        ],
        waiting: if state == State::Empty { 0 } else { 3 },
    }
}

pub(super) fn console(state: State) -> rules::TryView {
    let verdict = Verdict {
        hits: vec![hit(state, Mode::Act), hit(state, Mode::Shadow)],
        asks: Vec::new(),
        actions: vec![Action::Hold {}, Action::Warn { points: 2 }],
    };
    let sent = Sent(vec![("text".to_owned(), samples::wrote(state, WORDS))]);
    rules::TryView {
        sent: if state == State::Empty {
            Sent::default()
        } else {
            sent
        },
        verdict: (state != State::Empty).then_some(verdict),
        rules: if state == State::Empty { 0 } else { 4 },
        waiting: 0,
        channels: vec![("51".to_owned(), samples::wrote(state, "#harbour-talk"))],
    }
}

/// A decision that today's rules make otherwise.
pub(super) fn replayed(state: State) -> Replayed {
    Replayed {
        revision: platform::Revision::new(14).ok(),
        agrees: false,
        verdict: Verdict {
            hits: vec![hit(state, Mode::Shadow)],
            asks: Vec::new(),
            actions: Vec::new(),
        },
    }
}

/// What a rule would have hit lately.
fn past(state: State) -> LookBack {
    let verdict = Verdict {
        hits: vec![hit(state, Mode::Act)],
        asks: Vec::new(),
        actions: Vec::new(),
    };
    LookBack {
        messages: 1_840,
        channels: 19,
        left_out: 2,
        since: Some(samples::ago(70 * 60)),
        hit: 3,
        people: 2,
        hidden: 1,
        shown: vec![(samples::message(state, WORDS), verdict)],
    }
}

/// A rule in force that was tried, a new one, and one that was refused.
pub(super) fn rule(state: State) -> rule::View {
    let rule = sample_rule(state, "no-spam", "No spam", Mode::Shadow, words(state));
    let is_new = state == State::Empty;
    let sort = match is_new {
        true => sort_of("flood").expect("there is such a sort"),
        false => sort_of_trigger(&rule.trigger),
    };
    let problem = app::Problem {
        pointer: "/trigger/words/1".to_owned(),
        reason: samples::wrote(state, "use at most 4 `*`"),
    };
    let sent = Sent(vec![
        ("/name".to_owned(), samples::wrote(state, "No spam")),
        ("/trigger/words".to_owned(), samples::wrote(state, "scam*")),
    ]);
    let verdict = Verdict {
        hits: vec![hit(state, Mode::Shadow)],
        asks: Vec::new(),
        actions: Vec::new(),
    };
    let refused = settings::Refused::Wrong(vec![problem]);
    let named = |id: &str, name: &str| (id.to_owned(), samples::wrote(state, name));
    rule::View {
        form: settings::View {
            section: Some(sort.section),
            document: if is_new { begun(sort) } else { shown(&rule) },
            revision: 12,
            refused: (state == State::Hostile).then_some((Some(sent), refused)),
            key: None,
            channels: vec![named("51", "#harbour-talk"), named("52", "#mod-log")],
            roles: vec![named("61", "Moderator")],
        },
        rule: (!is_new).then_some(rule),
        sort,
        tried: (!is_new).then(|| (samples::wrote(state, WORDS), verdict)),
        past: (!is_new).then(|| past(state)),
        hits: samples::entries(state)
            .into_iter()
            .skip(4)
            .take(1)
            .collect(),
        acted: 0,
        watched: 31,
        names: samples::names(state),
    }
}
