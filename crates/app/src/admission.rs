//! Who may act: the only maker of an [`Op`]. What is not admitted gets a reason.

use std::{
    collections::{HashSet, VecDeque},
    num::NonZeroU32,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use chat::{Access, CommandSpec, Invocation};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use kernel::{
    Actor, Cause, CauseKind, Clock, Correlation, GuildId, IdSource, InteractionId, Locale, Op,
    Span, Told, UserId,
};

use crate::{KEY_MAX, Viewer, door::key_digest, estate::installation_chain};

/// How long Discord keeps an interaction that nobody acknowledged.
const INTERACTION_LIFE: Span = Span::seconds(3);

/// A member may use this many commands at once, and as many in ten seconds.
const COMMANDS_IN_TEN_SECONDS: u32 = 40;

/// Interactions remembered against repetition; at a thousand a second, more than a minute's.
const RECENT_MAX: usize = 65_536;

/// What the causes of deeds on the dashboard begin with; the session follows.
const DASHBOARD: &str = "dashboard:";

/// The session of a deed on the dashboard.
pub(crate) fn session_of(op: &Op) -> Option<&str> {
    let by_member = matches!(op.actor, Actor::Member(_)) && op.cause.kind == CauseKind::Api;
    let rest = op.cause.id.strip_prefix(DASHBOARD).filter(|_| by_member)?;
    rest.split(':').next()
}

/// Why an invocation is not handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAdmitted {
    /// Discord has voided it already: nothing is done, and nobody can be told.
    Expired,
    /// It came before, and is answered or about to be: nothing is done.
    Repeated,
    /// It is refused, in these words.
    Refused(Told),
}

/// The door.
#[derive(Debug)]
pub struct Admission {
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    commands: DefaultKeyedRateLimiter<(GuildId, UserId)>,
    admitted: AtomicU32,
    recent: Mutex<Recent>,
}

/// The interactions that came last. The database knows them for longer; here a repetition is known before it counts
/// against the asker's rate, and before a refusal could overwrite an answer.
#[derive(Debug, Default)]
struct Recent {
    known: HashSet<InteractionId>,
    order: VecDeque<InteractionId>,
}

impl Recent {
    /// Notes an interaction; whether it is new.
    fn note(&mut self, interaction: InteractionId) -> bool {
        if !self.known.insert(interaction) {
            return false;
        }
        self.order.push_back(interaction);
        if self.order.len() > RECENT_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}

impl Admission {
    pub(crate) fn new(clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        let per_ten_seconds = NonZeroU32::new(COMMANDS_IN_TEN_SECONDS).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(Span::seconds(10).to_std() / per_ten_seconds.get())
            .unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN))
            .allow_burst(per_ten_seconds);
        Self {
            clock,
            ids,
            commands: RateLimiter::keyed(quota),
            admitted: AtomicU32::new(0),
            recent: Mutex::default(),
        }
    }

    /// Admits a member's command, press or form.
    ///
    /// # Errors
    /// When it came too late, from outside a guild, too often, or the asker may not.
    pub fn invocation(
        &self,
        invocation: &Invocation,
        spec: Option<&CommandSpec>,
    ) -> Result<Op, NotAdmitted> {
        let now = self.clock.now();
        if now.since(invocation.made_at) > INTERACTION_LIFE {
            return Err(NotAdmitted::Expired);
        }
        if !self.recent().note(invocation.id) {
            return Err(NotAdmitted::Repeated);
        }
        let Some(guild) = invocation.guild else {
            return Err(NotAdmitted::Refused(Told::new("app-only-in-a-server")));
        };
        self.check_rate(guild, invocation.asker.user)?;
        check_access(invocation, spec)?;
        let cause = Cause::new(CauseKind::Interaction, invocation.id);
        let actor = Actor::Member(invocation.asker.user);
        Ok(self.op(guild, actor, cause, invocation.locale.clone()))
    }

    /// Admits what is decided by itself about something that happened: whoever made it happen does not decide.
    #[must_use]
    pub fn event(&self, guild: GuildId, cause: Cause) -> Op {
        self.op(guild, Actor::System, cause, Locale::english())
    }

    /// Admits a request that the edges' one door has authenticated as this token.
    #[must_use]
    pub fn token(&self, guild: GuildId, token: &str, cause: Cause) -> Op {
        self.op(
            guild,
            Actor::Token(token.to_owned()),
            cause,
            Locale::english(),
        )
    }

    /// Admits what somebody does on the dashboard, whose session and standing were looked up for this request. The
    /// cause names the session; under a path of the guild the same key is the same cause, so a form that is sent twice
    /// is one deed. None where the key is empty or longer than [`KEY_MAX`].
    #[must_use]
    pub fn dashboard(&self, guild: GuildId, viewer: &Viewer, path: &str, key: &str) -> Option<Op> {
        if !(1..=KEY_MAX).contains(&key.len()) {
            return None;
        }
        let session = &viewer.session;
        let digest = key_digest(guild, path, key.as_bytes());
        let cause = format!("{DASHBOARD}{}:{digest}", session.id.get());
        let cause = Cause::new(CauseKind::Api, cause);
        let actor = Actor::Member(session.user);
        Some(self.op(guild, actor, cause, Locale::english()))
    }

    /// Admits what the operator does on the dashboard with what belongs to no guild: as [`Admission::dashboard`] does,
    /// in the chain of the installation.
    #[must_use]
    pub fn console(&self, viewer: &Viewer, path: &str, key: &str) -> Option<Op> {
        let op = self.dashboard(installation_chain(), viewer, path, key);
        op.filter(|_| viewer.is_operator)
    }

    /// Admits work of the schedule.
    #[must_use]
    pub fn scheduled(&self, guild: GuildId, job: &str) -> Op {
        self.op(
            guild,
            Actor::System,
            Cause::new(CauseKind::Job, job),
            Locale::english(),
        )
    }

    /// Admits a command of the operator at the command line.
    #[must_use]
    pub fn cli(&self, guild: GuildId, run: &str) -> Op {
        self.op(
            guild,
            Actor::Token("cli".to_owned()),
            Cause::new(CauseKind::Cli, run),
            Locale::english(),
        )
    }

    /// The same operation in another guild: of a command that reaches many of them.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "admission is the one maker of operations"
    )]
    pub fn elsewhere(&self, op: &Op, guild: GuildId) -> Op {
        Op::admitted(
            guild,
            op.actor.clone(),
            op.at,
            op.cause.clone(),
            op.correlation,
            op.locale.clone(),
        )
    }

    /// A new id under which something can be found in the log.
    #[must_use]
    pub fn correlation(&self) -> Correlation {
        Correlation::new(self.ids.next().unsigned_abs())
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "admission is the one maker of operations"
    )]
    fn op(&self, guild: GuildId, actor: Actor, cause: Cause, locale: Locale) -> Op {
        Op::admitted(
            guild,
            actor,
            self.clock.now(),
            cause,
            self.correlation(),
            locale,
        )
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_rate(&self, guild: GuildId, user: UserId) -> Result<(), NotAdmitted> {
        // Members who have been quiet for a while take no memory.
        if self.admitted.fetch_add(1, Ordering::Relaxed) % 4_096 == 4_095 {
            self.commands.retain_recent();
        }
        self.commands
            .check_key(&(guild, user))
            .map_err(|_| NotAdmitted::Refused(Told::new("app-too-fast")))
    }
}

fn check_access(invocation: &Invocation, spec: Option<&CommandSpec>) -> Result<(), NotAdmitted> {
    let Some(CommandSpec {
        access: Access::Holders(wanted),
        ..
    }) = spec
    else {
        return Ok(());
    };
    // Discord leaves the permissions out at times; whoever cannot be shown to hold them does not.
    let held = invocation.asker.permissions.unwrap_or_default();
    if held.allow(*wanted) {
        return Ok(());
    }
    Err(NotAdmitted::Refused(Told::new("app-not-permitted")))
}
