//! Sample values of the pages: a lively server, an empty one, and one whose members write nothing but markup.

use std::collections::BTreeMap;

use audit::{
    ActorSeen, Confidence, Cost, EffectSeen, EffectState, Entry, EntryId, Hash, Input, Kept, Kind,
    Link, Outcome, RuleSeen, Tally, Trigger, TriggerKind, Words,
};
use chat::IncomingMessage;
use economy::{Flow, FlowEnd};
use kernel::{ApplicationId, ChannelId, Coins, GuildId, MessageId, Span, Timestamp, UserId};

use super::{MOMENT, State};
use crate::pages::entry::Names;

/// What a member who tries everything calls themselves, and writes.
pub(crate) const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}";

/// Some moment before the samples' present.
pub(crate) fn ago(minutes: u32) -> Timestamp {
    MOMENT.before(Span::minutes(minutes))
}

fn id<T>(made: Result<T, impl std::fmt::Debug>) -> T {
    made.expect("the ids of samples are above zero")
}

pub(crate) fn user(number: u64) -> UserId {
    id(UserId::new(number))
}

pub(crate) fn channel(number: u64) -> ChannelId {
    id(ChannelId::new(number))
}

/// What a person wrote, for a state.
pub(crate) fn wrote(state: State, text: &str) -> String {
    match state {
        State::Hostile => HOSTILE.to_owned(),
        State::Full | State::Empty => text.to_owned(),
    }
}

/// A message as it came in, an hour old.
pub(crate) fn message(state: State, text: &str) -> IncomingMessage {
    const SINCE_2015: u64 = 1_420_070_400_000;
    let millis = u64::try_from(ago(60).millis()).unwrap_or_default();
    IncomingMessage::said(
        id(MessageId::new(millis.saturating_sub(SINCE_2015) << 22)),
        id(ApplicationId::new(1)),
        id(GuildId::new(7)),
        channel(51),
        user(13),
        wrote(state, text),
    )
}

pub(crate) fn names(state: State) -> Names {
    let people = [
        (11, "Bram de Vries"),
        (12, "Ingrid Sol"),
        (13, "Mallory"),
        (14, "Tomás Rey"),
    ];
    let channels = [(51, "harbour-talk"), (52, "mod-log"), (53, "announcements")];
    Names {
        people: people
            .iter()
            .map(|(number, name)| (user(*number), wrote(state, name)))
            .collect::<BTreeMap<_, _>>(),
        channels: channels
            .iter()
            .map(|(number, name)| (channel(*number), wrote(state, name)))
            .collect(),
    }
}

fn words(author: u64, text: &str) -> Words {
    Words {
        author: Some(user(author)),
        label: String::new(),
        text: Kept::Here(text.to_owned()),
    }
}

fn bare(number: i64, minutes: u32, kind: Kind, action: &str) -> Entry {
    let hash = |fill: u8| Hash::of_bytes(&[fill; 32]).expect("32 bytes are a hash");
    Entry {
        id: id(EntryId::new(number)),
        guild: id(GuildId::new(100)),
        link: Some(Link {
            seq: number,
            prev_hash: hash(7),
            hash: hash(8),
        }),
        conclusion_link: None,
        at: ago(minutes),
        concluded_at: None,
        kind,
        action: action.to_owned(),
        outcome: Outcome::Executed,
        actor: ActorSeen::System,
        cause: format!("message:{number}"),
        trigger: Trigger {
            user: Some(user(13)),
            channel: Some(channel(51)),
            message: Some(id(MessageId::new(9_000))),
            ..Trigger::of(TriggerKind::Message)
        },
        subject: Some(user(13)),
        input: Input::default(),
        active_rules: Vec::new(),
        rule: None,
        matched: Vec::new(),
        reasoning: None,
        answer: None,
        confidence: None,
        model: None,
        prompt_version: None,
        config_revision: None,
        cost: None,
        effects: Vec::new(),
        case: None,
    }
}

/// A decision of which hardly anything is known.
pub(crate) fn bare_decision() -> Entry {
    bare(1, 0, Kind::Human, "note")
}

fn effect(number: i64, kind: &str, state: EffectState) -> EffectSeen {
    EffectSeen {
        id: number,
        kind: kind.to_owned(),
        state,
    }
}

fn rule(id: &str, name: String, mode: &str) -> RuleSeen {
    RuleSeen {
        id: id.to_owned(),
        name,
        mode: mode.to_owned(),
    }
}

/// A message that a rule had removed.
pub(crate) fn removal(state: State) -> Entry {
    let text = |text: &str| wrote(state, text);
    let refused = EffectState::Failed {
        error: text("the member takes no direct messages"),
    };
    Entry {
        input: Input {
            content: Some(words(
                13,
                &text("free nitro at evil.example, hurry up @everyone"),
            )),
            history: vec![words(11, &text("Who left the harbour light on?"))],
            memories: Vec::new(),
        },
        active_rules: vec![
            rule("no-spam", text("No spam"), "act"),
            rule("shouting", text("Shouting"), "shadow"),
        ],
        rule: Some("no-spam".to_owned()),
        matched: vec![words(13, &text("free nitro"))],
        reasoning: Some(words(13, &text("The rule “No spam” matched “free nitro”."))),
        confidence: Some(Confidence::CERTAIN),
        config_revision: Some(12),
        effects: vec![
            effect(1, "delete_message", EffectState::Done),
            effect(2, "direct_message", refused),
            effect(3, "post", EffectState::Pending),
        ],
        case: Some(41),
        ..bare(1_042, 14, Kind::Moderation, "delete")
    }
}

fn answer(state: State) -> Entry {
    let text = |text: &str| wrote(state, text);
    Entry {
        subject: Some(user(12)),
        trigger: Trigger {
            user: Some(user(12)),
            channel: Some(channel(51)),
            ..Trigger::of(TriggerKind::Message)
        },
        input: Input {
            content: Some(words(12, &text("when does the harbour library open?"))),
            history: Vec::new(),
            memories: vec![Words {
                text: Kept::Withheld,
                ..words(12, "")
            }],
        },
        answer: Some(Words {
            author: None,
            label: String::new(),
            text: Kept::Here(text("It opens at nine, and the lamps are lit at eight.")),
        }),
        confidence: Some(Confidence::of_millionths(920_000)),
        model: Some(text("offline-1")),
        prompt_version: Some("3".to_owned()),
        cost: Some(Cost {
            currency: "USD".to_owned(),
            micros: 420,
        }),
        ..bare(1_041, 32, Kind::Ai, "answer")
    }
}

/// Decisions of a lively day and the day before.
pub(crate) fn entries(state: State) -> Vec<Entry> {
    if state == State::Empty {
        return Vec::new();
    }
    let text = |text: &str| wrote(state, text);
    let by = |number: u64, mut entry: Entry| {
        entry.actor = ActorSeen::Member(Some(user(number)));
        entry.trigger.user = Some(user(number));
        entry.trigger.kind = TriggerKind::Command;
        entry
    };
    let settings = Entry {
        subject: None,
        input: Input {
            content: Some(words(11, &text("/economy/daily/amount: 100 → 150"))),
            ..Input::default()
        },
        reasoning: Some(words(11, &text("More for the winter festival."))),
        config_revision: Some(12),
        ..bare(1_040, 95, Kind::Config, "config")
    };
    let warning = Entry {
        reasoning: Some(words(11, &text("Be kind to newcomers."))),
        case: Some(40),
        ..bare(1_039, 180, Kind::Human, "warn")
    };
    let shadow = Entry {
        outcome: Outcome::Suppressed,
        reasoning: Some(words(
            14,
            &text("The rule “Shouting” would have matched: 88 % capital letters."),
        )),
        subject: Some(user(14)),
        ..bare(1_038, 400, Kind::Moderation, "delete")
    };
    let failed = Entry {
        outcome: Outcome::Error,
        reasoning: Some(words(
            11,
            &text("Discord refused: the bot's role stands below the member's."),
        )),
        ..bare(1_037, 1_500, Kind::Human, "timeout")
    };
    let gone = Entry {
        actor: ActorSeen::Token(text("operator")),
        subject: None,
        trigger: Trigger::of(TriggerKind::Api),
        input: Input {
            content: Some(Words {
                text: Kept::Gone,
                ..words(13, "")
            }),
            ..Input::default()
        },
        ..bare(1_036, 1_620, Kind::Access, "config_put")
    };
    vec![
        removal(state),
        answer(state),
        by(11, settings),
        by(11, warning),
        shadow,
        by(11, failed),
        gone,
    ]
}

/// Counts of decisions over the last days.
pub(crate) fn tallies(state: State) -> Vec<Tally> {
    if state == State::Empty {
        return Vec::new();
    }
    let kinds = [Kind::Moderation, Kind::Ai, Kind::Human, Kind::Config];
    let mut tallies = Vec::new();
    for hour in (0..24 * 8_u32).rev() {
        for (place, kind) in (1_u32..).zip(kinds) {
            let count = (hour * 7 + place * 5) % 11 / place;
            tallies.push(Tally {
                from: ago(hour * 60),
                kind,
                outcome: Outcome::Executed,
                count: u64::from(count),
            });
        }
    }
    tallies.push(Tally {
        from: ago(20),
        kind: Kind::Human,
        outcome: Outcome::Error,
        count: 2,
    });
    tallies
}

/// How coins flowed over the last hours.
pub(crate) fn flows(state: State) -> Vec<Flow> {
    if state == State::Empty {
        return Vec::new();
    }
    let flow = |minutes, from, to, coins| Flow {
        slot: ago(minutes),
        from,
        to,
        coins: Coins::new(coins),
        transfers: 3,
    };
    let faucet = |name: &str| FlowEnd::Faucet(wrote(state, name));
    vec![
        flow(60, faucet("daily"), FlowEnd::Members, 2_140),
        flow(50, faucet("start"), FlowEnd::Members, 300),
        flow(40, FlowEnd::Members, FlowEnd::Members, 640),
        flow(
            30,
            FlowEnd::Members,
            FlowEnd::Sink(wrote(state, "revoked")),
            120,
        ),
    ]
}
