//! Rust from `proto/`: what the gRPC edge commits, made without `protoc` and without a build script.
//!
//! A change of a `.proto` file is followed by `UPDATE_EXPECT=1 ./dev test -p tidy generated`, which writes the code
//! anew; without the variable the same test holds that it is fresh. Not here: what the edge does with it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use prost::Message;
use prost_types::FileDescriptorSet;

/// Where the files are.
pub const SOURCES: &str = "proto";

/// Where the code made from them is.
pub const FOLDER: &str = "crates/edges/grpc/src/generated";

/// Bytes of the descriptors in one line.
const LINE: usize = 32;

/// The names and texts of the files that `proto/` makes, in order.
///
/// # Errors
/// When a file of `proto/` is not right; the error names its place.
pub fn made(root: &Path) -> Result<Vec<(String, String)>> {
    let set = compiled(&root.join(SOURCES))?;
    let mut files = code(&set)?;
    files.push(("descriptors.rs".to_owned(), descriptors(set)?));
    files.sort();
    Ok(files)
}

fn compiled(folder: &Path) -> Result<FileDescriptorSet> {
    let mut names = Vec::new();
    collect(folder, "", &mut names)?;
    names.sort();
    let mut compiler = protox::Compiler::new([folder])?;
    compiler
        .include_imports(true)
        .include_source_info(true)
        .open_files(names)?;
    Ok(compiler.file_descriptor_set())
}

fn collect(folder: &Path, prefix: &str, names: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), names)?;
        } else if name.ends_with(".proto") {
            names.push(name);
        }
    }
    Ok(())
}

/// One file for each package: `guildhall.v1` is `guildhall_v1.rs`. Clients are for tests alone.
fn code(set: &FileDescriptorSet) -> Result<Vec<(String, String)>> {
    let folder = tempfile::tempdir()?;
    tonic_prost_build::configure()
        .build_transport(false)
        .client_mod_attribute(".", "#[cfg(test)]")
        .out_dir(folder.path())
        .compile_fds(set.clone())?;
    let mut files = Vec::new();
    for entry in fs::read_dir(folder.path())? {
        let entry = entry?;
        let file = entry.file_name().to_string_lossy().into_owned();
        let package = file.trim_end_matches(".rs");
        let text = fs::read_to_string(entry.path())?;
        let header = format!(
            "//! Messages and services of `{package}`, made from `{SOURCES}/`. Not edited by hand.\n\n"
        );
        files.push((format!("{}.rs", package.replace('.', "_")), header + &text));
    }
    Ok(files)
}

/// What reflection answers from, as a constant: everything but the comments.
fn descriptors(mut set: FileDescriptorSet) -> Result<String> {
    for file in &mut set.file {
        file.source_code_info = None;
    }
    let mut text = format!(
        "//! The descriptors of all files, without their comments, made from `{SOURCES}/`. Not edited by hand.\n\n\
         pub(crate) const DESCRIPTORS: &[u8] = b\"\\\n"
    );
    for line in set.encode_to_vec().chunks(LINE) {
        // A space at the start of a line would be swallowed.
        let line = line.escape_ascii().to_string().replace(' ', "\\x20");
        writeln!(text, "{line}\\")?;
    }
    Ok(text + "\";\n")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::made;

    #[test]
    fn a_service_becomes_code_and_descriptors_and_a_fault_is_named() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("proto/a/v1");
        fs::create_dir_all(&folder).unwrap();
        let good = "syntax = \"proto3\";\npackage a.v1;\nservice Greeting { rpc Greet(Word) returns (Word); }\n\
                    message Word { string text = 1; }\n";
        fs::write(folder.join("greeting.proto"), good).unwrap();
        let files = made(root.path()).unwrap();
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a_v1.rs", "descriptors.rs"]);
        assert!(files[0].1.contains("pub struct Word"), "{}", files[0].1);
        assert!(files[0].1.contains("pub trait Greeting"), "{}", files[0].1);
        fs::write(
            folder.join("greeting.proto"),
            good.replace("Word)", "Wort)"),
        )
        .unwrap();
        let error = made(root.path()).unwrap_err();
        assert!(format!("{error:?}").contains("Wort"), "{error:?}");
    }
}
