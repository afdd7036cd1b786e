//! Samples of the pages about what is known of people.

use economy::AccountView;
use kernel::{Coins, GuildId, MessageId, Span};
use memory::{Fact, FactId, FactState, Origin, Scope, Subject};

use super::{State, order, samples};
use crate::pages::{
    member,
    memories::{self, Seen},
};

fn fact(state: State, number: i64, subject: Subject, scope: Scope, text: &str) -> Fact {
    Fact {
        id: FactId::new(number),
        guild: GuildId::new(100).expect("above zero"),
        subject,
        user: samples::user(12),
        channel: samples::channel(51),
        scope,
        text: samples::wrote(state, text),
        phrase: None,
        source: MessageId::new(9_000).ok(),
        origin: if number % 2 == 0 {
            Origin::Added
        } else {
            Origin::Said
        },
        confidence_permille: 920,
        importance: 5,
        state: FactState::Live,
        at: samples::ago(300),
        updated_at: samples::ago(300),
        expires_at: samples::ago(0) + Span::days(40),
    }
}

fn seen(fact: Fact, is_readable: bool) -> Seen {
    Seen {
        fact,
        is_readable,
        may_forget: true,
    }
}

pub(super) fn memories(state: State) -> memories::View {
    let fact = |number, subject, scope, text| fact(state, number, subject, scope, text);
    let all = vec![
        seen(
            fact(
                9,
                Subject::Guild,
                Scope::Guild,
                "The harbour library opens at nine.",
            ),
            true,
        ),
        seen(
            fact(
                8,
                Subject::Member,
                Scope::Guild,
                "Ingrid's cat is called Miso.",
            ),
            state == State::Hostile,
        ),
        seen(
            fact(
                7,
                Subject::Guild,
                Scope::Channel,
                "The moderators meet on Thursdays at eight.",
            ),
            true,
        ),
    ];
    memories::View {
        asked: memories::Asked {
            member: if state == State::Hostile {
                samples::HOSTILE.to_owned()
            } else {
                String::new()
            },
            ..memories::Asked::default()
        },
        facts: if state == State::Empty {
            Vec::new()
        } else {
            all
        },
        next: (state == State::Full).then(|| FactId::new(7)),
        is_own: state == State::Empty,
        is_on: state != State::Hostile,
        names: samples::names(state),
    }
}

pub(super) fn one(state: State) -> memories::OneView {
    let (subject, text) = match state {
        State::Empty => (Subject::Member, "Ingrid's cat is called Miso."),
        State::Full | State::Hostile => {
            (Subject::Guild, "The moderators meet on Thursdays at eight.")
        }
    };
    memories::OneView {
        seen: seen(
            fact(state, 7, subject, Scope::Channel, text),
            state != State::Empty,
        ),
        names: samples::names(state),
    }
}

pub(super) fn member(state: State) -> member::View {
    let member = samples::user(13);
    let account = AccountView {
        user: member,
        balance: Coins::new(215),
        bank: Coins::ZERO,
        held: Coins::ZERO,
        owed: Coins::ZERO,
        streak: 2,
        daily_at: None,
        frozen: state == State::Hostile,
        version: 1,
    };
    let is_empty = state == State::Empty;
    member::View {
        member,
        cases: order::cases(state).cases,
        has_more_cases: !is_empty,
        points: if is_empty { 0 } else { 6 },
        account: (!is_empty).then(|| (account, samples::wrote(state, "🪙"))),
        facts: (!is_empty).then_some(3),
        decisions: samples::entries(state),
        names: samples::names(state),
    }
}
