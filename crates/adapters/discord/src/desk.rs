//! The desk: every interaction that this process took on, whether it was acknowledged, and how it is answered.
//!
//! D1  An interaction is acknowledged within Discord's three seconds, or answered with words.
//! D2  An answer is delivered once: a second delivery changes what stands there, or does nothing.
//! D3  What is private is never shown to others: not after a public deferral, not after a restart, not too late.
//! D4  The state is bounded and lives in memory alone; where it is lost, Discord is asked.

mod case;
mod deliver;
mod guard;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chat::{AnswerKind, CommandSpec, InteractionAnswer, Invocation, Invoked};
use kernel::{Clock, InteractionId};
use tokio_util::task::TaskTracker;

pub(crate) use case::Case;
use case::Expects;

use crate::{bots::Bots, easel::Easel};

/// How long an interaction's token lives; a little less than Discord says, for the way there.
const TOKEN_LIFE: Duration = Duration::from_secs(15 * 60 - 10);
/// How long an interaction may stay unacknowledged; a little less than Discord says.
const ACKNOWLEDGE_WITHIN: Duration = Duration::from_millis(2_900);
/// How many interactions are remembered. Beyond it the oldest is forgotten, and Discord asked where it is needed.
const CASES_MAX: usize = 100_000;

/// The desk of one process, for all its bots.
#[derive(Debug)]
pub(crate) struct Desk {
    bots: Arc<Bots>,
    easel: Arc<Easel>,
    clock: Arc<dyn Clock>,
    commands: HashMap<String, AnswerKind>,
    book: Mutex<Book>,
    tasks: TaskTracker,
}

#[derive(Debug, Default)]
struct Book {
    cases: HashMap<InteractionId, Arc<Case>>,
    order: VecDeque<InteractionId>,
}

impl Book {
    fn add(&mut self, case: &Arc<Case>) {
        self.forget_old();
        self.cases.insert(case.interaction, Arc::clone(case));
        self.order.push_back(case.interaction);
    }

    fn forget_old(&mut self) {
        while let Some(oldest) = self.order.front() {
            let is_young = self
                .cases
                .get(oldest)
                .is_some_and(|case| case.received.elapsed() < TOKEN_LIFE);
            if is_young && self.order.len() < CASES_MAX {
                return;
            }
            self.cases.remove(oldest);
            self.order.pop_front();
        }
    }
}

impl Desk {
    /// A desk that knows how these commands answer.
    pub(crate) fn new(
        (bots, easel): (Arc<Bots>, Arc<Easel>),
        clock: Arc<dyn Clock>,
        commands: &[CommandSpec],
        tasks: TaskTracker,
    ) -> Self {
        let kind = |spec: &CommandSpec| (spec.name.to_owned(), spec.answer);
        Self {
            bots,
            easel,
            clock,
            commands: commands.iter().map(kind).collect(),
            book: Mutex::default(),
            tasks,
        }
    }

    /// Takes an interaction on and starts its guard; one that came in before keeps its state.
    pub(crate) fn open(self: &Arc<Self>, invocation: &Invocation) -> Arc<Case> {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = book.cases.get(&invocation.id) {
            return Arc::clone(known);
        }
        let case = Arc::new(Case::fresh(invocation, self.expects(&invocation.invoked)));
        book.add(&case);
        drop(book);
        let guarding = Arc::clone(self).guard(Arc::clone(&case));
        self.tasks.spawn(guarding);
        case
    }

    /// How what was used answers when it succeeds.
    fn expects(&self, invoked: &Invoked) -> Expects {
        let of_command = |name: &str| self.commands.get(name).copied();
        let kind = match invoked {
            Invoked::Typing { .. } => Some(AnswerKind::Choices),
            Invoked::Button { .. } | Invoked::Select { .. } => Some(AnswerKind::Update),
            Invoked::Command(given) => of_command(&given.name),
            Invoked::UserMenu { name, .. } | Invoked::MessageMenu { name, .. } => of_command(name),
            // A form's custom id begins with the name of the command that opened it, and answers as that does.
            Invoked::Form { custom_id, .. } => {
                of_command(custom_id.split(':').next().unwrap_or_default())
                    .filter(|kind| matches!(kind, AnswerKind::Public | AnswerKind::Private))
            }
        };
        Expects::of(kind.unwrap_or(AnswerKind::Private))
    }

    /// What is known of an interaction; of one that this process did not take on, nothing.
    fn case_of(&self, answer: &InteractionAnswer) -> Arc<Case> {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = book.cases.get(&answer.interaction) {
            return Arc::clone(known);
        }
        let case = Arc::new(Case::lost(answer));
        book.add(&case);
        case
    }
}

#[cfg(test)]
mod tests;
