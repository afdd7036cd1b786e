//! Documents that keep their word, and some that do not.

use super::{anchors, clap_words, code_map, decisions, links, subcommands, unseen_pictures, verbs};
use crate::tree::File;

const SCRIPT: &str =
    "set -e\ncase \"$1\" in\ndemo | run)\n    x) inner ;;\n    ;;\ntest) y ;;\nesac\nother) z\n";

fn readme(text: &str) -> File {
    File::new("README.md", text)
}

#[test]
fn verbs_are_those_of_the_script() {
    let dev = File::new("dev", SCRIPT);
    let good =
        readme("Say `./dev demo --fresh`, or\n```\n./dev test\n```\nNot code: ./dev nothing\n");
    assert_eq!(verbs(&[dev.clone(), good]), []);
    let found = verbs(&[
        dev,
        readme("`./dev inner` and `./dev other` and\n```\n$ ./dev tests\n```\n"),
    ]);
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(found[2].line, 3);
}

const CLI: &str = "
/// Subcommand of sorts.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs, with a comment, and { braces.
    Run(RunArgs),
    #[command(subcommand)]
    Ledger(Ledger),
    MigrateStorage { to: String, dry_run: bool },
    Doctor,
}
#[derive(Debug, Subcommand)]
enum Ledger { Verify, Rebuild }
struct Other { Field: u8 }
";

#[test]
fn subcommands_are_those_that_the_server_declares() {
    let cli = File::new("crates/server/src/cli.rs", CLI);
    let words = clap_words(std::slice::from_ref(&cli));
    assert_eq!(
        words,
        [
            "run",
            "ledger",
            "migrate-storage",
            "doctor",
            "verify",
            "rebuild"
        ]
    );
    assert_eq!(
        subcommands(&[
            cli.clone(),
            readme("`guildhall run`, `guildhall migrate-storage --to x`, the guildhall is")
        ]),
        []
    );
    assert_eq!(subcommands(&[cli, readme("`guildhall dance`")]).len(), 1);
}

#[test]
fn links_lead_somewhere() {
    let exists = |path: &str| path == "docs/a.md" || path == "README.md";
    let good = File::new(
        "docs/b.md",
        "[a](a.md#top) [r](../README.md) [r](/README.md) [w](https://x.y/z) [t](#top)",
    );
    assert_eq!(links(&[good], exists), []);
    assert_eq!(links(&[readme("[a](a.md)")], exists).len(), 1);
}

#[test]
fn the_code_map_is_the_codes() {
    let map = File::new(
        "ARCHITECTURE.md",
        "`crates/app`: the flows.\n`crates/gone/x`.\n",
    );
    let folders = ["crates/app".to_owned(), "crates/sim".to_owned()];
    let found = code_map(&[map], &folders, |path| path == "crates/app");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].what.contains("crates/sim"));
    assert_eq!(found[1].line, 2);
}

#[test]
fn decisions_are_listed() {
    let list = File::new("docs/decisions/README.md", "- [x](0001-x.md)");
    let (one, two) = (
        File::new("docs/decisions/0001-x.md", ""),
        File::new("docs/decisions/0002-y.md", ""),
    );
    assert_eq!(decisions(&[list, one, two]).len(), 1);
}

#[test]
fn links_to_headings_find_them() {
    let other = File::new("docs/other.md", "# The Other\n## What it's for, in short\n");
    let good =
        readme("[a](docs/other.md#what-its-for-in-short) [b](#here) [c](https://x.y#z)\n# Here\n");
    assert_eq!(anchors(&[good, other.clone()]), []);
    let bad = readme("# Here\n[a](docs/other.md#gone) and [b](#there)\n");
    let found = anchors(&[bad, other]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0].line, 2);
}

#[test]
fn every_picture_is_shown() {
    let page = File::new("docs/guide/page.md", "![a](images/a.png)\n");
    let pictures = ["docs/guide/images/a.png", "docs/guide/images/b.png"].map(str::to_owned);
    let found = unseen_pictures(&[page], &pictures);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].to_string().contains("b.png"));
}
