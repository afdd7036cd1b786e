//! `guildhall completions SHELL`: what a shell needs to complete the command line.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{cli::Cli, failure::Exit, printer::Printer};

/// Prints the script for this shell.
pub async fn print(shell: Shell, printer: &Printer) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "guildhall", &mut script);
    printer
        .line(String::from_utf8_lossy(&script).trim_end())
        .await;
    Exit::Done
}
