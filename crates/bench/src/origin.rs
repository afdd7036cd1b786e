//! Where figures come from: the machine, and the commit that was built.

use std::{fs, process::Command};

/// The commit of the source tree that this program was built from, as far as it is still there.
pub(crate) fn commit() -> String {
    if let Some(commit) = option_env!("GUILDHALL_BUILD_COMMIT") {
        return commit.to_owned();
    }
    let described = Command::new("git")
        .args(["-C", env!("CARGO_MANIFEST_DIR")])
        .args([
            "describe",
            "--always",
            "--dirty",
            "--abbrev=12",
            "--exclude=*",
        ])
        .output();
    let described = described.ok().filter(|output| output.status.success());
    described
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .filter(|commit| !commit.is_empty())
        .unwrap_or_else(|| "unknown".to_owned())
}

/// The machine in a line: cores, processor, memory, file system of temporary files.
#[must_use]
pub(crate) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let processor =
        field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let memory = field("/proc/meminfo", "MemTotal").and_then(|text| gibibytes(&text));
    let memory = memory.map_or_else(
        || "unknown memory".to_owned(),
        |count| format!("{count} GiB"),
    );
    let system = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{cores} cores, {processor}, {memory}, Linux {}",
        system.trim()
    )
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    let (_, value) = line.split_once(':')?;
    Some(value.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn gibibytes(text: &str) -> Option<u64> {
    let kibibytes: u64 = text.split(' ').next()?.parse().ok()?;
    Some((kibibytes + (1 << 19)) >> 20)
}

#[cfg(test)]
mod tests {
    use super::{commit, gibibytes};

    #[test]
    fn memory_is_rounded_and_a_commit_is_always_said() {
        assert_eq!(gibibytes("24576000 kB"), Some(23));
        assert!(!commit().is_empty());
    }
}
