//! Finishes replies when they leave: their pictures are drawn, and their links get the dashboard's address. Names are
//! looked up, and the drawing is made beside the tasks that wait.
//!
//! A picture is never a reason for an answer to fail or to be late: without names in time it shows marks, and where it
//! can't be drawn in time, the reply goes with its words alone.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use chat::{Directory as _, Picture, Reply};
use kernel::{Stopwatch, UserId};
use tokio::sync::Semaphore;

use crate::{
    directory::Registry,
    render::{File, Finish},
};

/// How long names are waited for: an interaction has three seconds in all.
const NAMES_WITHIN: Duration = Duration::from_millis(400);
/// How long a drawing may wait and take.
const DRAW_WITHIN: Duration = Duration::from_millis(800);
/// How many pictures are drawn at once: each takes a core.
const DRAWN_AT_ONCE: usize = 2;
/// The most bytes of a picture that is sent.
const PICTURE_MAX: usize = 1 << 20;

/// Draws pictures.
#[derive(Debug)]
pub(crate) struct Easel {
    registry: Arc<Registry>,
    places: Arc<Semaphore>,
    dashboard: Option<String>,
}

impl Easel {
    /// `dashboard` is where links lead, where anybody could follow them.
    pub(crate) fn new(registry: Arc<Registry>, dashboard: Option<&str>) -> Self {
        Self {
            registry,
            dashboard: dashboard.map(|address| address.trim_end_matches('/').to_owned()),
            places: Arc::new(Semaphore::new(DRAWN_AT_ONCE)),
        }
    }

    /// What a reply gets when it leaves.
    pub(crate) async fn finish_of(&self, reply: &Reply) -> Finish<'_> {
        Finish {
            picture: self.picture_of(reply).await,
            dashboard: self.dashboard.as_deref(),
        }
    }

    async fn picture_of(&self, reply: &Reply) -> Option<File> {
        let mut picture = reply.picture.as_deref()?.clone();
        let watch = Stopwatch::start();
        self.put_names(&mut picture).await;
        let Picture {
            file_name,
            alt,
            drawing,
            ..
        } = picture;
        let drawn = tokio::time::timeout(DRAW_WITHIN, self.draw(drawing)).await;
        let drawn = drawn.unwrap_or_else(|_| Err(format!("it took longer than {DRAW_WITHIN:?}")));
        let outcome = if drawn.is_ok() { "done" } else { "failed" };
        metrics::histogram!("guildhall_picture_seconds", "outcome" => outcome)
            .record(watch.elapsed().as_secs_f64());
        match drawn {
            Ok(png) => Some(File::picture(&file_name, alt, png)),
            Err(reason) => {
                tracing::warn!(file_name, reason, "a picture was left out of its reply");
                None
            }
        }
    }

    async fn draw(&self, drawing: chat::Drawing) -> Result<Vec<u8>, String> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        // The place is given back when the drawing ends, not when nobody waits for it any more.
        let work = move || {
            let _place = place;
            pictures::png(&drawing)
        };
        let drawn = tokio::task::spawn_blocking(work).await;
        let png = drawn
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())?;
        if png.len() > PICTURE_MAX {
            return Err(format!("it has {} bytes", png.len()));
        }
        Ok(png)
    }

    /// Puts names to members and, in the words about the picture, to mentions.
    async fn put_names(&self, picture: &mut Picture) {
        let guild = picture.guild;
        let nameless = picture.people().filter(|who| who.name.is_none());
        let users: BTreeSet<UserId> = nameless.map(|who| who.user).collect();
        let found = self.registry.member_names(guild, &users, NAMES_WITHIN);
        let found = found.await;
        let mut called = Vec::new();
        for who in picture.people() {
            if who.name.is_none() {
                who.name = found.get(&who.user).cloned();
            }
            called.push((who.user, who.name.clone().unwrap_or_default()));
        }
        for (user, name) in called {
            let name = if name.trim().is_empty() { "?" } else { &name };
            picture.alt = picture.alt.replace(&format!("<@{user}>"), name);
        }
    }
}
