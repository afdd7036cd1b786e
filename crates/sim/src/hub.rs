//! The one place that all parts of the simulator meet at: the world behind its lock, and the clock.
//! What always holds: the lock is held for one change or one reading, never while anything waits.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kernel::Clock;
use tokio::sync::Notify;

use crate::world::World;

/// Shared by REST, gateway and control.
pub(crate) struct Hub {
    world: Mutex<World>,
    pub(crate) clock: Arc<dyn Clock>,
    changed: Notify,
}

/// The world, locked; letting it go wakes those who wait for a change.
#[derive(Debug)]
pub(crate) struct WorldGuard<'h> {
    world: MutexGuard<'h, World>,
    changed: &'h Notify,
    touched: bool,
}

impl Hub {
    pub(crate) fn new(world: World, clock: Arc<dyn Clock>) -> Self {
        Self {
            world: Mutex::new(world),
            clock,
            changed: Notify::new(),
        }
    }

    /// Locks the world. A panic elsewhere while it was locked does not end the simulator.
    pub(crate) fn world(&self) -> WorldGuard<'_> {
        let world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        WorldGuard {
            world,
            changed: &self.changed,
            touched: false,
        }
    }

    /// Locks the world for what is no change that anyone waits for.
    pub(crate) fn peek(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The moment it is, in microseconds since 1970.
    pub(crate) fn now_us(&self) -> i64 {
        self.clock.now().micros()
    }

    /// Waits until the world answers a question, asking again after each change.
    pub(crate) async fn wait_for<T>(&self, mut question: impl FnMut(&World) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Registered before the question, so that no change falls between.
            changed.as_mut().enable();
            if let Some(answer) = question(&self.peek()) {
                return answer;
            }
            changed.await;
        }
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Hub").finish_non_exhaustive()
    }
}

impl Deref for WorldGuard<'_> {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl DerefMut for WorldGuard<'_> {
    fn deref_mut(&mut self) -> &mut World {
        self.touched = true;
        &mut self.world
    }
}

impl Drop for WorldGuard<'_> {
    fn drop(&mut self) {
        if self.touched {
            self.changed.notify_waiters();
        }
    }
}
