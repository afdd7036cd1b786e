//! From an event's JSON to the inbox: decoded, opened at the desk where it is an interaction, counted in any case.

use std::sync::{Arc, OnceLock};

use chat::{Finished, GuildAvailable, Inbox, Incoming, Invocation, Invoked, Overflow};
use kernel::{ApplicationId, Clock, UserId};
use tokio_util::task::TaskTracker;

use crate::{
    bots::Bots,
    decode::{DecodeError, Decoded, event, guild_change, members_chunk},
    desk::Desk,
    health::Board,
    known::Known,
    meters,
    roll_call::RollCall,
};

/// Where all events of all bots come by.
#[derive(Debug)]
pub(crate) struct Pump {
    pub(crate) inbox: OnceLock<Arc<dyn Inbox>>,
    pub(crate) desk: Arc<Desk>,
    pub(crate) bots: Arc<Bots>,
    pub(crate) known: Arc<Known>,
    pub(crate) roll_call: Arc<RollCall>,
    pub(crate) board: Arc<Board>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) tasks: TaskTracker,
}

impl Pump {
    /// Takes a dispatched event of a bot. Never waits.
    pub(crate) fn take(
        &self,
        bot: usize,
        application: ApplicationId,
        kind: &str,
        json: &str,
        finished: Finished,
    ) {
        meters::event(kind);
        self.learn(bot, kind, json);
        match members_chunk(kind, json) {
            Ok(Some(chunk)) => self.roll_call.answered(bot, chunk),
            Ok(None) => {}
            Err(error) => self.unreadable(bot, kind, &error),
        }
        match event(kind, json, application, self.clock.now()) {
            Ok(Decoded::Event(Incoming::Invoked(invocation))) => {
                self.bots.saw(bot, invocation.guild, invocation.channel);
                // Too full an inbox was told to the asker; the event is over.
                let _ = self.invoked(invocation, finished);
            }
            Ok(Decoded::Event(mut incoming)) => {
                self.remember(bot, &incoming);
                if let Incoming::Wrote(message) | Incoming::Edited(message) = &mut incoming {
                    self.known.complete(message);
                }
                if self.accept(incoming, finished).is_err() {
                    meters::overflowed(kind);
                }
            }
            Ok(Decoded::NotWanted) => {}
            Err(error) => self.unreadable(bot, kind, &error),
        }
    }

    fn unreadable(&self, bot: usize, kind: &str, error: &DecodeError) {
        meters::undecodable(kind);
        self.board.undecodable(bot);
        tracing::warn!(kind = meters::event_label(kind), %error, "an event could not be read and was skipped");
    }

    /// The account of a bot, which its guilds' events are read with.
    pub(super) fn is_account(&self, bot: usize, account: UserId) {
        if let Some(rest) = self.bots.all().get(bot) {
            rest.is_account(account);
        }
    }

    /// A guild that is known without an event of its own.
    pub(crate) fn met(&self, bot: usize, guild: GuildAvailable) {
        let incoming = Incoming::GuildAvailable(guild);
        self.remember(bot, &incoming);
        if self.accept(incoming, Finished::unwatched()).is_err() {
            meters::overflowed("GUILD_CREATE");
        }
    }

    /// What an event changes of what is known; one that does not read is counted where it is decoded.
    fn learn(&self, bot: usize, kind: &str, json: &str) {
        match guild_change(kind, json) {
            Ok(Some(change)) => {
                let rest = self.bots.all().get(bot);
                let me = rest.and_then(|rest| rest.known_account());
                self.known.take(change, me);
            }
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(kind = meters::event_label(kind), %error, "an event could not be kept");
            }
        }
    }

    /// Takes an interaction on, from the gateway or the door; where too much is waiting, the asker is told.
    pub(crate) fn invoked(
        &self,
        mut invocation: Box<Invocation>,
        finished: Finished,
    ) -> Result<(), Overflow> {
        if let Invoked::MessageMenu {
            message: Some(message),
            ..
        } = &mut invocation.invoked
        {
            self.known.complete(message);
        }
        let case = self.desk.open(&invocation);
        let accepted = self.accept(Incoming::Invoked(invocation), finished);
        if accepted.is_err() {
            meters::overflowed("INTERACTION_CREATE");
            let desk = Arc::clone(&self.desk);
            self.tasks.spawn(async move { desk.refuse(&case).await });
        }
        accepted
    }

    fn accept(&self, incoming: Incoming, finished: Finished) -> Result<(), Overflow> {
        self.inbox.get().ok_or(Overflow)?.accept(incoming, finished)
    }

    fn remember(&self, bot: usize, incoming: &Incoming) {
        match incoming {
            Incoming::Wrote(message) | Incoming::Edited(message) => {
                self.bots.saw(bot, message.guild, Some(message.channel));
            }
            Incoming::GuildAvailable(available) => self.bots.saw(bot, Some(available.guild), None),
            _ => {}
        }
    }
}
