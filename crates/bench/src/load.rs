//! Callers in a closed loop: each asks, waits for the answer, and asks again.
//!
//! What is answered in the warm-up does not count. A failure ends the load: a figure over failed work means nothing.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use hdrhistogram::Histogram;
use kernel::Stopwatch;
use tokio::task::JoinSet;

use crate::Pace;

/// What a load did.
#[derive(Debug)]
pub(crate) struct Load {
    times: Histogram<u64>,
    lasted: Duration,
}

impl Load {
    /// Answers a second.
    pub(crate) fn rate(&self) -> f64 {
        let count = self.times.len() as f64;
        count / self.lasted.as_secs_f64().max(f64::EPSILON)
    }

    /// The time that this share of answers took at most.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        Duration::from_nanos(self.times.value_at_quantile(share))
    }
}

/// Whether a load is warming up, counts, or is over.
#[derive(Debug, Default)]
struct Phase {
    counts: AtomicBool,
    over: AtomicBool,
}

/// Has `callers` ask `ask(caller, turn)` in closed loops.
pub(crate) async fn closed<F, A>(callers: u32, pace: Pace, ask: F) -> Result<Load>
where
    F: Fn(u32, u64) -> A + Clone + Send + 'static,
    A: Future<Output = Result<()>> + Send + 'static,
{
    let phase = Arc::new(Phase::default());
    let mut loops = JoinSet::new();
    for caller in 0..callers {
        let (phase, ask) = (Arc::clone(&phase), ask.clone());
        loops.spawn(async move { one(caller, &phase, ask).await });
    }
    tokio::time::sleep(pace.warm_up()).await;
    phase.counts.store(true, Ordering::Relaxed);
    let watch = Stopwatch::start();
    tokio::time::sleep(pace.measured()).await;
    phase.over.store(true, Ordering::Relaxed);
    let lasted = watch.elapsed();
    let mut times = histogram()?;
    while let Some(ended) = loops.join_next().await {
        times.add(ended.context("a caller panicked")??)?;
    }
    ensure!(!times.is_empty(), "nothing was answered in {lasted:?}");
    Ok(Load { times, lasted })
}

async fn one<F, A>(caller: u32, phase: &Phase, ask: F) -> Result<Histogram<u64>>
where
    F: Fn(u32, u64) -> A,
    A: Future<Output = Result<()>>,
{
    let mut times = histogram()?;
    for turn in 0.. {
        let counts = phase.counts.load(Ordering::Relaxed);
        let watch = Stopwatch::start();
        ask(caller, turn).await?;
        let took = watch.elapsed();
        if phase.over.load(Ordering::Relaxed) {
            break;
        }
        if counts {
            times.saturating_record(nanos(took));
        }
    }
    Ok(times)
}

/// From a microsecond to a minute, with three digits.
pub(crate) fn histogram() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1_000, 60_000_000_000, 3)?)
}

/// As nanoseconds.
pub(crate) fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::closed;
    use crate::Pace;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_load_counts_answers_and_ends_at_a_failure() {
        let load = closed(3, Pace::Quick, |_, _| async {
            tokio::task::yield_now().await;
            Ok(())
        });
        let load = load.await.unwrap();
        assert!(load.rate() > 0.0);
        assert!(load.quantile(0.99) >= load.quantile(0.5));
        let failed = closed(3, Pace::Quick, |caller, turn| async move {
            tokio::task::yield_now().await;
            anyhow::ensure!(caller != 1 || turn < 5, "caller 1 fails");
            Ok(())
        });
        assert!(
            failed
                .await
                .unwrap_err()
                .to_string()
                .contains("caller 1 fails")
        );
    }
}
