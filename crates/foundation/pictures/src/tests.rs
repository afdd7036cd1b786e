//! Drawings as people see them: SVG text to compare, PNG files of the stated size, and names meant to break them.

use chat::{
    Board, BoardRow, Chart, Drawing, Figure, Marks, RankCard, Series, Sheet, Shown, WEEK_SQUARES,
};
use expect_test::expect_file;
use kernel::UserId;

use super::{HEIGHT_MAX, SCALE, WIDTH, png, svg};

fn who(number: u64, name: &str) -> Shown {
    Shown {
        user: UserId::new(number).unwrap(),
        name: Some(name.to_owned()),
    }
}

fn figure(name: &str, value: &str) -> Figure {
    Figure {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn chart(title: &str, marks: Marks) -> Chart {
    Chart {
        title: title.to_owned(),
        ends: ("30 days ago".to_owned(), "today".to_owned()),
        marks,
    }
}

fn board(names: &[&str]) -> Drawing {
    let row = |(at, name): (usize, &&str)| BoardRow {
        place: u32::try_from(at + 1).unwrap(),
        who: who(u64::try_from(at + 7).unwrap(), name),
        value: 4_800 / i64::try_from(at + 1).unwrap(),
        figure: (4_800 / (at + 1)).to_string(),
        own: at == 3,
    };
    Drawing::Board(Board {
        title: "Richest members".to_owned(),
        note: "coins · Page 1".to_owned(),
        rows: names.iter().enumerate().map(row).collect(),
    })
}

const NAMES: [&str; 10] = [
    "Ada Lovelace",
    "grace",
    "Ноам",
    "Linus 🐧",
    "Zoë Ångström",
    "مريم",
    "bob",
    "Søren with a name that goes on and on and on",
    "Ωmega",
    "Ines",
];

fn rank() -> Drawing {
    let points = (0..31).map(|day| 900 + day * 40 + (day * day * 37) % 300);
    Drawing::Rank(RankCard {
        who: who(7, "Ada Lovelace"),
        place: "#3".to_owned(),
        about: "of 240 members with coins".to_owned(),
        figures: vec![
            figure("Balance", "2130 coins"),
            figure("Share of all coins", "4.2 %"),
            figure("Streak", "12 days"),
        ],
        trend: Some(chart("Balance", Marks::Area(points.collect()))),
    })
}

fn sheet() -> Drawing {
    let days = 30_i64;
    let series = |name: &str, factor: i64| Series {
        name: name.to_owned(),
        values: (0..days).map(|day| 3 + (day * factor) % 11).collect(),
    };
    let counts = (0..WEEK_SQUARES).map(|at| {
        let (day, hour) = (at / 24, at % 24);
        i64::try_from(if hour > 15 {
            (hour - 14) * (day + 2)
        } else {
            hour / 5
        })
        .unwrap()
    });
    let week = Marks::Week {
        counts: counts.collect(),
        days: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
            .map(str::to_owned)
            .to_vec(),
    };
    Drawing::Sheet(Sheet {
        title: "Coins of this server".to_owned(),
        note: "30 days, UTC".to_owned(),
        figures: vec![
            figure("Members with coins", "240"),
            figure("In circulation", "50431"),
            figure("Claims", "418"),
            figure("Payments", "97"),
        ],
        charts: vec![
            chart(
                "In circulation",
                Marks::Area((0..days).map(|day| 40_000 + day * 350).collect()),
            ),
            chart(
                "Per day",
                Marks::Bars(vec![series("Claims", 7), series("Payments", 3)]),
            ),
            Chart {
                ends: ("fewer".to_owned(), "more".to_owned()),
                ..chart("Busiest hours", week)
            },
        ],
    })
}

/// The size that stands in a PNG file's head.
fn size_of(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

/// The most bytes of a picture as it comes, and of one that somebody filled with letters to its edges.
const BYTES_MAX: usize = 100_000;
const FULL_BYTES_MAX: usize = 160_000;

/// Draws it, checks its size and weight, and keeps it where `PICTURES_DIR` says, for looking at.
#[track_caller]
fn painted(drawing: &Drawing, name: &str, bytes_max: usize) {
    let (text, file) = (svg(drawing), png(drawing).unwrap());
    assert_eq!(
        size_of(&file),
        (text.width * SCALE, text.height * SCALE),
        "{name}"
    );
    assert!(
        text.width == WIDTH && text.height <= HEIGHT_MAX,
        "{name}: {text:?}"
    );
    assert!(file.len() < bytes_max, "{name} has {} bytes", file.len());
    if let Some(folder) = option_env!("PICTURES_DIR") {
        std::fs::write(format!("{folder}/{name}.png"), &file).unwrap();
    }
}

#[test]
fn a_board_shows_its_rows_in_order() {
    let drawing = board(&NAMES);
    expect_file!["../snapshots/board.svg"].assert_eq(&svg(&drawing).text);
    painted(&drawing, "board", BYTES_MAX);
}

#[test]
fn a_rank_card_shows_place_figures_and_trend() {
    let drawing = rank();
    expect_file!["../snapshots/rank.svg"].assert_eq(&svg(&drawing).text);
    painted(&drawing, "rank", BYTES_MAX);
}

#[test]
fn a_sheet_shows_figures_and_charts() {
    let drawing = sheet();
    expect_file!["../snapshots/sheet.svg"].assert_eq(&svg(&drawing).text);
    painted(&drawing, "sheet", BYTES_MAX);
}

/// Texts that would break out, turn round, overflow or vanish.
const HOSTILE: [&str; 12] = [
    "</text><image href=\"file:///etc/passwd\"/>",
    "&lt;&#0;&amp;\"'><svg onload=x>",
    "]]> <!-- <![CDATA[",
    "\u{202e}\u{2066}reversed\u{2069}",
    "مرحبا بالعالم",
    "שלום",
    "👩‍👩‍👧‍👦🏳️‍🌈🇩🇪",
    "愛してる 한국어",
    "Z\u{0351}\u{036b}\u{0343}a\u{0310}\u{0489}l\u{0308}g\u{0330}o\u{035c}",
    "\u{0}\u{1}\u{7f}\u{ffff}\u{e000}",
    "",
    "ﷺﷺﷺﷺ W W W W",
];

fn hostile_chart(text: &str, marks: Marks) -> Chart {
    Chart {
        title: text.to_owned(),
        ends: (text.to_owned(), text.repeat(40)),
        marks,
    }
}

fn hostile(text: &str) -> Vec<Drawing> {
    let (one, many) = (text.to_owned(), text.repeat(300));
    let row = |place: u32| BoardRow {
        place,
        who: who(u64::MAX >> 1, &many),
        value: if place.is_multiple_of(2) {
            i64::MIN
        } else {
            i64::MAX
        },
        figure: many.clone(),
        own: true,
    };
    let figures = vec![figure(&many, &many); 9];
    let wild = vec![i64::MAX, i64::MIN, 0, -1, i64::MAX];
    let series = Series {
        name: many.clone(),
        values: wild.clone(),
    };
    let week = Marks::Week {
        counts: wild.clone(),
        days: vec![many.clone(); 2],
    };
    vec![
        Drawing::Board(Board {
            title: many.clone(),
            note: many.clone(),
            rows: (1..40).map(row).collect(),
        }),
        Drawing::Rank(RankCard {
            who: who(1, text),
            place: many.clone(),
            about: many.clone(),
            figures: figures.clone(),
            trend: Some(hostile_chart(text, Marks::Area(wild.repeat(1_000)))),
        }),
        Drawing::Sheet(Sheet {
            title: one,
            note: many,
            figures,
            charts: vec![
                hostile_chart(text, Marks::Bars(vec![series; 30])),
                hostile_chart(text, week),
                hostile_chart(text, Marks::Area(Vec::new())),
                hostile_chart(text, Marks::Area(vec![5])),
            ],
        }),
    ]
}

/// J1, J2, J3.
#[test]
fn nothing_that_stands_in_a_drawing_breaks_it() {
    for (at, text) in HOSTILE.iter().enumerate() {
        for (kind, drawing) in hostile(text).iter().enumerate() {
            let svg = svg(drawing).text;
            for mark in ["<image", "<!", "<svg onload", "href=\"", "NaN", "inf"] {
                assert!(!svg.contains(mark), "{text:?} leaves {mark} in\n{svg}");
            }
            painted(drawing, &format!("hostile-{at}-{kind}"), FULL_BYTES_MAX);
        }
    }
}

/// J3.
#[test]
fn an_empty_drawing_is_a_card_all_the_same() {
    let sheet = Sheet {
        title: String::new(),
        note: String::new(),
        figures: Vec::new(),
        charts: Vec::new(),
    };
    painted(&Drawing::Sheet(sheet), "empty-sheet", BYTES_MAX);
    painted(&board(&[]), "empty-board", BYTES_MAX);
    let card = RankCard {
        who: Shown {
            user: UserId::new(1).unwrap(),
            name: None,
        },
        place: String::new(),
        about: "No place yet".to_owned(),
        figures: Vec::new(),
        trend: None,
    };
    painted(&Drawing::Rank(card), "empty-rank", BYTES_MAX);
}
