//! The colours of `assets/tokens.css` in their dark form; a test compares the two.

pub(crate) const GROUND: &str = "#22202b";
pub(crate) const GROUND_SUNK: &str = "#14121a";
pub(crate) const GROUND_RAISED: &str = "#2c2938";
pub(crate) const LINE: &str = "#3a3648";
pub(crate) const INK: &str = "#edebf4";
pub(crate) const INK_SOFT: &str = "#bfbacf";
pub(crate) const INK_FAINT: &str = "#a29db4";
pub(crate) const ACCENT_STRONG: &str = "#b9aeff";
pub(crate) const ACCENT_SOFT: &str = "#332d57";
/// Lines and fills of charts, in their order.
pub(crate) const SERIES: [&str; 6] = [
    "#9d8fff", "#3fc3b8", "#e9a83f", "#f285b4", "#6cb2f5", "#a29db4",
];
/// The steps of heat, from none to most.
pub(crate) const HEAT: [&str; 5] = ["#2b2836", "#37305f", "#4d4191", "#6b5bc4", "#9d8fff"];

#[cfg(test)]
mod tests {
    use super::*;

    const TOKENS: &str = include_str!("../../../../assets/tokens.css");

    fn dark(name: &str) -> &'static str {
        let start = format!("--{name}: light-dark(");
        let line = TOKENS
            .lines()
            .find_map(|line| line.trim().strip_prefix(&start));
        let (_, dark) = line.unwrap().split_once(", ").unwrap();
        dark.strip_suffix(");").unwrap()
    }

    #[test]
    fn colours_are_those_of_the_pages() {
        let named = [
            ("ground", GROUND),
            ("ground-sunk", GROUND_SUNK),
            ("ground-raised", GROUND_RAISED),
            ("line", LINE),
            ("ink", INK),
            ("ink-soft", INK_SOFT),
            ("ink-faint", INK_FAINT),
            ("accent-strong", ACCENT_STRONG),
            ("accent-soft", ACCENT_SOFT),
        ];
        for (name, colour) in named {
            assert_eq!(dark(name), colour, "{name}");
        }
        for (at, colour) in SERIES.iter().enumerate() {
            assert_eq!(dark(&format!("series-{}", at + 1)), *colour);
        }
        for (at, colour) in HEAT.iter().enumerate() {
            assert_eq!(dark(&format!("heat-{at}")), *colour);
        }
    }
}
