//! Results for people: the machine and the commit above, one line a case.

use crate::{CaseResult, origin};

const HEAD: [&str; 7] = ["bench", "case", "value", "baseline", "ratio", "goal", "met"];

/// The results as lines of text, columns aligned.
#[must_use]
pub fn table(results: &[CaseResult]) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(first) = results.first() {
        lines.push(format!(
            "{}; commit {}, seed {}",
            origin::machine(),
            first.commit,
            first.seed
        ));
    }
    if cfg!(debug_assertions) {
        lines.push(
            "A debug build: these figures show that it works, not how fast it is.".to_owned(),
        );
    }
    let rows: Vec<[String; 7]> = results.iter().map(cells).collect();
    let head = HEAD.map(str::to_owned);
    let widths: [usize; 7] = std::array::from_fn(|column| {
        let width = |row: &[String; 7]| row[column].chars().count();
        std::iter::once(&head)
            .chain(&rows)
            .map(width)
            .max()
            .unwrap_or(0)
    });
    lines.extend(
        std::iter::once(&head)
            .chain(&rows)
            .map(|row| line(row, widths)),
    );
    lines.extend(results.iter().filter_map(note));
    lines
}

fn line(row: &[String; 7], widths: [usize; 7]) -> String {
    let padded: Vec<String> = std::iter::zip(row, widths)
        .map(|(cell, width)| {
            format!(
                "{cell}{}",
                " ".repeat(width.saturating_sub(cell.chars().count()))
            )
        })
        .collect();
    padded.join("  ").trim_end().to_owned()
}

fn cells(result: &CaseResult) -> [String; 7] {
    let figure = |value: Option<f64>| {
        value.map_or_else(
            || "–".to_owned(),
            |value| format!("{value} {}", result.unit),
        )
    };
    [
        result.bench.to_owned(),
        result.case.clone(),
        figure(result.value),
        figure(result.baseline),
        result
            .ratio
            .map_or_else(|| "–".to_owned(), |ratio| ratio.to_string()),
        result.goal.clone(),
        match result.met {
            Some(true) => "yes".to_owned(),
            Some(false) => "no".to_owned(),
            None => "–".to_owned(),
        },
    ]
}

fn note(result: &CaseResult) -> Option<String> {
    let reason = result.reason.as_ref()?;
    Some(format!("{}, {}: {reason}", result.bench, result.case))
}

#[cfg(test)]
mod tests {
    use super::table;
    use crate::{
        Name,
        case::{Case, Goal},
    };

    #[test]
    fn a_table_has_a_line_for_each_case_and_a_note_for_each_reason() {
        let results = [
            Case::new(Name::Ledger, "one", 50.0, "1/s")
                .beside(100.0)
                .with_goal(Goal::RatioAtLeast(0.45)),
            Case::missing(Name::Balance, "two", "no Redis"),
        ]
        .map(|case| case.signed("abc", 3));
        let lines = table(&results);
        assert!(lines[0].ends_with("commit abc, seed 3"));
        let found = |wanted: &str| lines.iter().any(|line| line == wanted);
        assert!(
            found("ledger   one   50 1/s  100 1/s   0.5    at least 0.45 of the baseline  yes"),
            "{lines:#?}"
        );
        assert!(found("balance, two: no Redis"), "{lines:#?}");
    }
}
