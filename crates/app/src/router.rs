//! From an incoming event to a decision in the database and an effect on its way.

use std::{collections::HashMap, fmt, sync::Arc};

use chat::{
    CommandSpec, Courier, Effect, Finished, Inbox, Incoming, Invocation, Invoked, Overflow, Reply,
};
use economy::{
    Standing,
    commands::{Answer, CommandError},
};
use kernel::{Fault, Op, Span, Stopwatch, Told};
use store::{DbError, Tx, handled, owed};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{Core, Delivery, NotAdmitted, answer, jobs, lanes::Lanes, registry, relay, schedule};

/// An event on its way through a lane.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) incoming: Incoming,
    pub(crate) finished: Finished,
}

/// The running application: takes events on, decides them, sends what they owe.
pub struct App {
    core: Core,
    lanes: std::sync::RwLock<Option<Lanes>>,
    delivery: Delivery,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl fmt::Debug for App {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("App")
            .field("core", &self.core)
            .finish_non_exhaustive()
    }
}

impl App {
    /// Starts the lanes, the relay and the schedule on the current runtime.
    #[must_use]
    pub fn start(core: Core) -> Arc<Self> {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let delivery = Delivery::start(&core, &tasks, &stop);
        let router = Router {
            core: core.clone(),
            specs: Arc::new(registry::specs_by_name()),
            delivery: delivery.clone(),
        };
        let lanes = Lanes::open(&router, &tasks);
        tasks.spawn(relay::run(core.clone(), delivery.clone(), stop.clone()));
        tasks.spawn(schedule::run(core.clone(), stop.clone()));
        tasks.spawn(jobs::run(core.clone(), stop.clone()));
        Arc::new(Self {
            core,
            lanes: std::sync::RwLock::new(Some(lanes)),
            delivery,
            tasks,
            stop,
        })
    }

    /// Names the courier that effects leave by. Until then they wait in the database.
    pub fn deliver_through(&self, courier: Arc<dyn Courier>) {
        self.delivery.through(courier);
    }

    #[cfg(test)]
    pub(crate) const fn delivery(&self) -> &Delivery {
        &self.delivery
    }

    /// The application's shared parts.
    #[must_use]
    pub const fn core(&self) -> &Core {
        &self.core
    }

    /// Takes nothing on any more, finishes what was taken on, and waits for it at most this long.
    /// Gives whether all was finished; what was not is owed in the database.
    pub async fn drain(&self, at_most: Span) -> bool {
        let lanes = self.lanes.write().map(|mut lanes| lanes.take());
        drop(lanes);
        self.stop.cancel();
        self.delivery.close();
        self.tasks.close();
        tokio::time::timeout(at_most.to_std(), self.tasks.wait())
            .await
            .is_ok()
    }
}

impl Inbox for App {
    fn accept(&self, incoming: Incoming, finished: Finished) -> Result<(), Overflow> {
        let lanes = self.lanes.read().map_err(|_| Overflow)?;
        let open = lanes.as_ref().ok_or(Overflow)?;
        open.put(Arrival { incoming, finished })
    }
}

/// Decides events, one at a time for each lane.
#[derive(Debug, Clone)]
pub(crate) struct Router {
    core: Core,
    specs: Arc<HashMap<&'static str, CommandSpec>>,
    delivery: Delivery,
}

/// What came of an invocation.
enum Decided {
    /// It was handled before; its answer is given or owed.
    Before,
    /// It is handled now.
    Now(Box<Decision>),
}

/// What an invocation led to.
struct Decision {
    owed: i64,
    effect: Effect,
    standings: Vec<Standing>,
    outcome: &'static str,
}

impl Router {
    /// Handles an event; when this ends, its effects are durable or there are none.
    pub(crate) async fn handle(&self, arrival: Arrival) {
        match arrival.incoming {
            Incoming::Invoked(invocation) => self.invoked(Arc::from(invocation)).await,
            Incoming::GuildAvailable(guild) => self.core.guilds.arrived(guild),
            Incoming::GuildGone { guild, .. } => self.core.guilds.gone(guild),
            // No context listens to these yet.
            Incoming::Wrote(_)
            | Incoming::Edited(_)
            | Incoming::Member(_)
            | Incoming::Deleted(_)
            | Incoming::Reacted(_) => {}
        }
        drop(arrival.finished);
    }

    async fn invoked(&self, invocation: Arc<Invocation>) {
        let watch = Stopwatch::start();
        let label = registry::label(&self.specs, &invocation.invoked);
        let outcome = match self
            .core
            .admission
            .invocation(&invocation, self.specs.get(label))
        {
            Err(NotAdmitted::Expired) => "expired",
            Err(NotAdmitted::Repeated) => "repeated",
            Err(NotAdmitted::Refused(told)) => self.refuse(&invocation, &told),
            Ok(op) => self.admitted(op, &invocation, label).await,
        };
        metrics::counter!("guildhall_commands_total", "command" => label, "outcome" => outcome)
            .increment(1);
        metrics::histogram!("guildhall_command_seconds", "command" => label)
            .record(watch.elapsed().as_secs_f64());
    }

    fn refuse(&self, invocation: &Invocation, told: &Told) -> &'static str {
        if matches!(invocation.invoked, Invoked::Typing { .. }) {
            self.delivery
                .send_unowed(answer::choices(invocation, Vec::new()));
        } else {
            let reply = answer::refusal(&self.core.words, &invocation.locale, told);
            self.delivery.send_unowed(answer::reply(invocation, reply));
        }
        "refused"
    }

    async fn admitted(
        &self,
        op: Op,
        invocation: &Arc<Invocation>,
        label: &'static str,
    ) -> &'static str {
        if let Invoked::Typing { .. } = &invocation.invoked {
            let choices = registry::choices(&invocation.invoked);
            self.delivery
                .send_unowed(answer::choices(invocation, choices));
            return "choices";
        }
        let (correlation, cause) = (op.correlation, op.cause.clone());
        let answered = if registry::only_reads(&invocation.invoked) {
            self.read(op, invocation, label).await
        } else {
            self.decide(op, invocation, label).await
        };
        answered.unwrap_or_else(|error| {
            tracing::error!(%correlation, %cause, command = label, %error, "a command failed; nothing of it was kept");
            let reply = answer::fault(&self.core.words, &invocation.locale, &error, correlation);
            self.delivery.send_unowed(answer::reply(invocation, reply));
            "fault"
        })
    }

    /// Answers what only reads: it owes nothing, for asking again gives the same.
    async fn read(
        &self,
        op: Op,
        invocation: &Arc<Invocation>,
        label: &'static str,
    ) -> Result<&'static str, DbError> {
        let (core, asked) = (self.core.clone(), invocation.clone());
        let read = move |tx: &mut Tx<'_>| {
            core.tripwire.check(label);
            reply_of(registry::invoke(tx, &core, &op, &asked), &core, &op)
        };
        let said = self.core.database.read(label, read).await?;
        self.delivery
            .send_unowed(answer::reply(invocation, said.reply));
        Ok(said.outcome)
    }

    /// Decides what changes something; its answer is owed.
    async fn decide(
        &self,
        op: Op,
        invocation: &Arc<Invocation>,
        label: &'static str,
    ) -> Result<&'static str, DbError> {
        let ticket = self.core.hot.ticket();
        let (core, asked, guild) = (self.core.clone(), invocation.clone(), op.guild);
        let work = move |tx: &mut Tx<'_>| decide(tx, &core, &op, &asked, label);
        match self.core.database.write(label, work).await? {
            Decided::Before => Ok("repeated"),
            Decided::Now(decision) => {
                self.core
                    .hot
                    .offer_standings(&ticket, guild, &decision.standings);
                self.delivery.send(decision.owed, decision.effect);
                Ok(decision.outcome)
            }
        }
    }
}

/// The event's de-duplication row and the owed reply stand or fall with the use case, which runs in a savepoint of
/// its own: a refusal undoes the use case alone, and is remembered and answered; a fault undoes everything.
fn decide(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    invocation: &Invocation,
    label: &'static str,
) -> Result<Decided, DbError> {
    if handled::handled_mark(tx, &op.cause, op.at)? == handled::Handled::Before {
        return Ok(Decided::Before);
    }
    core.tripwire.check(label);
    let result = tx.nested(|tx| registry::invoke(tx, core, op, invocation))?;
    let said = reply_of(result, core, op)?;
    let effect = answer::reply(invocation, said.reply);
    let owed = owe(tx, core, op, &effect)?;
    Ok(Decided::Now(Box::new(Decision {
        owed,
        effect,
        standings: said.standings,
        outcome: said.outcome,
    })))
}

/// What is said, and whether it is a success.
struct Said {
    reply: Reply,
    standings: Vec<Standing>,
    outcome: &'static str,
}

fn reply_of(result: Result<Answer, CommandError>, core: &Core, op: &Op) -> Result<Said, DbError> {
    let (reply, outcome) = match result {
        Ok(answer) => {
            return Ok(Said {
                reply: answer.reply,
                standings: answer.standings,
                outcome: "done",
            });
        }
        Err(CommandError::Store(error)) => return Err(error),
        Err(CommandError::NotOurs) => (
            answer::refusal(&core.words, &op.locale, &Told::new("app-unknown")),
            "unknown",
        ),
        Err(error) if error.kind().is_refusal() => (
            answer::refusal(&core.words, &op.locale, &error.told()),
            "refused",
        ),
        Err(error) => {
            tracing::error!(correlation = %op.correlation, %error, "a command met a defect");
            (
                answer::fault(&core.words, &op.locale, &error, op.correlation),
                "fault",
            )
        }
    };
    Ok(Said {
        reply,
        standings: Vec::new(),
        outcome,
    })
}

fn owe(tx: &mut Tx<'_>, core: &Core, op: &Op, effect: &Effect) -> Result<i64, DbError> {
    let id = core.ids.next();
    let written = serde_json::to_string(effect).map_err(|error| DbError::Rejected {
        statement: "store.owed_insert".to_owned(),
        reason: error.to_string(),
    })?;
    owed::owed_insert(tx, id, &op.cause, Some(op.guild), &written, op.at)?;
    Ok(id)
}
