//! What the documents say can be done: the commands exist, the links lead somewhere, the code map
//! is the code's.
//!
//! Not here: whether a command does what the sentence around it says.

use crate::rust;
use crate::tree::{File, Problem};

/// `./dev VERB` for a verb that the script does not know.
#[must_use]
pub fn verbs(files: &[File]) -> Vec<Problem> {
    let script = files
        .iter()
        .find(|file| file.path == "dev")
        .map_or("", |file| file.text.as_str());
    let known = case_arms(script);
    commands(files, "./dev ", &known)
}

/// `guildhall WORD` for a word that is no subcommand of the server.
#[must_use]
pub fn subcommands(files: &[File]) -> Vec<Problem> {
    let known = clap_words(files);
    if known.is_empty() {
        Vec::new()
    } else {
        commands(files, "guildhall ", &known)
    }
}

/// The subcommands that the server's command line declares, as a person types them.
#[must_use]
pub fn clap_words(files: &[File]) -> Vec<String> {
    let sources = files
        .iter()
        .filter(|file| file.is_rust() && file.path.starts_with("crates/server/src/"));
    sources
        .flat_map(|file| subcommand_enums(&rust::code(&file.text)))
        .collect()
}

/// Links inside the repository that lead nowhere.
#[must_use]
pub fn links(files: &[File], exists: impl Fn(&str) -> bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in documents(files) {
        for (at, line) in file.text.lines().enumerate() {
            for target in targets(line) {
                let path = target.split('#').next().unwrap_or("");
                if !path.is_empty() && !exists(&resolve(&file.path, path)) {
                    problems.push(Problem::new(
                        &file.path,
                        at + 1,
                        format!("the link to `{target}` leads nowhere"),
                    ));
                }
            }
        }
    }
    problems
}

/// Links to a heading that its document does not have.
#[must_use]
pub fn anchors(files: &[File]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in documents(files) {
        for (at, line) in file.text.lines().enumerate() {
            for target in targets(line) {
                let Some((path, anchor)) = target.split_once('#') else {
                    continue;
                };
                let there = match path {
                    "" => file.path.clone(),
                    path => resolve(&file.path, path),
                };
                let mut known = documents(files).filter(|other| other.path == there);
                if known.any(|other| !headings(&other.text).any(|heading| heading == anchor)) {
                    let what = format!("`{there}` has no heading `#{anchor}`");
                    problems.push(Problem::new(&file.path, at + 1, what));
                }
            }
        }
    }
    problems
}

/// The headings of a document, as links name them.
fn headings(text: &str) -> impl Iterator<Item = String> {
    let titles = text
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches('#').trim().to_lowercase());
    titles.map(|title| {
        let kept = title.chars().filter_map(|letter| match letter {
            ' ' => Some('-'),
            letter if letter.is_alphanumeric() || "-_".contains(letter) => Some(letter),
            _ => None,
        });
        kept.collect()
    })
}

/// Pictures in a folder of documents that no document shows.
#[must_use]
pub fn unseen_pictures(files: &[File], pictures: &[String]) -> Vec<Problem> {
    let shown: Vec<String> = documents(files)
        .flat_map(|file| {
            let targets = file.text.lines().flat_map(targets);
            targets
                .map(|target| resolve(&file.path, target))
                .collect::<Vec<_>>()
        })
        .collect();
    pictures
        .iter()
        .filter(|picture| !shown.contains(picture))
        .map(|picture| Problem::new(picture, 1, "is shown by no document"))
        .collect()
}

/// Crates that ARCHITECTURE.md does not name, and folders it names that are not there.
#[must_use]
pub fn code_map(files: &[File], folders: &[String], exists: impl Fn(&str) -> bool) -> Vec<Problem> {
    const MAP: &str = "ARCHITECTURE.md";
    let text = files
        .iter()
        .find(|file| file.path == MAP)
        .map_or("", |file| file.text.as_str());
    let named: Vec<(usize, &str)> = paths(text).collect();
    let missing = folders
        .iter()
        .filter(|folder| !named.iter().any(|(_, path)| *path == folder.as_str()));
    let mut problems: Vec<Problem> = missing
        .map(|folder| Problem::new(MAP, 1, format!("does not name `{folder}`")))
        .collect();
    for (line, path) in named {
        if !exists(path) {
            problems.push(Problem::new(
                MAP,
                line,
                format!("names `{path}`, which is not there"),
            ));
        }
    }
    problems
}

/// Decision records that their own list does not name.
#[must_use]
pub fn decisions(files: &[File]) -> Vec<Problem> {
    const FOLDER: &str = "docs/decisions/";
    let list = files
        .iter()
        .find(|file| file.path == "docs/decisions/README.md")
        .map_or("", |file| file.text.as_str());
    files
        .iter()
        .filter(|file| {
            file.path.starts_with(FOLDER)
                && file.name() != "README.md"
                && !list.contains(file.name())
        })
        .map(|file| {
            Problem::new(
                &file.path,
                1,
                "is not in the list of docs/decisions/README.md",
            )
        })
        .collect()
}

fn documents(files: &[File]) -> impl Iterator<Item = &File> {
    files.iter().filter(|file| file.path.ends_with(".md"))
}

/// Commands in code spans and code blocks that begin with `start` and go on with an unknown word.
fn commands(files: &[File], start: &str, known: &[String]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in documents(files) {
        for (line, code) in code_in(&file.text) {
            for (place, _) in code.match_indices(start) {
                let begins = place == 0 || code[..place].ends_with([' ', '/', '(', '`']);
                let word = code[place + start.len()..]
                    .split(|c: char| !c.is_ascii_lowercase() && c != '-')
                    .next()
                    .unwrap_or("");
                if begins
                    && !word.is_empty()
                    && !word.starts_with('-')
                    && !known.iter().any(|known| known == word)
                {
                    problems.push(Problem::new(
                        &file.path,
                        line,
                        format!("there is no `{start}{word}`"),
                    ));
                }
            }
        }
    }
    problems
}

/// The code of a document, span by span and line by line.
fn code_in(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            found.push((at + 1, line.trim()));
        } else {
            found.extend(
                line.split('`')
                    .skip(1)
                    .step_by(2)
                    .map(|span| (at + 1, span)),
            );
        }
    }
    found
}

/// The words of the script's `case`, as in `demo | run)`.
fn case_arms(script: &str) -> Vec<String> {
    let arms = script
        .lines()
        .skip_while(|line| !line.starts_with("case "))
        .take_while(|line| !line.starts_with("esac"));
    arms.filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_once(')'))
        .flat_map(|(words, _)| words.split('|'))
        .map(|word| word.trim().to_owned())
        .filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
        .collect()
}

/// The variants of enums that derive `Subcommand`, in kebab case.
fn subcommand_enums(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (place, _) in code.match_indices("Subcommand") {
        let rest = &code[place..];
        let derives = rest.find(']').is_some_and(|end| {
            rest[..end]
                .chars()
                .all(|c| c.is_alphanumeric() || " ,)_:".contains(c))
        });
        let Some(open) = rest
            .find('{')
            .filter(|open| derives && rest[..*open].contains("enum "))
        else {
            continue;
        };
        found.extend(variants(&rest[open..]));
    }
    found
}

/// The names at the first depth of an enum's body.
fn variants(body: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut depth, mut expects) = (0_i32, false);
    let mut name = String::new();
    for c in body.chars() {
        if !name.is_empty() && !rust::is_word(c) {
            found.push(kebab(&std::mem::take(&mut name)));
            expects = false;
        }
        match c {
            '{' | '(' | '[' => {
                depth += 1;
                expects |= depth == 1;
            }
            '}' | ')' | ']' => depth -= 1,
            ',' if depth == 1 => expects = true,
            _ if depth == 1
                && expects
                && (c.is_uppercase() || !name.is_empty() && rust::is_word(c)) =>
            {
                name.push(c)
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}

fn kebab(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// The relative targets of a line's links.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    let behind = line.split("](").skip(1);
    behind
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
}

/// A link's target as a path from the root.
fn resolve(from: &str, target: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    if target.starts_with('/') {
        parts.clear();
    }
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

/// The paths under `crates/` that a text names.
fn paths(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices("crates/").map(|(place, _)| {
        let rest = &text[place..];
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && !"/-_.".contains(c))
            .unwrap_or(rest.len());
        (
            rust::line_at(text, place),
            rest[..end].trim_end_matches(['/', '.']),
        )
    })
}

#[cfg(test)]
mod tests;
