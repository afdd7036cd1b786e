//! The look holds together: what is named is served, colours are tokens, and every pair of them can be read.

use std::collections::BTreeMap;

use super::{FILES, JS, STYLE};

const TOKENS: &str = include_str!("../../../../../assets/tokens.css");

fn scripts() -> impl Iterator<Item = (&'static str, &'static str)> {
    let scripts = FILES.iter().filter(|(_, kind, _)| *kind == JS);
    scripts.map(|(name, _, bytes)| (*name, std::str::from_utf8(bytes).unwrap()))
}

#[test]
fn every_import_and_every_font_is_served() {
    let is_served = |name: &str| FILES.iter().any(|(known, ..)| *known == name);
    for (name, text) in scripts() {
        for wanted in text.split("from \"./").skip(1) {
            let wanted = wanted.split('"').next().unwrap();
            assert!(is_served(wanted), "{name} wants {wanted}");
        }
    }
    for wanted in STYLE.split("url(\"").skip(1) {
        assert!(is_served(wanted.split('"').next().unwrap()), "{wanted:.40}");
    }
}

#[test]
fn no_script_writes_markup_or_runs_text() {
    let banned = [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
    ];
    for (name, text) in scripts() {
        for banned in banned {
            assert!(!text.contains(banned), "{name} uses {banned}");
        }
    }
}

#[test]
fn styles_take_every_colour_from_the_tokens() {
    let own = STYLE.split_once("What every page of the dashboard shares");
    let own = own.unwrap().1;
    for line in own.lines() {
        let is_plain = !line.contains('#') && !line.contains("rgb(") && !line.contains("hsl(");
        assert!(is_plain, "{line}");
    }
    for used in own.split("var(--").skip(1) {
        let name = used.split([')', ',']).next().unwrap();
        let is_token = TOKENS.contains(&format!("--{name}: ")) || name == "series";
        assert!(is_token, "--{name} is no token");
    }
}

/// A colour's channels.
type Colour = [f64; 3];

/// Colours by name, light and dark.
fn colours() -> BTreeMap<&'static str, [Colour; 2]> {
    let channel =
        |text: &str, at: usize| f64::from(u8::from_str_radix(&text[at..at + 2], 16).unwrap());
    let colour = |text: &str| [0, 2, 4].map(|at| channel(text, at));
    let pairs = TOKENS
        .lines()
        .filter_map(|line| line.trim().split_once(": light-dark(#"));
    pairs
        .map(|(name, pair)| {
            let (light, dark) = pair.split_once(", #").unwrap();
            (name.trim_start_matches("--"), [colour(light), colour(dark)])
        })
        .collect()
}

fn luminance(colour: Colour) -> f64 {
    let linear = |channel: f64| match channel / 255.0 {
        share if share <= 0.040_45 => share / 12.92,
        share => ((share + 0.055) / 1.055).powf(2.4),
    };
    let [red, green, blue] = colour.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Each of these on each of those, at least so far apart.
fn holds(inks: &[&str], grounds: &[&str], least: f64) {
    let colours = colours();
    for (ink, ground) in inks
        .iter()
        .flat_map(|ink| grounds.iter().map(move |ground| (ink, ground)))
    {
        for theme in [0, 1] {
            let found = contrast(colours[ink][theme], colours[ground][theme]);
            assert!(
                found >= least,
                "{ink} on {ground}, theme {theme}: {found:.2} is under {least}"
            );
        }
    }
}

const GROUNDS: [&str; 5] = [
    "ground",
    "ground-soft",
    "ground-sunk",
    "ground-raised",
    "ground-hover",
];

#[test]
fn every_ink_can_be_read_on_its_grounds_in_both_themes() {
    holds(
        &["ink", "ink-soft", "ink-faint", "accent-strong"],
        &GROUNDS,
        4.5,
    );
    for (ink, soft) in [
        ("good-ink", "good-soft"),
        ("warning-ink", "warning-soft"),
        ("danger-ink", "danger-soft"),
        ("info-ink", "info-soft"),
        ("accent-strong", "accent-soft"),
    ] {
        holds(&[ink, "ink", "ink-soft"], &[soft], 4.5);
        holds(&[ink], &["ground", "ground-hover", "ground-raised"], 4.5);
    }
    holds(&["ink", "ink-soft"], &["code"], 4.5);
    let fills = ["accent", "accent-hover", "danger-fill", "good-fill"];
    holds(&["accent-ink"], &fills, 4.5);
}

#[test]
fn edges_of_controls_and_lines_of_charts_stand_out_in_both_themes() {
    let series = [
        "series-1", "series-2", "series-3", "series-4", "series-5", "series-6",
    ];
    holds(&series, &["ground", "ground-hover"], 3.0);
    holds(&["line-strong", "heat-4"], &["ground", "ground-soft"], 3.0);
}
