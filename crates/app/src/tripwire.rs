//! A place for a test to make handlers panic, to show that a fault has edges. Armed by no configuration.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

/// The handlers that panic when they are called next.
#[derive(Debug, Clone, Default)]
pub struct Tripwire {
    armed: Arc<Mutex<HashSet<String>>>,
}

impl Tripwire {
    /// Makes the handler of this command panic from now on.
    pub fn arm(&self, command: &str) {
        let mut armed = self.armed.lock().unwrap_or_else(PoisonError::into_inner);
        armed.insert(command.to_owned());
    }

    /// Lets it work again.
    pub fn disarm(&self, command: &str) {
        let mut armed = self.armed.lock().unwrap_or_else(PoisonError::into_inner);
        armed.remove(command);
    }

    pub(crate) fn check(&self, command: &str) {
        let armed = self.armed.lock().unwrap_or_else(PoisonError::into_inner);
        let tripped = armed.contains(command);
        drop(armed);
        assert!(!tripped, "the tripwire of `{command}` is armed");
    }
}
