//! `gateway`: events a second from the bytes of a socket to the door of the application, on one core.
//!
//! The events are what a simulated Discord tells of members who talk, packed once into the stream of one connection;
//! whoever connects gets the same bytes as fast as it takes them. Commands are not among them: `command` measures those.

mod flood;
mod readers;
mod talk;

use anyhow::{Context, Result};

use crate::{
    Name, Options,
    case::{Case, Goal},
};
use flood::Flood;

/// The adapter and twilight alone, on the same bytes.
pub(crate) async fn run(options: &Options, mut progress: impl FnMut(&str)) -> Vec<Case> {
    let case = "socket to routed event, one core";
    let measured = measure(options, &mut progress).await;
    vec![match measured {
        Ok((ours, twilight)) => {
            let case = Case::new(Name::Gateway, case, ours, "events/s").beside(twilight);
            case.with_goal(Goal::RatioAtLeast(0.6))
                .because("the baseline is twilight decoding alone")
        }
        Err(error) => Case::missing(Name::Gateway, case, format!("{error:#}")),
    }]
}

async fn measure(options: &Options, mut progress: impl FnMut(&str)) -> Result<(f64, f64)> {
    progress("gateway: packing events");
    let talk = talk::overheard(options.seed, options.pace.of(4_000, 400)).await?;
    let count = options.pace.of(300_000, 5_000);
    let flood = Flood::open(talk, count).await?;
    progress("gateway: twilight alone");
    let addresses = flood.addresses();
    let twilight = on_a_core(move || readers::twilight(&addresses)).await?;
    progress("gateway: the adapter");
    let addresses = flood.addresses();
    let ours = on_a_core(move || readers::adapter(&addresses)).await?;
    let rate = |took: std::time::Duration| f64::from(count) / took.as_secs_f64();
    Ok((rate(ours), rate(twilight)))
}

/// Runs on a thread of its own, which is one core's worth.
async fn on_a_core<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let (done, ended) = futures_channel::oneshot::channel();
    let thread = std::thread::Builder::new()
        .name("reader".to_owned())
        .spawn(move || {
            // Nobody is left to hear of it where this fails.
            let _ = done.send(work());
        })?;
    let outcome = ended.await.context("a reader panicked")?;
    drop(thread.join());
    outcome
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::measure;
    use crate::{Options, Pace};

    #[tokio::test(flavor = "multi_thread")]
    async fn every_event_is_read_by_both() {
        let options = Options {
            names: Vec::new(),
            postgres: None,
            redis: None,
            seed: 11,
            pace: Pace::Quick,
            program: PathBuf::new(),
            cycles: None,
        };
        let (ours, twilight) = measure(&options, |_: &str| ()).await.unwrap();
        assert!(ours > 0.0 && twilight > 0.0);
    }
}
