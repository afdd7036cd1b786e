//! The recorder behind `/metrics`, with what the process says of itself.
//!
//! Names begin with `guildhall_`; labels are bounded. What each part measures, it describes itself.

use std::{
    fs,
    path::{Path, PathBuf},
};

use kernel::{Clock, Timestamp};
use metrics::Unit;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::failure::Failure;

/// Upper bounds of histograms of time, in seconds: fine where a person waits.
const SECONDS: [f64; 16] = [
    0.000_1, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0,
    60.0,
];

/// Upper bounds of other histograms, of sizes and counts.
const COUNTS: [f64; 10] = [
    1.0,
    2.0,
    4.0,
    8.0,
    16.0,
    64.0,
    256.0,
    1_024.0,
    16_384.0,
    1_048_576.0,
];

const RESIDENT: &str = "guildhall_process_resident_memory_bytes";
const CPU: &str = "guildhall_process_cpu_seconds_total";
const FILES: &str = "guildhall_process_open_fds";
const THREADS: &str = "guildhall_process_threads";
const STARTED: &str = "guildhall_process_start_time_seconds";
const BUILD: &str = "guildhall_build_info";
const ROOM: &str = "guildhall_data_dir_free_bytes";

/// The process's metrics.
#[derive(Clone)]
pub struct Meters {
    handle: PrometheusHandle,
    data_dir: PathBuf,
}

impl std::fmt::Debug for Meters {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Meters")
    }
}

impl Meters {
    /// Begins to record; once in a process. The room that is measured is that of the data directory.
    ///
    /// # Errors
    /// When something records already.
    pub fn start(clock: &dyn Clock, data_dir: &Path) -> Result<Self, Failure> {
        let builder = PrometheusBuilder::new()
            .set_buckets(&COUNTS)
            .and_then(|builder| {
                builder.set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
            })
            .map_err(anyhow::Error::from)?;
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder)
            .map_err(|error| anyhow::anyhow!("metrics are recorded already: {error}"))?;
        describe();
        metrics::gauge!(STARTED).set(seconds(clock.now()));
        metrics::gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        Ok(Self {
            handle,
            data_dir: data_dir.to_owned(),
        })
    }

    /// Everything that is recorded, as text.
    #[must_use]
    pub fn render(&self) -> String {
        measure_process();
        measure_room(&self.data_dir);
        self.handle.render()
    }

    /// Folds what histograms have taken in; to be called every few seconds, or they grow while nobody asks.
    pub fn fold(&self) {
        self.handle.run_upkeep();
    }
}

fn describe() {
    metrics::describe_gauge!(
        RESIDENT,
        Unit::Bytes,
        "Memory of the process that is in RAM"
    );
    metrics::describe_counter!(CPU, Unit::Seconds, "Processor time used, in whole seconds");
    metrics::describe_gauge!(FILES, Unit::Count, "Open files and sockets");
    metrics::describe_gauge!(THREADS, Unit::Count, "Threads of the process");
    metrics::describe_gauge!(
        STARTED,
        Unit::Seconds,
        "When the process started, since 1970"
    );
    metrics::describe_gauge!(
        ROOM,
        Unit::Bytes,
        "Room that is left where the data directory lies"
    );
    metrics::describe_gauge!(
        BUILD,
        Unit::Count,
        "Always one; its labels say what was built"
    );
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a moment in seconds fits a float to the microsecond"
)]
fn seconds(at: Timestamp) -> f64 {
    at.micros() as f64 / 1_000_000.0
}

/// How much more fits where the data lies; left out where nobody says.
#[expect(clippy::cast_precision_loss, reason = "room to the megabyte")]
fn measure_room(data_dir: &Path) {
    if let Ok(system) = rustix::fs::statvfs(data_dir) {
        let free = system.f_bavail.saturating_mul(system.f_frsize);
        metrics::gauge!(ROOM).set(free as f64);
    }
}

/// What the operating system says of this process; left out where it says nothing.
fn measure_process() {
    if let Ok(status) = fs::read_to_string("/proc/self/status") {
        if let Some(kilobytes) = field(&status, "VmRSS:") {
            metrics::gauge!(RESIDENT).set(f64::from(kilobytes) * 1_024.0);
        }
        if let Some(threads) = field(&status, "Threads:") {
            metrics::gauge!(THREADS).set(f64::from(threads));
        }
    }
    if let Ok(entries) = fs::read_dir("/proc/self/fd") {
        let open = u32::try_from(entries.count()).unwrap_or(u32::MAX);
        metrics::gauge!(FILES).set(f64::from(open));
    }
    if let Some(ticks) = fs::read_to_string("/proc/self/stat")
        .ok()
        .as_deref()
        .and_then(ticks)
    {
        metrics::counter!(CPU).absolute(ticks / rustix::param::clock_ticks_per_second());
    }
}

fn field(status: &str, name: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Ticks in user and kernel mode, the 14th and 15th field; the second may hold spaces, inside brackets.
fn ticks(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, kernel): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + kernel)
}

#[cfg(test)]
mod tests {
    use super::{field, ticks};

    #[test]
    fn what_the_operating_system_says_is_read() {
        assert_eq!(
            field("Name:\tx\nVmRSS:\t  2048 kB\nThreads:\t7\n", "VmRSS:"),
            Some(2_048)
        );
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 1 0 0 0 30 12 0 0 20 0 7 0 1 2 3";
        assert_eq!(ticks(stat), Some(42));
        assert_eq!(ticks("garbage"), None);
    }
}
