//! Random operations on the ledger and on its model, compared after each and in the whole.
//!
//! `GUILDHALL_TEST_LEDGER_OPERATIONS` sets how many (10,000), `GUILDHALL_TEST_LEDGER_SEED` the seed; a failure names it.

use std::collections::BTreeMap;

use ::store::Engine;
use kernel::{Amount, Chance, Fault, Op, SeededChance, Span};

use super::{
    model::{End, Model, Movement},
    world::{World, each, guild, name, user},
};
use crate::{
    Ending, Frost, Leg, Novelty, Reserve, Resolve, Reverse, Transfer, TransferKind,
    store::transfers,
};

const MEMBERS: u64 = 6;

/// Something to do, which can be done again.
#[derive(Debug, Clone)]
enum Step {
    Transfer(Movement),
    Linked(Vec<Movement>),
    Reserve(Movement, u32),
    Resolve { pending: String, end: End },
    Reverse(String),
    Expire,
    Freeze(Frost, bool),
}

struct Play {
    world: World,
    model: Model,
    chance: SeededChance,
    /// What was done under which event, for retries.
    past: Vec<(Op, Step)>,
    ids: Vec<String>,
    pendings: Vec<String>,
    /// How often each sort of step ended each way.
    tally: BTreeMap<(&'static str, String), u64>,
}

/// What must have happened for the comparison to mean anything.
const SEEN: [(&str, &str); 34] = [
    ("transfer", "ok"),
    ("transfer", "replayed"),
    ("transfer", "economy-conflict"),
    ("transfer", "economy-overdraft"),
    ("transfer", "economy-full"),
    ("transfer", "economy-not-owed"),
    ("transfer", "economy-not-a-source"),
    ("transfer", "economy-not-a-target"),
    ("transfer", "economy-same-account"),
    ("transfer", "economy-unknown-account"),
    ("transfer", "economy-account-frozen"),
    ("transfer", "economy-frozen"),
    ("linked", "ok"),
    ("linked", "replayed"),
    ("linked", "economy-conflict"),
    ("linked", "economy-overdraft"),
    ("reserve", "ok"),
    ("reserve", "replayed"),
    ("reserve", "economy-conflict"),
    ("reserve", "economy-not-reservable"),
    ("reserve", "economy-overdraft"),
    ("resolve", "ok"),
    ("resolve", "replayed"),
    ("resolve", "economy-conflict"),
    ("resolve", "economy-already-resolved"),
    ("resolve", "economy-reservation-expired"),
    ("resolve", "economy-reservation-too-small"),
    ("resolve", "economy-account-frozen"),
    ("reverse", "ok"),
    ("reverse", "replayed"),
    ("reverse", "economy-already-reversed"),
    ("reverse", "economy-moved-nothing"),
    ("reverse", "economy-overdraft"),
    ("reverse", "economy-frozen"),
];

fn setting(variable: &str, default: u64) -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a test's own size, set by hand")]
    let value = std::env::var(variable);
    value
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

impl Play {
    fn new(world: World, seed: u64) -> Self {
        let mut model = Model::default();
        for member in 1..=MEMBERS {
            world.enrol(&[member]);
            model.members.insert(member.to_string());
        }
        Self {
            world,
            model,
            chance: SeededChance::new(seed),
            past: Vec::new(),
            ids: Vec::new(),
            pendings: Vec::new(),
            tally: BTreeMap::new(),
        }
    }

    fn below(&self, bound: u64) -> u64 {
        self.chance.below(bound)
    }

    fn one<'a>(&self, list: &'a [String]) -> Option<&'a String> {
        let place = self.below(list.len() as u64);
        list.get(usize::try_from(place).unwrap())
    }

    fn account(&self, giving: bool) -> String {
        let member = self.below(MEMBERS + 1) + u64::from(self.below(40) != 0);
        let member = if member == 0 { 99 } else { member.min(MEMBERS) };
        match self.below(20) {
            0..=9 => format!("purse:{member}"),
            10..=12 => format!("bank:{member}"),
            13 => "treasury".to_owned(),
            14 => format!("escrow:e{}", self.below(3)),
            15 => format!("debt:{member}"),
            16 if !giving => "faucet:daily".to_owned(),
            16..=18 if giving => "faucet:grant".to_owned(),
            _ => format!("sink:s{}", self.below(2)),
        }
    }

    fn movement(&self, op: &Op, leg: &'static str) -> Movement {
        let count = match self.below(200) {
            0 => Amount::MAX.get(),
            1..=20 => 500,
            _ => 1 + i64::try_from(self.below(60)).unwrap(),
        };
        Movement {
            id: Leg::named(leg).id(&op.cause),
            from: self.account(true),
            to: self.account(false),
            count,
        }
    }

    fn step(&self, op: &Op) -> Step {
        let earlier = |list: &[String]| {
            let far = self.below(4) == 0;
            let recent = list.len().saturating_sub(if far { usize::MAX } else { 12 });
            self.one(&list[recent..])
                .cloned()
                .unwrap_or_else(|| "api:0:none".to_owned())
        };
        match self.below(100) {
            0..=39 => Step::Transfer(self.movement(op, "a")),
            40..=54 => Step::Reserve(
                self.movement(op, "a"),
                1 + u32::try_from(self.below(30)).unwrap(),
            ),
            55..=69 => Step::Resolve {
                pending: earlier(&self.pendings),
                end: match self.below(3) {
                    0 => End::Post(1 + i64::try_from(self.below(60)).unwrap()),
                    1 => End::PostAll,
                    _ => End::Void,
                },
            },
            70..=79 => {
                let legs = ["a", "b", "c", "d"];
                let count = 1 + usize::try_from(self.below(4)).unwrap();
                Step::Linked(
                    legs[..count]
                        .iter()
                        .map(|leg| self.movement(op, leg))
                        .collect(),
                )
            }
            80..=91 => Step::Reverse(earlier(&self.ids)),
            92..=95 => Step::Expire,
            96 => Step::Freeze(
                Frost::Member(user(1 + self.below(MEMBERS))),
                self.below(3) == 0,
            ),
            97..=98 => Step::Freeze(Frost::Member(user(1 + self.below(MEMBERS))), false),
            _ => Step::Freeze(Frost::Guild, self.below(8) == 0),
        }
    }

    /// The same with another content.
    fn changed(&self, step: &Step) -> Step {
        let mut step = step.clone();
        match &mut step {
            Step::Transfer(movement) | Step::Reserve(movement, _) => {
                movement.count = movement.count % Amount::MAX.get() + 1;
            }
            Step::Linked(movements) => {
                movements.pop();
            }
            Step::Resolve { end, .. } => {
                *end = if *end == End::Void {
                    End::PostAll
                } else {
                    End::Void
                }
            }
            Step::Reverse(_) | Step::Expire | Step::Freeze(..) => {}
        }
        if matches!(&step, Step::Linked(movements) if movements.is_empty()) {
            return Step::Expire;
        }
        step
    }

    /// One operation: something new, or an earlier one again, or an earlier one with other content.
    fn next(&mut self) -> (Op, Step) {
        let again = match self.below(10) {
            0..=1 if !self.past.is_empty() => {
                let recent = self.past.len().saturating_sub(30);
                let count = u64::try_from(self.past.len() - recent).unwrap();
                self.past
                    .get(recent + usize::try_from(self.below(count)).unwrap())
                    .cloned()
            }
            _ => None,
        };
        if let Some((op, step)) = again {
            let step = if self.below(3) == 0 {
                self.changed(&step)
            } else {
                step
            };
            return (op, step);
        }
        if self.below(12) == 0 {
            self.world
                .later(Span::seconds(u32::try_from(self.below(600)).unwrap()));
        }
        let op = self.world.op(1 + self.below(MEMBERS));
        let step = self.step(&op);
        self.past.push((op.clone(), step.clone()));
        (op, step)
    }

    fn play(&mut self) {
        let (op, step) = self.next();
        let expected = self.in_model(&op, &step);
        let found = self.in_ledger(&op, &step);
        assert_eq!(found, expected, "{} {step:?}", op.cause);
        self.remember(&op, &step, &found);
        *self.tally.entry((sort(&step), found)).or_default() += 1;
        for account in named(&step) {
            self.compare(&account);
        }
    }

    fn remember(&mut self, op: &Op, step: &Step, said: &str) {
        if said != "ok" {
            return;
        }
        match step {
            Step::Transfer(movement) => self.ids.push(movement.id.clone()),
            Step::Linked(movements) => self.ids.extend(movements.iter().map(|one| one.id.clone())),
            Step::Reserve(movement, _) => {
                self.pendings.push(movement.id.clone());
                self.ids.push(movement.id.clone());
            }
            Step::Resolve { .. } => self.ids.push(Leg::named("end").id(&op.cause)),
            Step::Reverse(old) => self.ids.push(self.correction_ids(op, old).0),
            Step::Expire | Step::Freeze(..) => {}
        }
    }

    /// The ids of a reversal and of its advance, which name the place of the old transfer.
    fn correction_ids(&self, op: &Op, old: &str) -> (String, String) {
        let old = old.to_owned();
        let entry = self
            .world
            .see(move |tx| transfers::transfer_fetch(tx, guild(900), &old));
        let seq = entry.map_or(0, |entry| entry.seq);
        (
            Leg::numbered("revert", seq).id(&op.cause),
            Leg::numbered("advance", seq).id(&op.cause),
        )
    }

    fn in_model(&mut self, op: &Op, step: &Step) -> String {
        let now = op.at.micros();
        let said = match step {
            Step::Transfer(movement) => self.model.transfer(movement, None),
            Step::Linked(movements) => self.model.linked(movements),
            Step::Reserve(movement, minutes) => self
                .model
                .reserve(movement, now + Span::minutes(*minutes).as_micros()),
            Step::Resolve { pending, end } => {
                let id = Leg::named("end").id(&op.cause);
                self.model.resolve(&id, pending, *end, now)
            }
            Step::Reverse(old) => {
                let (back, advance) = self.correction_ids(op, old);
                self.model.reverse(old, (&back, &advance))
            }
            Step::Expire => return self.model.expire(self.world.now().micros()).to_string(),
            Step::Freeze(Frost::Guild, on) => {
                let changed = self.model.guild_frozen != *on;
                self.model.guild_frozen = *on;
                return changed.to_string();
            }
            Step::Freeze(Frost::Member(member), on) => {
                let member = member.to_string();
                let changed = if *on {
                    self.model.frozen.insert(member)
                } else {
                    self.model.frozen.remove(&member)
                };
                return changed.to_string();
            }
        };
        said.unwrap_or_else(|refusal| refusal).to_owned()
    }

    fn in_ledger(&self, op: &Op, step: &Step) -> String {
        let (op, step) = (op.clone(), step.clone());
        let now = self.world.now();
        let said = self.world.run(move |tx, ids| {
            Ok::<_, ::store::DbError>(match &step {
                Step::Transfer(movement) => said(
                    crate::transfer(tx, &op, ids, &real(movement)).map(|receipt| receipt.novelty),
                ),
                Step::Linked(movements) => {
                    let cmds: Vec<_> = movements.iter().map(real).collect();
                    said(crate::linked(tx, &op, ids, &cmds).map(|receipts| receipts[0].novelty))
                }
                Step::Reserve(movement, minutes) => {
                    let cmd = Reserve {
                        transfer: real(movement),
                        lasts: Span::minutes(*minutes),
                    };
                    said(crate::reserve(tx, &op, ids, &cmd).map(|receipt| receipt.novelty))
                }
                Step::Resolve { pending, end } => {
                    let cmd = Resolve {
                        leg: Leg::named("end"),
                        pending: pending.clone(),
                        ending: match end {
                            End::Post(count) => Ending::Post(Amount::new(*count).unwrap()),
                            End::PostAll => Ending::PostAll,
                            End::Void => Ending::Void,
                        },
                    };
                    said(crate::resolve(tx, &op, ids, &cmd).map(|receipt| receipt.novelty))
                }
                Step::Reverse(old) => {
                    let cmd = Reverse {
                        transfer: old.clone(),
                        reason: "a test".to_owned(),
                    };
                    said(crate::reverse(tx, &op, ids, &cmd).map(|back| back.receipt.novelty))
                }
                Step::Expire => crate::expire_due(tx, ids, now, 500)?.to_string(),
                Step::Freeze(what, true) => crate::freeze(tx, &op, *what, "").unwrap().to_string(),
                Step::Freeze(what, false) => {
                    crate::unfreeze(tx, &op, *what, "").unwrap().to_string()
                }
            })
        });
        said.unwrap()
    }

    fn compare(&self, account: &str) {
        if matches!(account.split(':').next(), Some("faucet" | "sink")) {
            return;
        }
        let expected = self.model.has(account);
        assert_eq!(
            self.world.has(account),
            (expected.coins, expected.held),
            "{account}"
        );
    }

    fn compare_all(&self) {
        for account in self.model.accounts.keys() {
            self.compare(account);
        }
        let supply = self.world.see(|tx| crate::supply(tx, guild(900)));
        for (account, has) in &self.model.accounts {
            if matches!(account.split(':').next(), Some("faucet" | "sink")) {
                let line = supply.accounts.iter().find(|line| line.name == *account);
                assert_eq!(
                    line.map_or(0, |line| line.balance.get()),
                    has.coins,
                    "{account}"
                );
            }
        }
        self.world.is_sound();
        let now = self.world.now();
        let rebuilt = self
            .world
            .look(move |tx| crate::rebuild(tx, guild(900), now));
        assert!(rebuilt.repaired.is_empty() && rebuilt.contradictions.is_empty());
        // Half of the time is settled, so that what is summed up and what is not are both there.
        let mut cursor = None;
        for _ in 0..4 {
            cursor = self
                .world
                .look(move |tx| crate::roll_up(tx, now, cursor))
                .next;
        }
    }
}

fn real(movement: &Movement) -> Transfer {
    let leg = movement.id.rsplit(':').next().unwrap();
    let legs = ["a", "b", "c", "d"];
    Transfer {
        leg: Leg::named(legs.into_iter().find(|known| *known == leg).unwrap()),
        from: name(&movement.from),
        to: name(&movement.to),
        amount: Amount::new(movement.count).unwrap_or(Amount::MAX),
        kind: TransferKind::TRANSFER,
        reason: "a test".to_owned(),
    }
}

fn said<E: Fault>(result: Result<Novelty, E>) -> String {
    match result {
        Ok(Novelty::New) => "ok".to_owned(),
        Ok(Novelty::Replayed) => "replayed".to_owned(),
        Err(error) => error.told().key().to_owned(),
    }
}

const fn sort(step: &Step) -> &'static str {
    match step {
        Step::Transfer(_) => "transfer",
        Step::Linked(_) => "linked",
        Step::Reserve(..) => "reserve",
        Step::Resolve { .. } => "resolve",
        Step::Reverse(_) => "reverse",
        Step::Expire => "expire",
        Step::Freeze(..) => "freeze",
    }
}

fn named(step: &Step) -> Vec<String> {
    match step {
        Step::Transfer(movement) | Step::Reserve(movement, _) => {
            vec![movement.from.clone(), movement.to.clone()]
        }
        Step::Linked(movements) => {
            let both = |one: &Movement| [one.from.clone(), one.to.clone()];
            movements.iter().flat_map(both).collect()
        }
        Step::Resolve { .. } | Step::Reverse(_) | Step::Expire | Step::Freeze(..) => Vec::new(),
    }
}

#[test]
fn e1_e3_e5_e6_e8_random_operations_end_as_in_the_model() {
    let count = setting("GUILDHALL_TEST_LEDGER_OPERATIONS", 10_000);
    let seed = setting("GUILDHALL_TEST_LEDGER_SEED", 20_261_120);
    each(|world| {
        // The rules are the same on both engines; what differs shows in fewer.
        let count = match world.db.database().engine() {
            Engine::Libsql => count,
            Engine::Postgres => count / 4,
        };
        let mut play = Play::new(world, seed);
        let mut done = 0;
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            while done < count {
                play.play();
                done += 1;
                if done % count.div_ceil(10) == 0 {
                    play.compare_all();
                }
            }
            play.compare_all();
        }));
        assert!(result.is_ok(), "seed {seed}, operation {done}");
        let seen = |one: &(&'static str, &str)| play.tally.contains_key(&(one.0, one.1.to_owned()));
        let missing: Vec<_> = SEEN.iter().filter(|one| !seen(one)).collect();
        assert!(
            count < 10_000 || missing.is_empty(),
            "{missing:?} in {:#?}",
            play.tally
        );
    });
}
