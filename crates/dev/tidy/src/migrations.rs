//! Migrations come in pairs, forward and back, and form one line over all crates, without a gap.
//!
//! Not here: whether the way back leads back; a test of the store runs up, down and up again.

use std::collections::BTreeMap;

use crate::tree::{File, Problem};

/// Migrations without their other half, empty ones, and gaps in the numbers.
#[must_use]
pub fn pairs(files: &[File]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut line: BTreeMap<u32, String> = BTreeMap::new();
    for file in files {
        let Some((folder, name)) = file
            .path
            .rsplit_once('/')
            .filter(|(folder, _)| folder.ends_with("/migrations"))
        else {
            continue;
        };
        let parts = name
            .strip_suffix(".up.sql")
            .map(|stem| (stem, ".down.sql"))
            .or_else(|| name.strip_suffix(".down.sql").map(|stem| (stem, ".up.sql")));
        let Some(((stem, other), number)) = parts.and_then(|parts| Some((parts, number(parts.0)?)))
        else {
            problems.push(Problem::new(
                &file.path,
                1,
                "is not named `NNNN_name.up.sql` or `NNNN_name.down.sql`",
            ));
            continue;
        };
        let twin = format!("{folder}/{stem}{other}");
        if !files.iter().any(|file| file.path == twin) {
            problems.push(Problem::new(
                &file.path,
                1,
                format!("has no `{stem}{other}`: each migration has its way back"),
            ));
        }
        if file.text.trim().is_empty() {
            problems.push(Problem::new(&file.path, 1, "is empty"));
        }
        let whole = format!("{folder}/{stem}");
        if let Some(same) = line
            .insert(number, whole.clone())
            .filter(|same| *same != whole)
        {
            problems.push(Problem::new(
                &file.path,
                1,
                format!("has the number of `{same}`"),
            ));
        }
    }
    let gap = (1..)
        .zip(&line)
        .find(|(expected, (found, _))| expected != *found);
    if let Some((expected, (_, stem))) = gap {
        problems.push(Problem::new(
            &format!("{stem}.up.sql"),
            1,
            format!("number {expected:04} is missing before it"),
        ));
    }
    problems
}

fn number(stem: &str) -> Option<u32> {
    let (number, name) = stem.split_once('_')?;
    let good = number.len() == 4
        && !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    good.then(|| number.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::pairs;
    use crate::tree::File;

    fn migrations(names: &[&str]) -> Vec<File> {
        names
            .iter()
            .map(|name| {
                File::new(
                    &format!("crates/contexts/x/migrations/{name}"),
                    "DROP TABLE x_y;",
                )
            })
            .collect()
    }

    #[test]
    fn pairs_in_order_pass() {
        let files = migrations(&[
            "0001_a.up.sql",
            "0001_a.down.sql",
            "0002_b.up.sql",
            "0002_b.down.sql",
        ]);
        assert_eq!(pairs(&files), []);
    }

    #[test]
    fn a_missing_half_a_gap_a_twin_and_a_strange_name_are_reported() {
        assert_eq!(pairs(&migrations(&["0001_a.up.sql"])).len(), 1);
        assert_eq!(
            pairs(&migrations(&["0002_a.up.sql", "0002_a.down.sql"])).len(),
            1
        );
        assert_eq!(pairs(&migrations(&["1_a.up.sql"])).len(), 1);
        let twins = migrations(&[
            "0001_a.up.sql",
            "0001_a.down.sql",
            "0001_b.up.sql",
            "0001_b.down.sql",
        ]);
        assert!(!pairs(&twins).is_empty());
    }
}
