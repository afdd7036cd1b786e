//! Y7: who sees what, in every combination of viewer, subject, author and kind.

use kernel::{GuildId, Timestamp};

use super::world::user;
use crate::{
    ActorSeen, Entry, EntryId, Input, Kept, Kind, Outcome, Rank, RuleSeen, Trigger, TriggerKind,
    View, Viewer, Words, concerns, visible_to,
};

const KINDS: [Kind; 6] = [
    Kind::Moderation,
    Kind::Ai,
    Kind::Config,
    Kind::Human,
    Kind::Access,
    Kind::Money,
];
const RANKS: [Rank; 3] = [Rank::Member, Rank::Moderator, Rank::Operator];
const PEOPLE: [Option<u64>; 4] = [None, Some(1), Some(2), Some(3)];

fn said(author: Option<u64>, text: &str) -> Words {
    Words {
        author: author.map(user),
        label: String::new(),
        text: Kept::Here(text.to_owned()),
    }
}

fn rule(id: &str, mode: &str) -> RuleSeen {
    RuleSeen {
        id: id.to_owned(),
        name: format!("No {id}"),
        mode: mode.to_owned(),
    }
}

fn entry(kind: Kind, subject: Option<u64>, actor: Option<u64>, author: Option<u64>) -> Entry {
    Entry {
        id: EntryId::new(1).unwrap(),
        guild: GuildId::new(900).unwrap(),
        link: None,
        conclusion_link: None,
        at: Timestamp::from_micros(0),
        concluded_at: None,
        kind,
        action: "delete".to_owned(),
        outcome: Outcome::Executed,
        actor: ActorSeen::System,
        cause: "message:1".to_owned(),
        trigger: Trigger {
            user: actor.map(user),
            ..Trigger::of(TriggerKind::Message)
        },
        subject: subject.map(user),
        input: Input {
            content: Some(said(author, "content")),
            history: PEOPLE.map(|person| said(person, "history")).into(),
            memories: PEOPLE.map(|person| said(person, "memory")).into(),
        },
        active_rules: vec![
            rule("spam", "act"),
            rule("tone", "shadow"),
            rule("ads", "act"),
        ],
        rule: Some("spam".to_owned()),
        matched: vec![said(author, "matched")],
        reasoning: Some(said(author, "reasoning")),
        answer: Some(said(subject, "answer")),
        confidence: None,
        model: None,
        prompt_version: None,
        config_revision: None,
        cost: None,
        effects: Vec::new(),
        case: None,
    }
}

fn is_here(words: &Words) -> bool {
    matches!(words.text, Kept::Here(_))
}

/// What must be seen, said once more in plain words.
fn check(kind: Kind, rank: Rank, subject: Option<u64>, actor: Option<u64>, author: Option<u64>) {
    let entry = entry(kind, subject, actor, author);
    let viewer = Viewer {
        user: user(1),
        rank,
    };
    let case = format!("{kind:?} {rank:?} subject {subject:?} actor {actor:?} author {author:?}");
    let is_own = match subject {
        Some(subject) => subject == 1,
        None => actor == Some(1),
    };
    assert_eq!(concerns(&entry, user(1)), is_own, "{case}");
    let may_see = match rank {
        Rank::Member => is_own,
        Rank::Moderator => is_own || kind != Kind::Access,
        Rank::Operator => true,
    };
    let View::Shown(shown) = visible_to(&entry, &viewer) else {
        assert!(!may_see, "{case} is hidden");
        return;
    };
    assert!(may_see, "{case} is shown");
    let is_member = rank == Rank::Member;
    let anothers = |person: Option<u64>| person.is_some_and(|person| person != 1);
    let words_seen = !(is_member && anothers(author));
    assert_eq!(
        shown.input.content.as_ref().map(is_here),
        Some(words_seen),
        "{case}"
    );
    assert_eq!(is_here(&shown.matched[0]), words_seen, "{case}");
    assert_eq!(
        shown.reasoning.as_ref().map(is_here),
        Some(words_seen),
        "{case}"
    );
    assert_eq!(shown.answer.as_ref().map(is_here), Some(true), "{case}");
    for (place, person) in PEOPLE.into_iter().enumerate() {
        let history = !(is_member && anothers(person));
        assert_eq!(is_here(&shown.input.history[place]), history, "{case}");
        let memory = rank == Rank::Operator || !anothers(person);
        assert_eq!(is_here(&shown.input.memories[place]), memory, "{case}");
    }
    let rules = if is_member { 1 } else { 3 };
    assert_eq!(shown.active_rules.len(), rules, "{case}");
    // Nothing but words and rules is ever taken away.
    let mut same = *shown;
    same.active_rules.clone_from(&entry.active_rules);
    (same.input, same.matched) = (entry.input.clone(), entry.matched.clone());
    same.reasoning.clone_from(&entry.reasoning);
    assert_eq!(same, entry, "{case}");
}

#[test]
fn y7_every_viewer_sees_what_concerns_them_and_no_more() {
    for kind in KINDS {
        for rank in RANKS {
            for subject in PEOPLE {
                for actor in PEOPLE {
                    for author in PEOPLE {
                        check(kind, rank, subject, actor, author);
                    }
                }
            }
        }
    }
}

#[test]
fn y7_a_moderators_reason_is_told_to_whom_it_concerns() {
    let mut warning = entry(Kind::Human, Some(1), Some(9), None);
    warning.input.content = None;
    warning.reasoning = Some(said(Some(9), "Be kind"));
    let viewer = Viewer {
        user: user(1),
        rank: Rank::Member,
    };
    let shown = viewer.sees(&warning).unwrap();
    assert_eq!(shown.reasoning.unwrap().text(), Some("Be kind"));
}

/// Regression: members read the names of all rules on a receipt, those that watch in the shadow too.
#[test]
fn y7_a_member_sees_the_rule_that_decided_and_no_other() {
    let viewer = |rank| Viewer {
        user: user(1),
        rank,
    };
    let mut decision = entry(Kind::Moderation, Some(1), Some(1), Some(1));
    let seen = |decision: &Entry, rank| viewer(rank).sees(decision).unwrap().active_rules;
    assert_eq!(seen(&decision, Rank::Member), [rule("spam", "act")]);
    for rank in [Rank::Moderator, Rank::Operator] {
        assert_eq!(seen(&decision, rank), decision.active_rules);
    }
    decision.rule = None;
    assert_eq!(seen(&decision, Rank::Member), []);
}

#[test]
fn what_is_gone_is_not_said_to_be_withheld() {
    let mut entry = entry(Kind::Moderation, Some(1), Some(1), Some(2));
    entry.input.content.as_mut().unwrap().text = Kept::Gone;
    let viewer = Viewer {
        user: user(1),
        rank: Rank::Member,
    };
    let shown = viewer.sees(&entry).unwrap();
    assert_eq!(shown.input.content.unwrap().text, Kept::Gone);
}
