//! Places for what goes on for long, such as a stream: each person has so many, and all people together.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kernel::UserId;

/// The places of one kind, by who has them.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    taken: Arc<Mutex<HashMap<UserId, usize>>>,
    of_one_max: usize,
    of_all_max: usize,
}

/// A place; it is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    all: Places,
    user: UserId,
}

impl Places {
    /// So many places for each, and for all together.
    pub(crate) fn of(of_one_max: usize, of_all_max: usize) -> Self {
        Self {
            taken: Arc::default(),
            of_one_max,
            of_all_max,
        }
    }

    /// A place for this person, where one is free.
    pub(crate) fn take(&self, user: UserId) -> Option<Place> {
        let mut taken = self.lock();
        let own = taken.get(&user).copied().unwrap_or(0);
        let all: usize = taken.values().sum();
        if own >= self.of_one_max || all >= self.of_all_max {
            return None;
        }
        taken.insert(user, own + 1);
        drop(taken);
        Some(Place {
            all: self.clone(),
            user,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Entry::Occupied(mut own) = self.all.lock().entry(self.user) {
            *own.get_mut() -= 1;
            if *own.get() == 0 {
                own.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::UserId;

    use super::Places;

    #[test]
    fn l3_each_has_so_many_places_and_one_is_free_when_what_had_it_ends() {
        let places = Places::of(2, 3);
        let [one, other, third] = [1, 2, 3].map(|id| UserId::new(id).unwrap());
        let mut taken = vec![places.take(one).unwrap(), places.take(one).unwrap()];
        assert!(places.take(one).is_none());
        let others = places.take(other).unwrap();
        assert!(places.take(third).is_none(), "all are taken");
        taken.pop();
        assert!(places.take(third).is_some());
        assert!(places.take(one).is_some());
        drop((taken, others));
        assert!(places.lock().is_empty());
    }
}
