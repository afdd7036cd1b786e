//! The ledger once more, as a few maps in memory: what the real one is compared with.
//!
//! It shares no rule with the ledger but the names of accounts and of refusals.

use std::collections::{BTreeMap, BTreeSet};

/// Coins and held coins of one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Has {
    pub(super) coins: i64,
    pub(super) held: i64,
}

/// What a row of the journal does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Does {
    Moves,
    Holds { until: i64 },
    Posts(String),
    Voids(String),
}

/// A row of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) count: i64,
    pub(super) does: Does,
    pub(super) reverses: Option<String>,
    pub(super) group: Option<String>,
}

/// One movement to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Movement {
    pub(super) id: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) count: i64,
}

/// An end of a reservation: `post`, `void`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Post(i64),
    PostAll,
    Void,
}

/// Everything there is.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) accounts: BTreeMap<String, Has>,
    pub(super) members: BTreeSet<String>,
    pub(super) journal: BTreeMap<String, Written>,
    pub(super) open: BTreeMap<String, i64>,
    pub(super) expired: BTreeSet<String>,
    pub(super) reversed: BTreeSet<String>,
    pub(super) frozen: BTreeSet<String>,
    pub(super) guild_frozen: bool,
    /// How many movements were linked with the first of each group.
    groups: BTreeMap<String, usize>,
    /// What was written since the last savepoint.
    fresh: Vec<String>,
}

pub(super) type Said = Result<&'static str, &'static str>;

const MAX: i64 = 9_007_199_254_740_991;

fn parts(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or((name, ""))
}

fn is_personal(name: &str) -> bool {
    matches!(parts(name).0, "purse" | "bank" | "debt")
}

impl Model {
    pub(super) fn has(&self, name: &str) -> Has {
        self.accounts.get(name).copied().unwrap_or_default()
    }

    fn change(&mut self, name: &str, coins: i64, held: i64) {
        let account = self.accounts.entry(name.to_owned()).or_default();
        account.coins += coins;
        account.held += held;
    }

    fn known(&self, name: &str) -> Said {
        if is_personal(name) && !self.members.contains(parts(name).1) {
            return Err("economy-unknown-account");
        }
        Ok("ok")
    }

    fn may_ask(&self, from: &str, to: &str) -> Said {
        if from == to {
            return Err("economy-same-account");
        }
        if matches!(parts(from).0, "sink" | "debt") {
            return Err("economy-not-a-source");
        }
        if parts(to).0 == "faucet" {
            return Err("economy-not-a-target");
        }
        Ok("ok")
    }

    fn may_pass(&self, from: &str, to: &str) -> Said {
        if self.guild_frozen {
            return Err("economy-frozen");
        }
        let stopped = |name: &str| is_personal(name) && self.frozen.contains(parts(name).1);
        if stopped(from) || stopped(to) {
            return Err("economy-account-frozen");
        }
        Ok("ok")
    }

    fn may_give(&self, from: &str, count: i64) -> Said {
        let has = self.has(from);
        match parts(from).0 {
            "faucet" | "sink" => Ok("ok"),
            "debt" if has.coins - count < -MAX => Err("economy-full"),
            "debt" => Ok("ok"),
            _ if has.coins - has.held < count => Err("economy-overdraft"),
            _ => Ok("ok"),
        }
    }

    fn may_take(&self, to: &str, count: i64) -> Said {
        let has = self.has(to);
        match parts(to).0 {
            "faucet" | "sink" => Ok("ok"),
            "debt" if has.coins + count > 0 => Err("economy-not-owed"),
            _ if has.coins + count > MAX => Err("economy-full"),
            _ => Ok("ok"),
        }
    }

    fn may_move(&self, from: &str, to: &str, count: i64) -> Said {
        self.may_pass(from, to)?;
        self.may_give(from, count)?;
        self.may_take(to, count)
    }

    /// What an id that is taken says to the same or other content.
    fn taken(&self, id: &str, wanted: &Written) -> Option<Said> {
        let old = self.journal.get(id)?;
        let mut same = wanted.clone();
        if let (Does::Holds { until }, Does::Holds { until: other }) = (&mut same.does, &old.does) {
            *until = *other;
        }
        if old.group.is_some() == same.group.is_some() {
            same.group.clone_from(&old.group);
        }
        Some(if same == *old {
            Ok("replayed")
        } else {
            Err("economy-conflict")
        })
    }

    fn write(&mut self, id: &str, row: Written, may: Said) -> Said {
        if let Some(said) = self.taken(id, &row) {
            return said;
        }
        may?;
        if row.does == Does::Moves {
            self.change(&row.from, -row.count, 0);
            self.change(&row.to, row.count, 0);
        }
        if let Some(group) = &row.group {
            *self.groups.entry(group.clone()).or_default() += 1;
        }
        self.fresh.push(id.to_owned());
        self.journal.insert(id.to_owned(), row);
        Ok("ok")
    }

    /// Does it, or leaves no trace of it.
    fn whole(&mut self, work: impl FnOnce(&mut Self) -> Said) -> Said {
        let accounts = self.accounts.clone();
        self.fresh.clear();
        let said = work(self);
        if said.is_err() {
            self.accounts = accounts;
            for id in std::mem::take(&mut self.fresh) {
                let undone = self.journal.remove(&id);
                let group = undone.and_then(|row| row.group);
                if let Some(count) = group.and_then(|group| self.groups.get_mut(&group)) {
                    *count -= 1;
                }
            }
        }
        said
    }

    fn row(movement: &Movement, does: Does) -> Written {
        Written {
            from: movement.from.clone(),
            to: movement.to.clone(),
            count: movement.count,
            does,
            reverses: None,
            group: None,
        }
    }

    pub(super) fn transfer(&mut self, movement: &Movement, group: Option<String>) -> Said {
        let (from, to) = (&movement.from, &movement.to);
        self.may_ask(from, to)?;
        self.known(from)?;
        self.known(to)?;
        let may = self.may_move(from, to, movement.count);
        let mut row = Self::row(movement, Does::Moves);
        row.group = group;
        self.write(&movement.id, row, may)
    }

    pub(super) fn linked(&mut self, movements: &[Movement]) -> Said {
        self.whole(|this| this.all(movements))
    }

    fn all(&mut self, movements: &[Movement]) -> Said {
        let group = movements.first().map(|first| first.id.clone());
        let mut first = None;
        for movement in movements {
            let said = self.transfer(movement, group.clone())?;
            if *first.get_or_insert(said) != said {
                return Err("economy-conflict");
            }
        }
        let count = group
            .and_then(|group| self.groups.get(&group).copied())
            .unwrap_or(0);
        if first == Some("replayed") && count != movements.len() {
            return Err("economy-conflict");
        }
        Ok(first.unwrap_or("ok"))
    }

    pub(super) fn reserve(&mut self, movement: &Movement, until: i64) -> Said {
        let (from, to) = (&movement.from, &movement.to);
        self.may_ask(from, to)?;
        if parts(from).0 == "faucet" {
            return Err("economy-not-reservable");
        }
        self.known(from)?;
        self.known(to)?;
        let may = self.may_pass(from, to);
        let may = may.and_then(|_| self.may_give(from, movement.count));
        let said = self.write(
            &movement.id,
            Self::row(movement, Does::Holds { until }),
            may,
        )?;
        if said == "ok" {
            self.change(from, 0, movement.count);
            self.open.insert(movement.id.clone(), movement.count);
        }
        Ok(said)
    }

    pub(super) fn resolve(&mut self, id: &str, pending: &str, end: End, now: i64) -> Said {
        let held = self.journal.get(pending).cloned();
        let Some(Written {
            does: Does::Holds { until },
            ref from,
            ref to,
            count,
            ..
        }) = held
        else {
            return Err("economy-no-such-reservation");
        };
        let (does, moved, freed) = match end {
            End::Post(part) => (Does::Posts(pending.to_owned()), part, part),
            End::PostAll => (Does::Posts(pending.to_owned()), count, count),
            End::Void => (Does::Voids(pending.to_owned()), 0, count),
        };
        let row = Written {
            from: from.clone(),
            to: to.clone(),
            count: freed,
            does,
            reverses: None,
            group: None,
        };
        if let Some(said) = self.taken(id, &row) {
            return said;
        }
        self.may_resolve(pending, (from, to), (count, moved), now >= until)?;
        self.open.remove(pending);
        self.change(from, -moved, -count);
        if moved > 0 {
            self.change(to, moved, 0);
        }
        self.journal.insert(id.to_owned(), row);
        Ok("ok")
    }

    fn may_resolve(
        &self,
        pending: &str,
        (from, to): (&str, &str),
        (count, moved): (i64, i64),
        late: bool,
    ) -> Said {
        if !self.open.contains_key(pending) {
            let over = self.expired.contains(pending);
            return Err(if over {
                "economy-reservation-expired"
            } else {
                "economy-already-resolved"
            });
        }
        if late {
            return Err("economy-reservation-expired");
        }
        if moved == 0 {
            return Ok("ok");
        }
        if moved > count {
            return Err("economy-reservation-too-small");
        }
        self.may_pass(from, to)?;
        self.may_take(to, moved)
    }

    /// Ends what is over, and says how many that were.
    pub(super) fn expire(&mut self, now: i64) -> usize {
        let over: Vec<String> = self
            .open
            .keys()
            .filter(|id| matches!(self.journal[*id].does, Does::Holds { until } if until <= now))
            .cloned()
            .collect();
        for id in &over {
            let count = self.open.remove(id).unwrap();
            let from = self.journal[id].from.clone();
            self.change(&from, 0, -count);
            self.expired.insert(id.clone());
        }
        over.len()
    }

    /// Takes a transfer back; `ids` are those of the reversal and of the advance.
    pub(super) fn reverse(&mut self, old: &str, ids: (&str, &str)) -> Said {
        let Some(row) = self.journal.get(old).cloned() else {
            return Err("economy-no-such-transfer");
        };
        if !matches!(row.does, Does::Moves | Does::Posts(_)) {
            return Err("economy-moved-nothing");
        }
        self.whole(|this| this.take_back(old, &row, ids))
    }

    fn take_back(&mut self, old: &str, row: &Written, (id, advance): (&str, &str)) -> Said {
        let back = Written {
            from: row.to.clone(),
            to: row.from.clone(),
            count: row.count,
            does: Does::Moves,
            reverses: Some(old.to_owned()),
            group: None,
        };
        if let Some(said) = self.taken(id, &back) {
            return said;
        }
        if self.reversed.contains(old) {
            return Err("economy-already-reversed");
        }
        let (word, owner) = parts(&back.from);
        let has = self.has(&back.from);
        let missing = back.count - (has.coins - has.held);
        if matches!(word, "purse" | "bank") && missing > 0 {
            let movement = Movement {
                id: advance.to_owned(),
                from: format!("debt:{owner}"),
                to: back.from.clone(),
                count: missing,
            };
            let may = self.may_correct(&movement.from, &movement.to, missing);
            self.write(advance, Self::row(&movement, Does::Moves), may)?;
        }
        let may = self.may_correct(&back.from, &back.to, back.count);
        self.write(id, back, may)?;
        self.reversed.insert(old.to_owned());
        Ok("ok")
    }

    fn may_correct(&self, from: &str, to: &str, count: i64) -> Said {
        if self.guild_frozen {
            return Err("economy-frozen");
        }
        self.may_give(from, count)?;
        self.may_take(to, count)
    }
}
