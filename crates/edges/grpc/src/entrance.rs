//! From a call to an operation: the gate has found out who calls; here is where, and as what.

use std::sync::{Arc, OnceLock};

use app::{Core, Door, Holder, KEY_MAX, NotLetIn, Visitor};
use kernel::{Fault, Op};
use platform::TokenScope;
use store::{DbError, Tx};
use tonic::Request;

use crate::refusal::Refusal;

/// The way in: closed at first, and open once there is a door behind it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entrance {
    door: Arc<OnceLock<Door>>,
}

impl Entrance {
    /// Lets calls through to this door from now on. A second call changes nothing.
    pub(crate) fn open(&self, door: Door) {
        let _ = self.door.set(door);
    }

    pub(crate) fn door(&self) -> Result<&Door, Refusal> {
        self.door.get().ok_or_else(Refusal::starting)
    }

    /// Lets a call into the guild that it names, to do what needs this scope.
    pub(crate) fn admit<T>(
        &self,
        request: Request<T>,
        needed: TokenScope,
        guild: fn(&T) -> &str,
    ) -> Result<(Visit, T), Refusal> {
        let door = self.door()?;
        let correlation = || door.core().admission().correlation();
        let holder = request.extensions().get::<Holder>().cloned();
        let holder = holder.ok_or_else(|| Refusal::unauthenticated().under(correlation()))?;
        let asked = request.into_inner();
        let guild = guild(&asked);
        let visitor = door.visit(holder, guild, needed).map_err(|why| {
            let refusal = match why {
                NotLetIn::NoSuchGuild => Refusal::unknown_guild(guild),
                NotLetIn::Lacks(scope) => Refusal::lacks(scope),
            };
            refusal.under(correlation())
        })?;
        let core = door.core().clone();
        Ok((Visit { core, visitor }, asked))
    }
}

/// A call that was let into a guild.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) core: Core,
    visitor: Visitor,
}

impl Visit {
    /// The operation of a read.
    pub(crate) fn read_op(&self) -> Op {
        self.visitor.read_op(&self.core)
    }

    /// The operation of a write, with the key that makes sending it again harmless. The path is that of the same
    /// write over REST, under the guild.
    pub(crate) fn write_op(&self, path: &str, key: &str) -> Result<Op, Refusal> {
        let op = self.visitor.write_op(&self.core, path, key.as_bytes());
        op.ok_or_else(|| {
            let words = format!("A write needs an `idempotency_key` of 1 to {KEY_MAX} bytes.");
            Refusal::field("idempotency_key", &words).under(self.core.admission().correlation())
        })
    }

    /// Reads from the database.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        label: &'static str,
        op: &Op,
        read: impl FnMut(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let found = self.core.database().read(label, read).await;
        found.map_err(|error: DbError| self.refusal(op, &error))
    }

    /// What a fault is to the caller; what is not a refusal stands in the log.
    pub(crate) fn refusal(&self, op: &Op, fault: &dyn Fault) -> Refusal {
        if !fault.kind().is_refusal() {
            tracing::error!(correlation = %op.correlation, error = %fault, "a call failed");
        }
        let words = self.core.words().say(&op.locale, &fault.told());
        Refusal::of_fault(fault, words, op.correlation)
    }
}
