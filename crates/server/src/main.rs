//! The program `guildhall`: hands the process's arguments and environment over, and gives its exit code back.
//!
//! The one place that reads the environment.

use std::{collections::BTreeMap, process::ExitCode};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    ExitCode::from(server::enter(arguments, &environment()).code())
}

/// The environment; what is not Unicode is repaired, and then refused by whoever reads it as a value.
#[expect(
    clippy::disallowed_methods,
    reason = "the one reader of the environment"
)]
fn environment() -> BTreeMap<String, String> {
    let lossy = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    std::env::vars_os()
        .map(|(name, value)| (lossy(name), lossy(value)))
        .collect()
}
