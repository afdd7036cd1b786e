//! What the documents tell people to type is there: commands of this program with their subcommands and flags, its
//! settings, and the bot's commands in Discord.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use chat::{CommandSpec, OptionKind};
use clap::CommandFactory;
use server::cli::Cli;

use crate::process::root;

/// The README and everything under `docs`, with their names.
fn documents() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|kind| kind == "md") {
                found.push(path);
            }
        }
    }
    let mut paths = vec![root().join("README.md")];
    walk(&root().join("docs"), &mut paths);
    let read = |path: PathBuf| {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        (name, fs::read_to_string(path).unwrap())
    };
    paths.into_iter().map(read).collect()
}

/// The code of a text: whole lines of blocks, and spans, also where one goes on in the next line.
fn code(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut prose = String::new();
    for (place, block) in text.split("```").enumerate() {
        if place % 2 == 1 {
            found.extend(block.lines().skip(1).map(|line| line.trim().to_owned()));
        } else {
            prose.push_str(&block.replace('\n', " "));
            prose.push('\n');
        }
    }
    let spans = prose
        .lines()
        .flat_map(|part| part.split('`').skip(1).step_by(2));
    found.extend(spans.map(str::to_owned));
    found
}

/// What is wrong with a command line of this program, if anything.
fn wrong(line: &str) -> Option<String> {
    let words = line.split_whitespace().skip(1);
    let mut command = Cli::command();
    command.build();
    let mut place = command.clone();
    for word in words {
        if let Some(flag) = word.strip_prefix("--") {
            let name = flag.split('=').next().unwrap_or_default();
            let name = name.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
            let known = place
                .get_arguments()
                .any(|known| known.get_long() == Some(name));
            if !known && !matches!(name, "help" | "version") {
                return Some(format!("`{}` has no --{name}", place.get_name()));
            }
        } else if let Some(inner) = place.find_subcommand(word) {
            place = inner.clone();
        } else if place.has_subcommands() && word.chars().all(|letter| letter.is_ascii_lowercase())
        {
            return Some(format!("`{}` has no `{word}`", place.get_name()));
        }
    }
    None
}

#[test]
fn every_command_of_this_program_that_is_quoted_exists_with_its_flags() {
    assert_eq!(wrong("guildhall run --help"), None);
    assert!(wrong("guildhall doctor --fast").is_some());
    assert!(wrong("guildhall ledger audit").is_some());
    let mut seen = 0;
    for (name, text) in documents() {
        for code in code(&text) {
            // What stands before it sets variables; several may stand behind one another.
            for part in code.split("&&") {
                let Some(place) = part.find("guildhall ") else {
                    continue;
                };
                let begins = part[..place]
                    .split_whitespace()
                    .all(|word| word.contains('='));
                if begins {
                    seen += 1;
                    let wrong = wrong(&part[place..]);
                    assert_eq!(wrong, None, "{name}: {part}");
                }
            }
        }
    }
    assert!(seen > 40, "{seen} commands are quoted");
}

#[test]
fn every_setting_that_is_named_exists() {
    let help = server::config::help();
    let known = |name: &str| {
        let name = name.strip_suffix("_FILE").unwrap_or(name);
        help.split_whitespace().any(|word| word == name)
    };
    let mut seen = 0;
    for (name, text) in documents() {
        for word in text.split(|letter: char| !letter.is_ascii_uppercase() && letter != '_') {
            let is_setting = word.starts_with("GUILDHALL_") && !word.ends_with('_');
            if is_setting && !word.starts_with("GUILDHALL_TEST") {
                seen += 1;
                assert!(known(word), "{name} names {word}, which is no setting");
            }
        }
    }
    assert!(seen > 40, "{seen} settings are named");
}

/// Whether a command, with a subcommand where it has some, is the bot's.
fn is_known(specs: &HashMap<&str, CommandSpec>, code: &str) -> bool {
    let mut words = code.trim_start_matches('/').split_whitespace();
    let Some(spec) = words.next().and_then(|name| specs.get(name)) else {
        return false;
    };
    let is_sub = |option: &&chat::OptionSpec| matches!(option.kind, OptionKind::SubCommand(_));
    let subs: Vec<&str> = spec
        .options
        .iter()
        .filter(is_sub)
        .map(|option| option.name)
        .collect();
    match words.next() {
        Some(word) if !subs.is_empty() => subs.contains(&word),
        _ => true,
    }
}

#[test]
fn every_command_of_the_bot_that_the_guide_names_exists() {
    let specs = app::command_specs();
    let specs: HashMap<&str, CommandSpec> =
        specs.into_iter().map(|spec| (spec.name, spec)).collect();
    let mut seen = 0;
    let of_people = documents().into_iter().filter(|(name, _)| {
        name.starts_with("docs/guide/") || name.starts_with("docs/runbooks/") || name == "README.md"
    });
    for (name, text) in of_people {
        for code in code(&text) {
            let first = code.split_whitespace().next().unwrap_or_default();
            let word = first.trim_start_matches('/');
            let is_command = first.starts_with('/')
                && !word.is_empty()
                && word.chars().all(|letter| letter.is_ascii_lowercase());
            let is_path = matches!(
                word,
                "dashboard" | "livez" | "startupz" | "readyz" | "metrics"
            );
            if is_command && !is_path {
                seen += 1;
                assert!(
                    is_known(&specs, &code),
                    "{name} names `{code}`, which the bot does not know"
                );
            }
        }
    }
    assert!(seen > 30, "{seen} commands are named");
}
