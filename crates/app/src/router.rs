//! From an incoming event to a decision in the database and an effect on its way.

mod talking;

use std::{fmt, sync::Arc, time::Duration};

use chat::{Courier, Finished, Inbox, Incoming, Invocation, Invoked, Overflow, Reply};
use economy::Standing;
use kernel::{Fault, FaultKind, GuildId, Op, Span, Stopwatch, Timestamp, Told};
use store::{DbError, Tx, handled};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Core, Delivery, NotAdmitted, answer, configs, flows, jobs,
    lanes::Lanes,
    outcome::{Errand, Failed, Outcome, Owing, Says, owe},
    promise::Promise,
    registry::{self, Specs},
    relay, schedule, sealing,
    surroundings::Surroundings,
};

/// An event on its way through a lane.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) incoming: Incoming,
    pub(crate) finished: Finished,
    /// Since when it waits for its turn.
    pub(crate) waits: Stopwatch,
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
    /// Starts the lanes, the relay, the schedule and the sealer, who signs with this key, on the current runtime.
    #[must_use]
    pub fn start(core: Core, signer: audit::Signer) -> Arc<Self> {
        relay::describe();
        jobs::describe();
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let delivery = Delivery::start(&core, &tasks, &stop);
        let router = Router {
            core: core.clone(),
            specs: Arc::new(Specs::all()),
            delivery: delivery.clone(),
            tasks: tasks.clone(),
        };
        let lanes = Lanes::open(&router, &tasks);
        tasks.spawn(relay::run(core.clone(), delivery.clone(), stop.clone()));
        tasks.spawn(schedule::run(core.clone(), stop.clone()));
        tasks.spawn(jobs::run(core.clone(), stop.clone()));
        tasks.spawn(configs::watch(core.clone(), stop.clone()));
        core.keys.sign_with(signer);
        tasks.spawn(sealing::run(core.clone(), stop.clone()));
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
        open.put(Arrival {
            incoming,
            finished,
            waits: Stopwatch::start(),
        })
    }
}

/// Decides events, one at a time for each lane.
#[derive(Debug, Clone)]
pub(crate) struct Router {
    core: Core,
    specs: Arc<Specs>,
    delivery: Delivery,
    tasks: TaskTracker,
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
    /// The answer first, then what else must happen.
    owing: Vec<Owing>,
    /// What brings the answer after the commit, where it takes longer.
    errand: Option<(Errand, Promise)>,
    standings: Vec<Standing>,
    /// Whether the guild's configuration is another one now.
    configured: bool,
    outcome: &'static str,
}

impl Router {
    /// The time.
    pub(crate) fn now(&self) -> Timestamp {
        self.core.clock.now()
    }

    /// Counts what an event of a guild took.
    pub(crate) fn paced(&self, guild: GuildId, waited: Duration, worked: Duration) {
        self.core.paces.note(guild, self.now(), waited, worked);
    }

    /// Handles an event; when this ends, its effects are durable or there are none. Gives the event back where it
    /// must wait for the database.
    pub(crate) async fn handle(&self, arrival: Arrival) -> Option<Arrival> {
        match arrival.incoming {
            Incoming::Invoked(invocation) if waits(&invocation) => {
                // Discord is asked first, or a lesson is waited for; a lane does not wait for either.
                let (router, finished) = (self.clone(), arrival.finished);
                self.tasks.spawn(async move {
                    router.invoked(Arc::from(invocation)).await;
                    drop(finished);
                });
                return None;
            }
            Incoming::Invoked(invocation) => self.invoked(Arc::from(invocation)).await,
            Incoming::Wrote(message) => return self.wrote(message, arrival.finished).await,
            Incoming::Edited(message) => {
                if self.edited(&message).await.is_err() {
                    return Some(put_off(Incoming::Edited(message), arrival.finished));
                }
            }
            Incoming::GuildAvailable(available) => {
                let guild = available.guild;
                self.core.guilds.arrived(available.clone());
                if let Err(error) = flows::configure::start(&self.core, guild).await {
                    tracing::warn!(%guild, %error, "a guild has no configuration yet; it is tried again");
                    let incoming = Incoming::GuildAvailable(available);
                    return Some(put_off(incoming, arrival.finished));
                }
            }
            Incoming::GuildGone { guild, .. } => self.core.guilds.gone(guild),
            Incoming::Deleted(deleted) => {
                let done = flows::listen::deleted(&self.core, &deleted).await;
                if must_wait(done, "deleted messages were not forgotten") {
                    return Some(put_off(Incoming::Deleted(deleted), arrival.finished));
                }
            }
            Incoming::Reacted(reaction) => {
                return self.reacted(reaction, arrival.finished).await;
            }
            // No context listens to these yet.
            Incoming::Member(_) => {}
        }
        drop(arrival.finished);
        None
    }

    fn send_all(&self, owing: impl IntoIterator<Item = Owing>) {
        for owing in owing {
            self.delivery.send(owing);
        }
    }

    async fn invoked(&self, invocation: Arc<Invocation>) {
        let watch = Stopwatch::start();
        let label = self.specs.label(&invocation.invoked);
        let outcome = match self
            .core
            .admission
            .invocation(&invocation, self.specs.named(label))
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
            self.send_unowed(invocation, reply);
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
            let choices = self.specs.choices(&invocation.invoked);
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
            self.send_unowed(invocation, reply);
            "fault"
        })
    }

    fn send_unowed(&self, invocation: &Invocation, reply: Reply) {
        let kind = self.specs.answer_kind(&invocation.invoked);
        self.delivery
            .send_unowed(answer::reply(invocation, kind, reply));
    }

    /// Answers what only reads: it owes nothing, for asking again gives the same.
    async fn read(
        &self,
        op: Op,
        invocation: &Arc<Invocation>,
        label: &'static str,
    ) -> Result<&'static str, DbError> {
        let around = Surroundings::of(&self.core, op.guild).await?;
        let (router, asked) = (self.clone(), invocation.clone());
        let read = move |tx: &mut Tx<'_>| {
            router.core.tripwire.check(label);
            let core = &router.core;
            let result = router.specs.invoke(tx, core, &op, &asked, &around);
            reply_of(result, core, &op)
        };
        let said = self.core.database.read(label, read).await?;
        if let Says::Now(reply) = said.says {
            self.send_unowed(invocation, reply);
        }
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
        let mut around = Surroundings::of(&self.core, op.guild).await?;
        if flows::sanction::looks_back(invocation) {
            around = around.looking_back(&self.core, invocation).await;
        }
        if registry::asks_persona(&invocation.invoked) {
            let asker = invocation.asker.user;
            self.core.talks.lessons_over(op.guild, asker).await;
        }
        let (router, asked, guild) = (self.clone(), invocation.clone(), op.guild);
        let work = move |tx: &mut Tx<'_>| router.decided(tx, &op, &asked, &around, label);
        match self.core.database.write(label, work).await? {
            Decided::Before => Ok("repeated"),
            Decided::Now(decision) => {
                self.core
                    .hot
                    .offer_standings(&ticket, guild, &decision.standings);
                if !decision.standings.is_empty() {
                    flows::noting::moved_coins("command");
                }
                if decision.configured {
                    self.core.configs.changed(guild);
                }
                self.send_all(decision.owing);
                if let Some((errand, promise)) = decision.errand {
                    self.run(errand, promise);
                }
                Ok(decision.outcome)
            }
        }
    }

    /// The event's de-duplication row and the owed reply stand or fall with the use case, which runs in a savepoint
    /// of its own: a refusal undoes the use case alone, and is remembered and answered; a fault undoes everything.
    fn decided(
        &self,
        tx: &mut Tx<'_>,
        op: &Op,
        invocation: &Arc<Invocation>,
        around: &Surroundings,
        label: &'static str,
    ) -> Result<Decided, DbError> {
        if handled::handled_mark(tx, &op.cause, op.at)? == handled::Handled::Before {
            return Ok(Decided::Before);
        }
        let core = &self.core;
        core.tripwire.check(label);
        let result = tx.nested(|tx| self.specs.invoke(tx, core, op, invocation, around))?;
        let said = reply_of(result, core, op)?;
        let (mut owing, mut errand) = (Vec::new(), None);
        match said.says {
            Says::Now(reply) => {
                let kind = self.specs.answer_kind(&invocation.invoked);
                owing.push(owe(tx, core, op, answer::reply(invocation, kind, reply))?);
            }
            Says::Later(later) => {
                errand = Some((later, Promise::give(tx, core, op, invocation)?));
            }
        }
        owing.extend(said.owing);
        Ok(Decided::Now(Box::new(Decision {
            owing,
            errand,
            standings: said.standings,
            configured: said.configured,
            outcome: said.outcome,
        })))
    }
}

/// Whether something is waited for before this can be decided.
fn waits(invocation: &Invocation) -> bool {
    flows::sanction::looks_back(invocation) || registry::asks_persona(&invocation.invoked)
}

fn put_off(incoming: Incoming, finished: Finished) -> Arrival {
    Arrival {
        incoming,
        finished,
        // From here on it is the database that is waited for, which says nothing about the guild.
        waits: Stopwatch::start(),
    }
}

/// Whether an event must wait for the database; any other fault ends it.
fn must_wait(done: Result<(), DbError>, what: &'static str) -> bool {
    let Err(error) = done else {
        return false;
    };
    if error.kind() == FaultKind::Unavailable {
        return true;
    }
    tracing::error!(%error, what);
    false
}

/// What is said, and whether it is a success.
struct Said {
    says: Says,
    owing: Vec<Owing>,
    standings: Vec<Standing>,
    configured: bool,
    outcome: &'static str,
}

fn reply_of(result: Result<Outcome, Failed>, core: &Core, op: &Op) -> Result<Said, DbError> {
    let (reply, outcome) = match result {
        Ok(outcome) => {
            return Ok(Said {
                says: outcome.says,
                owing: outcome.owing,
                standings: outcome.standings,
                configured: outcome.configured,
                outcome: "done",
            });
        }
        Err(Failed::Store(error)) => return Err(error),
        Err(Failed::NotOurs) => (
            answer::refusal(&core.words, &op.locale, &Told::new("app-unknown")),
            "unknown",
        ),
        Err(Failed::Fault(error)) if error.kind().is_refusal() => (
            answer::refusal(&core.words, &op.locale, &error.told()),
            "refused",
        ),
        Err(Failed::Fault(error)) => {
            tracing::error!(correlation = %op.correlation, %error, "a command met a defect");
            (
                answer::fault(&core.words, &op.locale, error.as_ref(), op.correlation),
                "fault",
            )
        }
    };
    Ok(Said {
        says: Says::Now(reply),
        owing: Vec::new(),
        standings: Vec::new(),
        configured: false,
        outcome,
    })
}
