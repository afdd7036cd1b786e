//! The model writes, and what it writes is shown now and then.

use std::{sync::Arc, time::Duration};

use ai::{Answer, By, End, Model, ModelError, Piece, Usage};
use bots::{End as Reached, Pace, Pacing, Progress, Stage, polished, polished_part};
use futures_util::FutureExt;
use kernel::{Span, Timestamp};

use super::{
    Talk,
    screen::{Screen, Shown},
};
use crate::{Core, Delivery, flows::voice, promise::Promise, talks::Ticket};

/// How long Discord shows that somebody is typing, a little less.
const TYPING: Duration = Duration::from_secs(8);

/// What came of asking.
#[derive(Debug)]
pub(super) struct Spoken {
    /// The words as the model wrote them, as far as they came.
    pub(super) raw: String,
    /// The words as they may be shown.
    pub(super) text: String,
    /// Who wrote them, where anybody did.
    pub(super) by: Option<By>,
    /// What the provider says it counted.
    pub(super) usage: Option<Usage>,
    /// How it ended.
    pub(super) end: Result<End, ModelError>,
    /// What of it can be seen already.
    pub(super) shown: Vec<Shown>,
    /// What was changed in it.
    pub(super) changes: Vec<bots::Change>,
}

impl Spoken {
    /// What comes of not asking, because too many are being answered.
    pub(super) const fn refused() -> Self {
        Self {
            raw: String::new(),
            text: String::new(),
            by: None,
            usage: None,
            end: Err(ModelError::RateLimited { after: None }),
            shown: Vec::new(),
            changes: Vec::new(),
        }
    }

    /// Whether the model said all that it wanted to.
    pub(super) const fn is_whole(&self) -> bool {
        self.end.is_ok() && !self.text.is_empty()
    }
}

/// An answer as it comes in.
#[derive(Default)]
struct Draft {
    raw: String,
    by: Option<By>,
    usage: Option<Usage>,
}

/// Has the model write; shows what it writes once it is this answer's turn.
pub(super) async fn speak(
    core: &Core,
    delivery: &Delivery,
    talk: &Talk,
    promise: Option<&Promise>,
    ticket: &mut Option<Ticket>,
) -> Spoken {
    let mut draft = Draft::default();
    let mut screen = delivery
        .courier()
        .map(|courier| Screen::new(courier, talk, promise));
    let end = match voice::voice(core, talk.guild(), &talk.config.settings.ai).await {
        Ok(model) => written(core, talk, &model, &mut draft, screen.as_mut(), ticket).await,
        Err(error) => Err(error),
    };
    turn(ticket).await;
    let polished = polished(&draft.raw, &talk.stage());
    Spoken {
        text: polished.text,
        changes: polished.changes,
        raw: draft.raw,
        by: draft.by,
        usage: draft.usage,
        end,
        shown: screen.map(Screen::into_shown).unwrap_or_default(),
    }
}

async fn turn(ticket: &mut Option<Ticket>) {
    if let Some(ticket) = ticket {
        ticket.turn().await;
    }
}

async fn written(
    core: &Core,
    talk: &Talk,
    model: &Arc<dyn Model>,
    draft: &mut Draft,
    mut screen: Option<&mut Screen<'_>>,
    ticket: &mut Option<Ticket>,
) -> Result<End, ModelError> {
    let answer = asked(talk, model, screen.as_deref()).await?;
    draft.by = Some(answer.by);
    let mut pieces = answer.pieces;
    let mut pacing = Pacing::begin(core.clock.now());
    loop {
        // What is there already is taken first: an answer that came at once is shown once, when it is whole.
        if let Some(piece) = pieces.next().now_or_never() {
            if let Some(end) = draft.take(piece)? {
                return Ok(end);
            }
            continue;
        }
        let mut look_at = None;
        if let Some(screen) = screen.as_deref_mut() {
            look_at = look(core, talk, draft, &mut pacing, screen, ticket).await;
        }
        let piece = tokio::select! {
            biased;
            piece = pieces.next() => piece,
            () = until(core, look_at), if look_at.is_some() => continue,
        };
        if let Some(end) = draft.take(piece)? {
            return Ok(end);
        }
    }
}

impl Draft {
    /// Takes what came; gives the end, where it is reached.
    fn take(
        &mut self,
        piece: Option<Result<Piece, ModelError>>,
    ) -> Result<Option<End>, ModelError> {
        match piece {
            Some(Ok(Piece::Text(more))) => {
                if self.raw.len() + more.len() > ai::ANSWER_BYTES_MAX {
                    return Err(ModelError::TooLong {
                        bound: ai::ANSWER_BYTES_MAX,
                    });
                }
                self.raw.push_str(&more);
                Ok(None)
            }
            Some(Ok(Piece::Usage(usage))) => {
                self.usage = Some(usage);
                Ok(None)
            }
            Some(Ok(Piece::End(end))) => Ok(Some(end)),
            Some(Err(error)) => Err(error),
            None => Err(ModelError::Cut {
                reason: "it ended without an end".to_owned(),
            }),
        }
    }
}

/// Asks, and shows that somebody is typing as long as nothing comes.
async fn asked(
    talk: &Talk,
    model: &Arc<dyn Model>,
    screen: Option<&Screen<'_>>,
) -> Result<Answer, ModelError> {
    let asking = model.ask(&talk.request);
    let Some(screen) = screen else {
        return asking.await;
    };
    tokio::pin!(asking);
    // Whoever answers at once does not type.
    let mut pause = Duration::from_millis(300);
    loop {
        tokio::select! {
            biased;
            answer = &mut asking => return answer,
            () = tokio::time::sleep(pause) => screen.typing().await,
        }
        pause = TYPING;
    }
}

async fn until(core: &Core, moment: Option<Timestamp>) {
    if let Some(moment) = moment {
        let left: Span = moment.since(core.clock.now());
        tokio::time::sleep(left.to_std()).await;
    }
}

/// Shows what has come in, where it is time; gives when to look again.
async fn look(
    core: &Core,
    talk: &Talk,
    draft: &Draft,
    pacing: &mut Pacing,
    screen: &mut Screen<'_>,
    ticket: &mut Option<Ticket>,
) -> Option<Timestamp> {
    let now = core.clock.now();
    let progress = Progress {
        length: draft.raw.chars().count(),
        end: Reached::Open,
    };
    match pacing.pace(now, progress) {
        Pace::Wait(at) => Some(at),
        Pace::Rest => None,
        Pace::Show => {
            turn(ticket).await;
            let part = polished_part(&draft.raw, &talk.stage());
            let was_dark = screen.is_dark();
            if !part.text.is_empty() && screen.show(&part.text).await && was_dark {
                // Those who come after may follow below it.
                *ticket = None;
            }
            *pacing = pacing.sent(core.clock.now(), progress.length);
            None
        }
    }
}

impl Talk {
    fn stage(&self) -> Stage<'_> {
        Stage {
            guild: self.op.guild,
            asker: self.question.asker,
            asker_name: &self.question.asker_name,
        }
    }
}
