//! What is said in a guild on its way through the rules to whoever listens, and talks that go on beside the lanes.

use chat::{Finished, Incoming, IncomingMessage, Reaction};
use kernel::{Cause, CauseKind, Fault, FaultKind, GuildId, Span};
use store::{DbError, Tx};

use super::{Arrival, Router, put_off};
use crate::{
    flows::{
        self,
        converse::{Begun, Question, Stand, Talk},
        listen::Thumb,
    },
    outcome::Errand,
    promise::Promise,
    surroundings::Surroundings,
};

/// How often a thumb looks for its answer, and how long it waits between.
const VOTE_TRIES: u32 = 4;
const VOTE_PAUSE: Span = Span::millis(400);

impl Router {
    /// Handles a new message: the rules first, then whoever listens; the persona answers beside the lane. Gives the
    /// event back where it must wait for the database; any other fault ends it.
    pub(super) async fn wrote(
        &self,
        message: Box<IncomingMessage>,
        finished: Finished,
    ) -> Option<Arrival> {
        let guild = message.guild?;
        match or_end(self.heard(guild, &message).await, &message) {
            Ok(Some((question, around))) => self.ask_persona(guild, question, around, finished),
            Ok(None) => {}
            Err(_) => return Some(put_off(Incoming::Wrote(message), finished)),
        }
        None
    }

    async fn heard(
        &self,
        guild: GuildId,
        message: &IncomingMessage,
    ) -> Result<Option<(Question, Surroundings)>, DbError> {
        let around = Surroundings::of(&self.core, guild).await?;
        if self.moderated(guild, message, &around).await? {
            return Ok(None);
        }
        let question = flows::listen::heard(&self.core, guild, message, &around).await?;
        Ok(question.map(|question| (question, around)))
    }

    /// Handles an edited message: the rules first, then what was kept of it.
    pub(super) async fn edited(&self, message: &IncomingMessage) -> Result<(), DbError> {
        let Some(guild) = message.guild else {
            return Ok(());
        };
        let handled = async {
            let around = Surroundings::of(&self.core, guild).await?;
            self.moderated(guild, message, &around).await?;
            flows::listen::edited(&self.core, guild, message).await
        };
        or_end(handled.await, message)
    }

    /// Has a message meet the rules; whether it goes away. What a model is to judge is judged beside the lane.
    async fn moderated(
        &self,
        guild: GuildId,
        message: &IncomingMessage,
        around: &Surroundings,
    ) -> Result<bool, DbError> {
        let moderated = flows::moderate::moderate(&self.core, guild, message, around).await?;
        self.send_all(moderated.owing);
        for ask in moderated.asks {
            let Some(place) = self.core.talks.judgement() else {
                metrics::counter!("guildhall_judgements_skipped_total", "why" => "busy")
                    .increment(1);
                continue;
            };
            let (router, message, around) = (self.clone(), message.clone(), around.clone());
            self.tasks.spawn(async move {
                let core = &router.core;
                match flows::adjudge::adjudge(core, guild, &message, &around, &ask).await {
                    Ok(owing) => router.send_all(owing),
                    Err(error) => {
                        tracing::warn!(%guild, %error, "a model's judgement was not recorded, and led to nothing");
                    }
                }
                drop(place);
            });
        }
        Ok(moderated.stopped)
    }

    /// Counts a thumb, or looks whether a reaction asks the persona; Discord is asked for the message, beside the
    /// lane. Gives the event back where it must wait for the database.
    pub(super) async fn reacted(&self, reaction: Reaction, finished: Finished) -> Option<Arrival> {
        let guild = reaction.guild?;
        match flows::listen::voted(&self.core, &reaction).await {
            Ok(Thumb::None) => self.asked_by(guild, reaction, finished).await,
            Ok(Thumb::Counted) => {}
            Ok(Thumb::Unknown) => self.vote_later(reaction, finished),
            Err(error) if error.kind() == FaultKind::Unavailable => {
                return Some(put_off(Incoming::Reacted(reaction), finished));
            }
            Err(error) => tracing::error!(%guild, %error, "a thumb was not counted"),
        }
        None
    }

    /// Counts a thumb a moment later: who is quick may have found an answer before the database knew its message.
    fn vote_later(&self, reaction: Reaction, finished: Finished) {
        let core = self.core.clone();
        self.tasks.spawn(async move {
            for _ in 0..VOTE_TRIES {
                tokio::time::sleep(VOTE_PAUSE.to_std()).await;
                match flows::listen::voted(&core, &reaction).await {
                    Ok(Thumb::Unknown) => {}
                    Ok(Thumb::None | Thumb::Counted) => break,
                    Err(error) => {
                        tracing::error!(%error, "a thumb was not counted");
                        break;
                    }
                }
            }
            drop(finished);
        });
    }

    async fn asked_by(&self, guild: GuildId, reaction: Reaction, finished: Finished) {
        let Ok(around) = Surroundings::of(&self.core, guild).await else {
            return;
        };
        if !flows::listen::may_ask(&reaction, &around) {
            return;
        }
        let router = self.clone();
        self.tasks.spawn(async move {
            let core = &router.core;
            if let Some(question) = flows::listen::asked_by_reaction(core, &reaction, &around).await
            {
                router.ask_persona(guild, question, around, finished);
            }
        });
    }

    /// Has the persona answer a message, beside the lane. The message counts as finished once the answer is prepared:
    /// from then on the database knows of it.
    fn ask_persona(
        &self,
        guild: GuildId,
        question: Question,
        around: Surroundings,
        finished: Finished,
    ) {
        let stand = Stand {
            ticket: Some(self.core.talks.queue(question.channel)),
            promise: None,
            seat: self.core.talks.seat(guild),
        };
        let router = self.clone();
        self.tasks.spawn(async move {
            if let Some(talk) = router.prepared(guild, question, around, finished).await {
                flows::converse::talk(&router.core, &router.delivery, talk, stand).await;
            }
        });
    }

    /// Prepares an answer; nothing where none is due. While the database is away the message stays unfinished, so that
    /// Discord sends it again.
    async fn prepared(
        &self,
        guild: GuildId,
        question: Question,
        around: Surroundings,
        finished: Finished,
    ) -> Option<Talk> {
        self.core.talks.lessons_over(guild, question.asker).await;
        let cause = Cause::new(CauseKind::Message, question.place());
        let (core, op) = (self.core.clone(), self.core.admission.event(guild, cause));
        let work = move |tx: &mut Tx<'_>| {
            core.tripwire.check("converse");
            flows::converse::begin(tx, &core, &op, &around, &question)
        };
        match self.core.database.write("converse", work).await {
            Ok(Begun::Now(talk)) => Some(*talk),
            Ok(Begun::Silent { owing, .. }) => {
                self.send_all(owing);
                None
            }
            Ok(Begun::Before) => None,
            Err(error) => {
                if error.kind() == FaultKind::Unavailable {
                    finished.give_up();
                }
                tracing::error!(%guild, %error, "an answer could not be prepared; nothing of it was kept");
                None
            }
        }
    }

    /// Runs what an invocation still needs after its commit, beside the lane.
    pub(super) fn run(&self, errand: Errand, promise: Promise) {
        let router = self.clone();
        self.tasks.spawn(async move {
            let (core, delivery) = (&router.core, &router.delivery);
            let owed = match errand {
                Errand::Talk(talk) => return router.talk(*talk, promise).await,
                Errand::Export(op) => flows::privacy::export(core, &op, &promise).await,
                Errand::Erase(op) => flows::privacy::erase(core, &op, &promise).await,
            };
            match owed {
                Ok(owing) => {
                    delivery.send(owing);
                }
                Err(error) => {
                    tracing::error!(%error, "an errand failed; the asker is told that it was interrupted");
                }
            }
        });
    }

    async fn talk(&self, talk: Talk, promise: Promise) {
        let stand = Stand {
            ticket: None,
            promise: Some(promise),
            seat: self.core.talks.seat(talk.guild()),
        };
        flows::converse::talk(&self.core, &self.delivery, talk, stand).await;
    }
}

/// What came of a message, or that it must wait for the database; any other fault ends the event.
fn or_end<T: Default>(
    handled: Result<T, DbError>,
    message: &IncomingMessage,
) -> Result<T, DbError> {
    match handled {
        Err(error) if error.kind() != FaultKind::Unavailable => {
            tracing::error!(message = %message.id, %error, "a message could not be handled; nothing of it was kept");
            Ok(T::default())
        }
        settled => settled,
    }
}
