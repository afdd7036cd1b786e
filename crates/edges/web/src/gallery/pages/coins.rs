//! Samples of the pages about coins.

use economy::{
    AccountName, AccountView, Explained, ExplainedLine, Flow, FlowEnd, Found, Label, Novelty,
    Party, Phase, Ranked, Receipt, Record, Repair, Reversal, Spread, SpreadSeen, Standing, Supply,
    SupplyLine, TransferKind, Watched,
};
use kernel::{Amount, Coins, UserId};

use super::{State, samples};
use crate::{
    pages::{economy as coins, statement, transfer, transfers},
    range::Range,
};

fn label(text: &str) -> Label {
    Label::new(text).expect("the labels of samples are plain")
}

fn purse(number: u64) -> Party {
    Party::Known(AccountName::Purse(samples::user(number)))
}

fn faucet(name: &str) -> Party {
    Party::Known(AccountName::Faucet(label(name)))
}

fn sink(name: &str) -> Party {
    Party::Known(AccountName::Sink(label(name)))
}

/// One movement: how long ago, between whom, what for.
struct Moved {
    minutes: u32,
    from: Party,
    to: Party,
    amount: i64,
    kind: &'static str,
    reason: &'static str,
}

fn moved(minutes: u32, (from, to): (Party, Party), amount: i64, kind: &'static str) -> Moved {
    Moved {
        minutes,
        from,
        to,
        amount,
        kind,
        reason: "",
    }
}

fn record(state: State, number: i64, moved: &Moved) -> Record {
    let reason = match (state, moved.reason) {
        (State::Hostile, _) => samples::HOSTILE.to_owned(),
        (_, reason) => reason.to_owned(),
    };
    Record {
        id: format!("interaction:11942070{number}:pay"),
        seq: 7_000 + number,
        at: samples::ago(moved.minutes),
        phase: Phase::Transfer,
        from: moved.from.clone(),
        to: moved.to.clone(),
        amount: Amount::new(moved.amount).expect("above zero"),
        kind: TransferKind::of_name(moved.kind).expect("a plain word"),
        reason,
        reverses: None,
    }
}

/// The movements of a lively day, newest first.
fn records(state: State) -> Vec<Record> {
    if state == State::Empty {
        return Vec::new();
    }
    let all = [
        Moved {
            reason: "for the lantern photo",
            ..moved(6, (purse(11), purse(12)), 120, "pay")
        },
        moved(22, (faucet("daily"), purse(11)), 150, "daily"),
        moved(64, (faucet("daily"), purse(14)), 110, "daily"),
        Moved {
            reason: "bought with a stolen account",
            ..moved(190, (purse(13), sink("revoke")), 900, "revoke")
        },
        Moved {
            reason: "winner of the harbour photo contest",
            ..moved(400, (faucet("grant"), purse(12)), 1_000, "grant")
        },
        moved(
            1_500,
            (purse(12), Party::Erased(economy::AccountKind::Purse)),
            35,
            "pay",
        ),
        moved(1_600, (faucet("start"), purse(12)), 50, "start"),
    ];
    (0..)
        .zip(&all)
        .map(|(number, one)| record(state, -number, one))
        .collect()
}

fn flow(minutes: u32, from: FlowEnd, to: FlowEnd, coins: i64) -> Flow {
    Flow {
        slot: samples::ago(minutes),
        from,
        to,
        coins: Coins::new(coins),
        transfers: 7,
    }
}

/// How many payments an hour of the day saw, the earliest first: busy in the evening, quiet at night.
const PAYMENTS: [u32; 24] = [
    3, 2, 1, 0, 0, 0, 1, 2, 3, 4, 6, 9, 7, 5, 6, 8, 12, 19, 22, 18, 14, 9, 6, 4,
];

/// The payments among members on one day, oldest first; each day is a little different.
fn payments(day: u32) -> impl Iterator<Item = Flow> {
    let hours_ago = (0..24).rev().zip(PAYMENTS);
    hours_ago.filter_map(move |(hours, usual)| {
        let count = usual.saturating_sub((hours * 5 + day * 3) % 4);
        let minutes = day * 1_440 + hours * 60 + 30;
        let paid = Flow {
            transfers: u64::from(count),
            ..flow(
                minutes,
                FlowEnd::Members,
                FlowEnd::Members,
                i64::from(count) * 5,
            )
        };
        (count > 0).then_some(paid)
    })
}

/// A week's flows, oldest first.
fn flows(state: State) -> Vec<Flow> {
    if state == State::Empty {
        return Vec::new();
    }
    let faucet = |name: &str| FlowEnd::Faucet(samples::wrote(state, name));
    let sink = |name: &str| FlowEnd::Sink(samples::wrote(state, name));
    let days = (0..7_u32).rev().flat_map(|day| {
        let (began, more) = (day * 1_440 + 30, i64::from(day * 37 % 11) * 90);
        let others = [
            flow(began + 20, faucet("daily"), FlowEnd::Members, 1_900 + more),
            flow(began + 15, faucet("grant"), FlowEnd::Members, 300 + more),
            flow(began + 5, FlowEnd::Members, sink("shop"), 1_100 + more / 2),
            flow(began, FlowEnd::Members, sink("revoke"), 120),
        ];
        payments(day).chain(others)
    });
    days.collect()
}

fn supply(state: State) -> Supply {
    let line = |name: &str, balance: i64| SupplyLine {
        name: name.to_owned(),
        balance: Coins::new(balance),
    };
    let accounts = vec![
        line("purses", 43_110),
        line("banks", 4_700),
        line("treasury", 500),
        line("debts", -100),
        line("faucet:daily", -61_240),
        line("faucet:grant", -9_300),
        line("sink:revoke", 2_330),
        line("sink:shop", 20_000),
    ];
    Supply {
        accounts: if state == State::Empty {
            Vec::new()
        } else {
            accounts
        },
        circulating: Coins::new(if state == State::Empty { 0 } else { 48_210 }),
        sum: Coins::new(if state == State::Hostile { -3 } else { 0 }),
    }
}

fn watched(state: State) -> Watched {
    let repair = Repair {
        at: samples::ago(190),
        repaired: 1,
        contradictions: 0,
    };
    match state {
        State::Empty => Watched::default(),
        State::Full | State::Hostile => Watched {
            first_at: Some(samples::ago(8_000)),
            last_at: Some(samples::ago(1)),
            repair: (state == State::Hostile).then_some(repair),
        },
    }
}

/// How evenly coins are spread: over many, over nobody yet, and all with one.
fn spread(state: State) -> Option<SpreadSeen> {
    let mut amounts: Vec<i64> = (1..=140_i64).map(|place| 28_000 / (place + 2)).collect();
    match state {
        State::Empty => return None,
        State::Full => {}
        State::Hostile => amounts.truncate(1),
    }
    Some(SpreadSeen {
        spread: Spread::of(&amounts),
        at: samples::ago(12),
    })
}

pub(super) fn economy(state: State) -> coins::View {
    let ranked = |(rank, number, value): (u32, u64, i64)| Ranked {
        rank,
        user: samples::user(number),
        value,
    };
    let holders = [(1, 12, 9_420), (2, 11, 7_115), (3, 14, 2_060), (4, 13, 15)];
    let frozen = (samples::HOSTILE.to_owned(), samples::ago(20));
    coins::View {
        range: Range::Week,
        is_on: state != State::Empty,
        symbol: samples::wrote(state, "🪙"),
        supply: supply(state),
        flows: flows(state),
        holders: if state == State::Empty {
            Vec::new()
        } else {
            holders.map(ranked).to_vec()
        },
        spread: spread(state),
        latest: records(state),
        watched: watched(state),
        frozen: (state == State::Hostile).then_some(frozen),
        names: samples::names(state),
    }
}

pub(super) fn transfers(state: State) -> transfers::View {
    let asked = transfers::Asked {
        member: if state == State::Hostile {
            samples::HOSTILE.to_owned()
        } else {
            String::new()
        },
        ..transfers::Asked::default()
    };
    transfers::View {
        asked,
        records: records(state),
        next: (state == State::Full).then(|| "6990".to_owned()),
        names: samples::names(state),
    }
}

fn receipt(record: Record, standings: &[(u64, i64)]) -> Receipt {
    let standing = |(number, balance): &(u64, i64)| Standing {
        name: AccountName::Purse(samples::user(*number)),
        balance: Coins::new(*balance),
        held: Coins::ZERO,
        version: 3,
    };
    Receipt {
        record,
        novelty: Novelty::New,
        standings: standings.iter().map(standing).collect(),
    }
}

pub(super) fn transfer(state: State) -> transfer::View {
    let paid = moved(6, (purse(11), purse(12)), 120, "pay");
    let back = moved(0, (purse(12), purse(11)), 120, "revert");
    let debt = Party::Known(AccountName::Debt(samples::user(12)));
    let advance = moved(0, (debt, purse(12)), 40, "debt");
    let reversal = Reversal {
        receipt: receipt(record(state, 1, &back), &[(12, 0), (11, 220)]),
        advance: Some(receipt(record(state, 2, &advance), &[(12, 120)])),
    };
    let words = "The economy of this server is frozen, so no coins move.".to_owned();
    transfer::View {
        found: Found {
            record: record(state, 0, &paid),
            reversed_by: (state == State::Empty).then_some(7_001),
            reverses: None,
        },
        symbol: samples::wrote(state, "🪙"),
        preview: match state {
            State::Full => Some(Ok(reversal)),
            State::Hostile => Some(Err(samples::HOSTILE.to_owned())),
            State::Empty => None,
        },
        refused: (state == State::Hostile).then_some(words),
        names: samples::names(state),
    }
}

/// A statement that adds up, from nothing.
fn explained(state: State, member: UserId) -> Explained {
    let mut records = records(state);
    records.retain(|record| {
        [&record.from, &record.to]
            .iter()
            .any(|side| side.user() == Some(member))
    });
    let mut balance = 0;
    let mut lines: Vec<ExplainedLine> = Vec::new();
    for record in records.into_iter().rev() {
        let amount = record.amount.get();
        let change = if record.to.user() == Some(member) {
            amount
        } else {
            -amount
        };
        balance += change;
        lines.push(ExplainedLine {
            record,
            change: Coins::new(change),
            balance: Coins::new(balance),
        });
    }
    lines.reverse();
    Explained {
        opening: Coins::ZERO,
        lines,
        closing: Coins::new(balance),
        next: None,
    }
}

pub(super) fn statement(state: State) -> statement::View {
    let member = samples::user(12);
    let explained = explained(state, member);
    let account = AccountView {
        user: member,
        balance: explained.closing,
        bank: Coins::ZERO,
        held: Coins::new(if state == State::Full { 100 } else { 0 }),
        owed: Coins::ZERO,
        streak: 4,
        daily_at: None,
        frozen: state == State::Hostile,
        version: 5,
    };
    statement::View {
        member,
        is_own: state == State::Empty,
        symbol: samples::wrote(state, "🪙"),
        account,
        explained: Some(explained),
        is_newest: true,
        names: samples::names(state),
    }
}
