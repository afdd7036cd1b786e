//! Sizes of files and functions: small enough to read at once, tests apart.
//!
//! A file over the hard stop is split by thought, not by line count; a crate's `lib.rs` is its table
//! of contents and stays shorter. Figures over all files keep the whole from drifting.

use crate::rust;
use crate::tree::{File, Problem};

pub const FILE_MAX: usize = 600;
pub const LIB_MAX: usize = 150;
pub const FUNCTION_MAX: usize = 70;
pub const MEDIAN_MAX: usize = 150;
pub const P90_MAX: usize = 350;

/// Files over the hard stop that were here before it. The list may only shrink.
const OLD_OFFENDERS: [&str; 0] = [];

/// Files that are too long.
#[must_use]
pub fn files(files: &[File]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in product(files) {
        let lines = lines(file);
        let most = if file.path.ends_with("/src/lib.rs") {
            LIB_MAX
        } else {
            FILE_MAX
        };
        if lines > most && !OLD_OFFENDERS.contains(&file.path.as_str()) {
            problems.push(Problem::new(
                &file.path,
                1,
                format!("{lines} lines without tests; at most {most}"),
            ));
        }
    }
    problems
}

/// Functions that are too long, tests among them.
#[must_use]
pub fn functions(files: &[File]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        for function in rust::functions(&file.text) {
            if function.lines > FUNCTION_MAX {
                let what = format!(
                    "`{}` has {} lines; at most {FUNCTION_MAX}",
                    function.name, function.lines
                );
                problems.push(Problem::new(&file.path, function.line, what));
            }
        }
    }
    problems
}

/// The middle and the ninth decile of all files' lengths.
#[must_use]
pub fn spread(files: &[File]) -> Vec<Problem> {
    let mut lengths: Vec<usize> = product(files).map(lines).collect();
    lengths.sort_unstable();
    let at = |percent: usize| {
        lengths
            .get(lengths.len().saturating_sub(1) * percent / 100)
            .copied()
            .unwrap_or(0)
    };
    let mut problems = Vec::new();
    for (name, value, most) in [
        ("median", at(50), MEDIAN_MAX),
        ("ninth decile", at(90), P90_MAX),
    ] {
        if value > most {
            problems.push(Problem::new(
                "crates",
                1,
                format!("the {name} of file lengths is {value}; at most {most}"),
            ));
        }
    }
    problems
}

fn product(files: &[File]) -> impl Iterator<Item = &File> {
    files
        .iter()
        .filter(|file| file.is_rust() && !file.is_test())
}

/// The length up to the last line that is not test code.
fn lines(file: &File) -> usize {
    let all = file.text.lines().count();
    let kept = rust::without_tests(&file.text);
    // Only blanked lines are taken off: an empty line of the file itself counts.
    let cut = file
        .text
        .lines()
        .zip(kept.lines())
        .filter(|(own, kept)| own != kept)
        .count();
    all - cut
}

#[cfg(test)]
mod tests {
    use super::{files, functions, lines, spread};
    use crate::tree::File;

    fn file_of(lines: usize) -> File {
        File::new("crates/x/src/a.rs", &"// line\n".repeat(lines))
    }

    #[test]
    fn a_file_over_the_hard_stop_is_reported() {
        assert_eq!(files(&[file_of(600)]), []);
        assert_eq!(files(&[file_of(601)]).len(), 1);
    }

    #[test]
    fn a_table_of_contents_is_shorter() {
        let lib = |lines| [File::new("crates/x/src/lib.rs", &"// line\n".repeat(lines))];
        assert_eq!(files(&lib(150)), []);
        assert_eq!(files(&lib(151)).len(), 1);
    }

    #[test]
    fn tests_do_not_count() {
        let text = format!(
            "fn a() {{}}\n\n#[cfg(test)]\nmod tests {{\n{}}}\n",
            "    fn b() {}\n".repeat(700)
        );
        assert_eq!(lines(&File::new("crates/x/src/a.rs", &text)), 2);
    }

    #[test]
    fn a_long_function_is_reported_with_its_name() {
        let text = |inside| {
            File::new(
                "a.rs",
                &format!("fn long() {{\n{}}}\n", "    ();\n".repeat(inside)),
            )
        };
        assert_eq!(functions(&[text(68)]), []);
        let found = functions(&[text(69)]);
        assert!(
            found[0].what.starts_with("`long` has 71 lines"),
            "{found:?}"
        );
    }

    #[test]
    fn a_drift_of_the_whole_is_reported() {
        let mut files: Vec<_> = (0..9).map(|_| file_of(100)).collect();
        files.push(file_of(500));
        assert_eq!(spread(&files), []);
        files.extend((0..20).map(|_| file_of(400)));
        assert_eq!(spread(&files).len(), 2);
    }
}
