//! Runs every rule over this repository; a failure lists each place, as an editor can open it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use expect_test::expect_file;
use serde_json::Value;
use tidy::layers::{self, Crate, Need};
use tidy::licences::{self, Package};
use tidy::tree::{self, File, Problem};
use tidy::{
    docs, headers, invariants, manifests, migrations, names, phrases, protocol, rust, sizes, sql,
};

/// Libraries in more than one version, each because two of our dependencies disagree.
/// The list may only shrink.
const KNOWN_DOUBLES: [&str; 22] = [
    "base64",
    "block-buffer",
    "const-oid",
    "cpufeatures",
    "crypto-common",
    "digest",
    "foldhash",
    "getrandom",
    "hashbrown",
    "linux-raw-sys",
    "miniz_oxide",
    "rand",
    "rand_core",
    "rustc-hash",
    "rustix",
    "sha2",
    "shlex",
    "syn",
    "thiserror",
    "thiserror-impl",
    "tower-http",
    "zerocopy",
];

static FILES: LazyLock<Vec<File>> =
    LazyLock::new(|| tree::read(&root()).expect("every file is text"));

/// The folder of the repository. Asked for when the test runs: checkouts that share a build folder share this program.
#[expect(
    clippy::disallowed_methods,
    reason = "Cargo says there where a test's crate lies"
)]
fn root() -> PathBuf {
    let own = std::env::var("CARGO_MANIFEST_DIR").expect("Cargo says where a test's crate lies");
    let folders = Path::new(&own).ancestors().nth(3);
    folders
        .expect("this crate lies three folders deep")
        .to_owned()
}

#[track_caller]
fn none(mut problems: Vec<Problem>) {
    problems.sort();
    let list: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "\n{}\n", list.join("\n"));
}

/// What Cargo knows of the workspace.
fn metadata(arguments: &[&str]) -> Value {
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1"])
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    serde_json::from_slice(&out.stdout).expect("cargo writes JSON")
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

/// The crates of the workspace with what they import directly.
fn crates() -> Vec<Crate> {
    let found = metadata(&["--no-deps"]);
    let root = format!("{}/", text(&found["workspace_root"]));
    let folder = |manifest: &Value| {
        let path = text(manifest);
        path.trim_start_matches(&root)
            .trim_end_matches("/Cargo.toml")
            .to_owned()
    };
    let need = |value: &Value| Need {
        name: text(&value["name"]),
        ours: value["path"].is_string(),
        tests_only: value["kind"] == "dev",
    };
    list(&found["packages"])
        .iter()
        .map(|package| Crate {
            name: text(&package["name"]),
            folder: folder(&package["manifest_path"]),
            needs: list(&package["dependencies"]).iter().map(need).collect(),
        })
        .collect()
}

/// Everything outside the workspace that is built on this kind of machine.
fn packages() -> Vec<Package> {
    let version = Command::new("rustc")
        .arg("-vV")
        .output()
        .expect("rustc runs");
    let version = String::from_utf8(version.stdout).expect("rustc writes text");
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("rustc names its host");
    let found = metadata(&["--filter-platform", host]);
    let resolved: Vec<&Value> = list(&found["resolve"]["nodes"])
        .iter()
        .map(|node| &node["id"])
        .collect();
    list(&found["packages"])
        .iter()
        .filter(|package| package["source"].is_string() && resolved.contains(&&package["id"]))
        .map(|package| Package {
            name: text(&package["name"]),
            version: text(&package["version"]),
            licence: package["license"].as_str().map(str::to_owned),
        })
        .collect()
}

#[test]
fn the_repository_is_read() {
    let own = file!().replace('\\', "/");
    assert!(
        FILES.iter().any(|file| own.ends_with(&file.path)),
        "{own} is not among {} files",
        FILES.len()
    );
    assert!(FILES.iter().any(|file| file.path == "dev"));
}

/// A rule over nothing holds always: what the rules look for is really there.
#[test]
fn the_rules_have_something_to_hold() {
    let text = |path: &str| {
        FILES
            .iter()
            .find(|file| file.path == path)
            .map_or("", |file| &file.text)
    };
    assert!(sql::count(&FILES) > 20, "{} statements", sql::count(&FILES));
    assert!(FILES.iter().any(|file| file.path.ends_with(".down.sql")));
    assert!(invariants::promised(text("crates/foundation/store/src/lib.rs")).len() > 3);
    assert!(
        docs::clap_words(&FILES).contains(&"ledger".to_owned()),
        "{:?}",
        docs::clap_words(&FILES)
    );
    let functions: usize = FILES
        .iter()
        .map(|file| rust::functions(&file.text).len())
        .sum();
    assert!(functions > 500, "{functions} functions");
}

#[test]
fn files_open_with_what_they_are() {
    none(headers::headers(&FILES));
}

#[test]
fn modules_have_names_of_their_own() {
    none(headers::places(&FILES));
}

#[test]
fn names_say_something() {
    none(names::names(&FILES));
}

#[test]
fn phrases_that_are_not_used_here_are_not() {
    none(phrases::phrases(&FILES));
}

#[test]
fn no_crate_hands_on_anothers_items() {
    let crates: Vec<String> = crates().into_iter().map(|found| found.name).collect();
    none(phrases::handed_on(&FILES, &crates));
}

#[test]
fn files_are_small() {
    none(sizes::files(&FILES));
}

#[test]
fn the_spread_of_file_lengths_holds() {
    none(sizes::spread(&FILES));
}

#[test]
fn functions_are_small() {
    none(sizes::functions(&FILES));
}

#[test]
fn sql_stands_in_stores() {
    none(sql::places(&FILES));
}

#[test]
fn a_context_speaks_of_its_own_tables() {
    none(sql::tables(&FILES));
}

#[test]
fn migrations_have_their_way_back() {
    none(migrations::pairs(&FILES));
}

#[test]
fn each_invariant_is_named_by_a_test() {
    none(invariants::unnamed(&FILES));
}

#[test]
fn crates_import_only_what_their_layer_may() {
    let crates = crates();
    assert!(
        crates.iter().any(|found| found.folder == "crates/dev/tidy"),
        "{crates:?}"
    );
    none(layers::imports(&crates));
}

#[test]
fn licences_are_on_the_list_and_bans_hold() {
    let packages = packages();
    assert!(packages.iter().any(|package| package.name == "serde_json"));
    none(licences::packages(&packages));
}

#[test]
fn libraries_are_here_once() {
    none(licences::duplicates(&packages(), &KNOWN_DOUBLES));
}

#[test]
fn crates_take_versions_and_lints_from_the_workspace() {
    none(manifests::members(&FILES));
}

#[test]
fn each_library_has_its_reason() {
    none(manifests::reasons(&FILES));
}

#[test]
fn each_library_has_its_use() {
    none(manifests::unused(&FILES));
}

#[test]
fn commands_in_documents_exist() {
    none(docs::verbs(&FILES));
    none(docs::subcommands(&FILES));
}

#[test]
fn links_in_documents_lead_somewhere() {
    none(docs::links(&FILES, |path| root().join(path).exists()));
}

#[test]
fn links_to_headings_find_them() {
    none(docs::anchors(&FILES));
}

#[test]
fn every_picture_of_the_documents_is_shown() {
    let in_folder = |folder: &str| {
        let entries = std::fs::read_dir(root().join(folder)).expect("the folder is there");
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            let name = entry.expect("the folder is read").file_name();
            format!("{folder}/{}", name.to_string_lossy())
        };
        entries.map(name).collect::<Vec<_>>()
    };
    let pictures = [in_folder("docs/images"), in_folder("docs/guide/images")].concat();
    none(docs::unseen_pictures(&FILES, &pictures));
}

#[test]
fn the_code_map_is_the_codes() {
    let folders: Vec<String> = crates().into_iter().map(|found| found.folder).collect();
    none(docs::code_map(&FILES, &folders, |path| {
        root().join(path).exists()
    }));
}

#[test]
fn decisions_are_listed() {
    none(docs::decisions(&FILES));
}

/// With `UPDATE_EXPECT=1` it is written anew.
#[test]
fn generated_code_is_fresh_and_nothing_lies_beside_it() {
    let folder = root().join(protocol::FOLDER);
    let made = protocol::made(&root()).expect("what stands in proto/ is right");
    for (name, text) in &made {
        expect_file![folder.join(name)].assert_eq(text);
    }
    let mut found: Vec<String> = std::fs::read_dir(&folder)
        .expect("the folder is there")
        .map(|entry| {
            let name = entry.expect("it can be listed").file_name();
            name.to_string_lossy().into_owned()
        })
        .collect();
    found.sort();
    let names: Vec<String> = made.into_iter().map(|(name, _)| name).collect();
    assert_eq!(found, names);
}
