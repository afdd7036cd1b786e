//! Looking for words in bytes as they lie on a disk: plain, and in the encodings that hide nothing.
//!
//! A database may cut a long text at the end of a page, so a text is looked for in pieces; one piece is a trace.

use std::{
    collections::{BTreeSet, HashMap},
    fs, io,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose};

/// Pieces are about this long: no text of this length is there by chance.
const PIECE_BYTES: usize = 18;
const START_BYTES: usize = 8;

/// What is looked for.
#[derive(Debug, Default)]
pub struct Traces {
    by_start: HashMap<[u8; START_BYTES], Vec<Needle>>,
}

#[derive(Debug)]
struct Needle {
    name: String,
    bytes: Vec<u8>,
}

impl Traces {
    /// Looks for this text as well, and calls it by this name.
    ///
    /// # Panics
    /// When the text is too short to be told from others.
    pub fn add(&mut self, name: &str, text: impl AsRef<[u8]>) {
        let bytes = text.as_ref();
        assert!(
            bytes.len() >= START_BYTES,
            "`{name}` is too short to be looked for"
        );
        let pieces = (bytes.len() / PIECE_BYTES).max(1);
        for piece in 0..pieces {
            let end = if piece + 1 == pieces {
                bytes.len()
            } else {
                (piece + 1) * PIECE_BYTES
            };
            for (encoding, bytes) in forms(&bytes[piece * PIECE_BYTES..end]) {
                let start = bytes[..START_BYTES]
                    .try_into()
                    .expect("it is as long as that");
                self.by_start.entry(start).or_default().push(Needle {
                    name: format!("{name} ({encoding})"),
                    bytes,
                });
            }
        }
    }

    /// The names of what is in these bytes.
    #[must_use]
    pub fn in_bytes(&self, bytes: &[u8]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (place, start) in bytes.array_windows::<START_BYTES>().enumerate() {
            let Some(needles) = self.by_start.get(start) else {
                continue;
            };
            for needle in needles {
                if bytes[place..].starts_with(&needle.bytes) {
                    found.insert(needle.name.clone());
                }
            }
        }
        found
    }

    /// The names of what is in the files under this folder, each with its file. Sockets have no bytes.
    ///
    /// A server may be at work in the folder, so a file may go while this looks; what is gone holds nothing.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn in_folder(&self, folder: &Path) -> io::Result<Vec<(PathBuf, String)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            let Some(kind) = unless_gone(entry.file_type())? else {
                continue;
            };
            if kind.is_dir() {
                found.extend(unless_gone(self.in_folder(&path))?.unwrap_or_default());
            } else if kind.is_file()
                && let Some(bytes) = unless_gone(fs::read(&path))?
            {
                let names = self.in_bytes(&bytes);
                found.extend(names.into_iter().map(|name| (path.clone(), name)));
            }
        }
        Ok(found)
    }
}

/// What was read, or nothing where it went between being listed and being read.
fn unless_gone<T>(read: io::Result<T>) -> io::Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A piece in every form that anybody can read back.
fn forms(piece: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let hex: String = piece.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![
        ("plain", piece.to_vec()),
        ("hex", hex.to_uppercase().into_bytes()),
        ("hex", hex.into_bytes()),
    ];
    for before in 0..3 {
        let mut shifted = vec![0; before];
        shifted.extend_from_slice(piece);
        // The first digits also hold what stands before, the last one what comes after.
        let (first, last) = (before.div_ceil(3) + before, shifted.len() * 8 / 6);
        for (name, engine) in [
            ("base64", &general_purpose::STANDARD_NO_PAD),
            ("base64url", &general_purpose::URL_SAFE_NO_PAD),
        ] {
            let digits = engine.encode(&shifted).into_bytes();
            forms.push((name, digits[first..last].to_vec()));
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use std::fs;

    use base64::{Engine as _, engine::general_purpose::STANDARD};

    use super::{Traces, unless_gone};

    const SECRET: &str = "MTIzNDU2.Gabcde.an-unusual-token-of-some-length";

    fn found(bytes: &[u8]) -> usize {
        let mut traces = Traces::default();
        traces.add("token", SECRET);
        traces.in_bytes(bytes).len()
    }

    #[test]
    fn a_text_is_found_plain_in_hex_and_in_base64_wherever_it_begins() {
        for before in ["", "a", "ab", "abc", "abcd"] {
            let text = format!("{before}{SECRET}?more");
            let hex: String = text.bytes().map(|byte| format!("{byte:02X}")).collect();
            let base64 = STANDARD.encode(&text);
            for bytes in [text, hex, base64] {
                assert!(found(bytes.as_bytes()) > 0, "{bytes}");
            }
        }
        assert!(
            found(&SECRET.as_bytes()[18..]) > 0,
            "the rest behind the end of a page"
        );
        assert_eq!(found(b"nothing of that kind stands here, MTIzNDU2.Gab"), 0);
    }

    #[test]
    fn a_file_that_went_meanwhile_is_passed_over_and_one_that_cannot_be_read_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let gone = fs::read(folder.path().join("gone"));
        assert_eq!(unless_gone(gone).unwrap(), None);
        let not_a_file = fs::read(folder.path());
        assert!(unless_gone(not_a_file).is_err());
    }

    #[test]
    fn files_under_a_folder_are_searched() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("inner")).unwrap();
        let file = folder.path().join("inner/file");
        fs::write(&file, format!("\0\0{SECRET}")).unwrap();
        let mut traces = Traces::default();
        traces.add("token", SECRET);
        let found = traces.in_folder(folder.path()).unwrap();
        assert_eq!(found, [(file, "token (plain)".to_owned())]);
    }
}
