//! Pages that follow what happens: a stream says that there is something new, and the page fetches itself again.
//!
//! L1  What a stream says is that something happened, never what: that is asked for as every page is, with all rights.
//! L2  A stream ends at most a minute after its viewer's right to the page, or their session.
//! L3  A viewer has so many streams at once, and all together; one too many is refused.

use std::{convert::Infallible, time::Duration};

use app::{Access, Pulse, Role};
use axum::{
    http::{HeaderMap, HeaderName, HeaderValue},
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use kernel::Stopwatch;
use tokio::time::sleep;

use crate::{
    pages::Trouble,
    places::{Place, Places},
    room::{Answer, Room},
};

/// Streams of one viewer: as many tabs follow.
const OF_ONE_MAX: usize = 8;
/// Streams of all viewers together.
const OF_ALL_MAX: usize = 4_000;

/// Places for streams.
pub(crate) fn places() -> Places {
    Places::of(OF_ONE_MAX, OF_ALL_MAX)
}

/// How often a stream does what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tempo {
    /// It looks whether something happened.
    looks_every: Duration,
    /// It asks whether the viewer may still see the page.
    asks_every: Duration,
}

impl Tempo {
    /// Each second, and twice a minute.
    pub(crate) const USUAL: Self = Self {
        looks_every: Duration::from_secs(1),
        asks_every: Duration::from_secs(30),
    };

    /// For tests, which can't wait.
    #[cfg(test)]
    pub(crate) const HURRIED: Self = Self {
        looks_every: Duration::from_millis(20),
        asks_every: Duration::from_millis(60),
    };
}

/// What a decision sets off in Discord comes a moment after it, and is looked at as well.
const LOOKS_AGAIN_AFTER: u8 = 2;
/// So often something is sent where nothing happens, so that nothing between us takes the stream for dead.
const BREATHES_EVERY: Duration = Duration::from_secs(15);
/// Every event carries something, for a browser passes over one that carries nothing.
const SAYS: &str = "so";
/// What a browser sends of the last event when it comes again.
const LAST_EVENT: &str = "last-event-id";

/// `GET /dashboard/guilds/{guild_id}/live`
pub(crate) async fn follow(room: Room, headers: HeaderMap) -> Answer {
    let place = room.web.followers().take(room.viewer().session.user);
    let place = place.ok_or(Trouble::TooMany { wait_s: 30 })?;
    let known = headers.get(LAST_EVENT);
    let known = known.and_then(|value| value.to_str().ok());
    let known = known.or(room.since.as_deref());
    let following = Following {
        pulse: known.and_then(|known| known.parse().ok()),
        troubles: room.troubles(),
        asked: Stopwatch::start(),
        again: 0,
        room,
        _place: place,
    };
    let events = stream::unfold(Some(following), |following| async move {
        let mut following = following?;
        match following.next().await {
            Next::Event(event) => Some((Ok::<_, Infallible>(event), Some(following))),
            Next::Over => Some((Ok(Event::default().event("over").data(SAYS)), None)),
            Next::End => None,
        }
    });
    let breath = KeepAlive::new().interval(BREATHES_EVERY);
    // A proxy that gathers answers would hold events back.
    let unbuffered = [(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    )];
    Ok((unbuffered, Sse::new(events).keep_alive(breath)).into_response())
}

/// What comes next on a stream.
enum Next {
    Event(Event),
    /// They may no longer follow: the last event says so.
    Over,
    /// The server ends, and the browser comes again to the next one.
    End,
}

/// Somebody who follows a guild.
struct Following {
    room: Room,
    /// What the page knows; nothing where it knows nothing.
    pulse: Option<Pulse>,
    troubles: Vec<String>,
    /// Since when is known that they may.
    asked: Stopwatch,
    /// After how many looks the page is to be fetched once more.
    again: u8,
    _place: Place,
}

impl Following {
    /// What comes next.
    async fn next(&mut self) -> Next {
        loop {
            if self.room.web.vitals().is_ending() {
                return Next::End;
            }
            if self.asked.elapsed() >= self.room.web.tempo().asks_every {
                if !self.may().await {
                    return Next::Over;
                }
                self.asked = Stopwatch::start();
            }
            if let Some(event) = self.look().await {
                return Next::Event(event);
            }
            sleep(self.room.web.tempo().looks_every).await;
        }
    }

    /// Whether the session is on, and the page still open to them; what can't be known is not allowed.
    async fn may(&self) -> bool {
        let standing = self.room.standing_now().await;
        standing.is_some_and(|standing| standing.suffices(Role::Member, Access::Read))
    }

    /// An event, where something happened since the last one.
    async fn look(&mut self) -> Option<Event> {
        // Without a database nothing is new but that, which stands among the troubles.
        let pulse = self.room.core().pulse(self.room.guild).await.ok();
        let happened = pulse.is_some() && pulse != self.pulse;
        let troubles = self.room.troubles();
        let worse = troubles != self.troubles;
        let is_again = self.again == 1;
        self.again = self.again.saturating_sub(1);
        if !happened && !worse && !is_again {
            return None;
        }
        if happened {
            self.again = LOOKS_AGAIN_AFTER;
        }
        self.pulse = pulse.or(self.pulse);
        self.troubles = troubles;
        let event = Event::default().event("changed").data(SAYS);
        Some(match self.pulse {
            Some(pulse) => event.id(pulse.to_string()),
            None => event,
        })
    }
}
