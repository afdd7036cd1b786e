//! "Did you mean": the known name that is closest to a mistyped one.

/// The closest of the known names, where one is close enough to have been meant.
pub(crate) fn closest<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|name| (distance(given, name), name))
        .filter(|(distance, name)| *distance <= (name.len() / 4).clamp(2, 4))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many letters must be put in, taken out, changed or swapped with their neighbour.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, theirs) in other.iter().enumerate() {
            let changed = last[column] + usize::from(letter != theirs);
            let mut best = changed.min(last[column + 1] + 1).min(current[column] + 1);
            let swapped =
                row > 0 && column > 0 && *letter == other[column - 1] && one[row - 1] == *theirs;
            if swapped {
                best = best.min(before_last[column - 1] + 1);
            }
            current.push(best);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::{closest, distance};

    #[test]
    fn swapped_missing_and_wrong_letters_count_one_each() {
        assert_eq!(distance("adress", "address"), 1);
        assert_eq!(distance("htpt", "http"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn only_a_close_name_is_suggested() {
        let known = ["GUILDHALL_HTTP_ADDR", "GUILDHALL_LOG"];
        let close = closest("GUILDHALL_HTPP_ADR", known.into_iter());
        assert_eq!(close, Some("GUILDHALL_HTTP_ADDR"));
        assert_eq!(closest("GUILDHALL_PAGERDUTY_KEY", known.into_iter()), None);
    }
}
