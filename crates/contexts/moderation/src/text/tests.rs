//! Evasion, false alarms in twenty languages, and places that lie inside the original.

use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};

use super::{Look, Reading, Visible, bounded, folded};
use crate::lexicon::{Lexicon, Word};

/// What of a text a word is found in, by any reading.
fn hits(lexicon: &Lexicon, text: &str) -> bool {
    let plain = Reading::of(text, Look::Plain);
    let doubts = super::look(text, &plain);
    lexicon.any(&plain)
        || doubts.loose && lexicon.any(&Reading::of(text, Look::Loose))
        || doubts.slim && lexicon.any(&Reading::of(text, Look::Slim))
}

fn lexicon(words: &[&str]) -> Lexicon {
    let words = words.iter().map(|word| (0, Word::of(word).unwrap()));
    Lexicon::of(words.collect()).unwrap()
}

/// Ways to write a word so that a person still reads it.
fn disguises(word: &str) -> Vec<String> {
    let mut all = parted(word);
    all.extend(other_letters(word));
    all.extend(swaps().iter().map(|pairs| swapped(word, pairs)));
    all.extend([
        word.to_uppercase(),
        format!("**{}**{}", &word[..2], &word[2..]),
        format!("||{word}||"),
        format!("_{word}_, “{word}”"),
        format!("[{word}](https://x.test)"),
    ]);
    all
}

/// With something between the letters.
fn parted(word: &str) -> Vec<String> {
    let letters: Vec<String> = word.chars().map(String::from).collect();
    [
        "\u{200b}",
        "\u{200d}",
        "\u{2060}",
        "\u{ad}",
        "\u{202e}",
        "\u{301}",
        "\u{335}\u{489}",
        "\u{fe0f}",
        " ",
        ".",
        "-",
        "**",
        "||",
        "\\",
    ]
    .iter()
    .map(|between| letters.join(between))
    .collect()
}

/// In each of the alphabets that Unicode holds for show.
fn other_letters(word: &str) -> Vec<String> {
    [
        0xFF41, 0x1D41A, 0x1D5BA, 0x24D0, 0x1F130, 0x1F150, 0x1F170, 0x1F1E6,
    ]
    .iter()
    .map(|first| {
        word.bytes()
            .filter_map(|byte| char::from_u32(first + u32::from(byte - b'a')))
            .collect()
    })
    .collect()
}

/// Letters put for others: of other scripts, with accents, digits and signs.
fn swaps() -> Vec<Vec<(char, char)>> {
    vec![
        vec![
            ('a', 'а'),
            ('c', 'с'),
            ('e', 'е'),
            ('o', 'о'),
            ('p', 'р'),
            ('x', 'х'),
            ('y', 'у'),
        ],
        vec![
            ('a', 'α'),
            ('o', 'ο'),
            ('n', 'ո'),
            ('u', 'υ'),
            ('i', 'ı'),
            ('g', 'ɡ'),
        ],
        vec![
            ('a', 'à'),
            ('e', 'ê'),
            ('i', 'ï'),
            ('o', 'ø'),
            ('u', 'ű'),
            ('c', 'ç'),
            ('n', 'ñ'),
        ],
        vec![
            ('a', '4'),
            ('e', '3'),
            ('i', '1'),
            ('o', '0'),
            ('s', '5'),
            ('t', '7'),
        ],
        vec![('a', '@'), ('s', '$'), ('i', '!'), ('e', '€')],
        vec![('l', '1')],
        vec![('l', 'I')],
        vec![('l', '|')],
    ]
}

fn swapped(word: &str, pairs: &[(char, char)]) -> String {
    let swap = |letter: char| {
        let pair = pairs.iter().find(|(plain, _)| *plain == letter);
        pair.map_or(letter, |(_, other)| *other)
    };
    word.chars().map(swap).collect()
}

#[test]
fn m1_words_are_found_in_disguise() {
    let words = [
        "spammer",
        "badword",
        "scam",
        "phisher",
        "nazi",
        "gambler",
        "cheater",
        "casino",
        "killer",
        "pirate",
        "hacker",
        "selling",
        "torrent",
        "exploit",
        "malware",
        "stupid",
        "loser",
        "idiot",
        "foolish",
        "nitroscam",
    ];
    let (mut seen, mut missed) = (0_u32, Vec::new());
    for word in words {
        let one = lexicon(&[word]);
        for disguised in disguises(word) {
            seen += 1;
            for text in [disguised.clone(), format!("well, {disguised} again")] {
                if !hits(&one, &text) {
                    missed.push(format!("{word}: {text}"));
                    break;
                }
            }
        }
    }
    let most = seen / 50;
    let count = u32::try_from(missed.len()).unwrap();
    assert!(count <= most, "{count} of {seen} missed: {missed:#?}");
}

/// Everyday sentences: none of them means anybody harm.
const SENTENCES: [&str; 40] = [
    "The assistant will assess the class in Essex and pass on Scunthorpe's analysis.",
    "Grass burns in the corn field near the modern bus station at 5 p.m.",
    "Der Vater fährt morgen mit dem dicken Hund in die Stadt; es ist kühl.",
    "Die Fahrt nach Fucking dauerte fünf Stunden – der Ort heißt heute Fugging.",
    "Le député a assisté à une séance à Condom, dans le Gers, en été.",
    "J'ai mangé une pâte brisée avec du thé et des œufs.",
    "El niño comió una piña y después jugó con su año nuevo.",
    "¿Cómo estás? ¡Qué día más bonito para cocinar en casa!",
    "O avô foi à praia e comprou um cacho de uvas e pão.",
    "Amanhã vou à faculdade de manhã cedo.",
    "La nonna prepara il ragù e poi va a dormire alle 22.",
    "Gli anni passano, perché il tempo è così.",
    "De kat zit op het dak en de vakantie begint om 10 uur.",
    "Wij gaan naar het slot in de stad, dat is leuk.",
    "Det är en fin dag, slutet på veckan närmar sig.",
    "Jag åker fartyg och äter slut på kakan.",
    "Fart og tid er viktig på ski, sier hun.",
    "Hun spiste smørrebrød på en kro med gule gardiner.",
    "Kissa istuu pöydällä ja odottaa ruokaa.",
    "Huomenna menemme mökille saunomaan.",
    "Jutro pójdę do sklepu po chleb i masło, żeby zjeść śniadanie.",
    "Wczoraj był długi dzień, łąka pachniała pięknie.",
    "Zítra půjdeme na výlet do hor, bude svítit slunce.",
    "Příští týden máme zkoušku z češtiny.",
    "Holnap elutazunk a Balatonhoz a családdal.",
    "Mâine mergem la piață să cumpărăm roșii și brânză.",
    "Yarın sabah erkenden İstanbul'a gidiyoruz, sıcak olacak.",
    "Завтра мы поедем на дачу, там сосед варит суп из свёклы.",
    "Вчера вечером шёл сильный дождь, и река вышла из берегов.",
    "Сьогодні гарна погода, їдемо до лісу по гриби.",
    "Αύριο θα πάμε στη θάλασσα με τους φίλους μας.",
    "Ο γάτος κοιμάται πάνω στο τραπέζι.",
    "غدا سنذهب إلى السوق لشراء الخبز والفاكهة.",
    "מחר נלך לים עם כל המשפחה.",
    "कल हम बाज़ार जाकर फल और सब्ज़ियाँ खरीदेंगे।",
    "พรุ่งนี้เราจะไปตลาดซื้อผลไม้",
    "明天我们去公园散步，然后吃午饭。",
    "明日は友達と一緒に映画を見に行きます。",
    "내일은 친구와 함께 영화를 보러 갑니다.",
    "Ngày mai chúng tôi sẽ đi chợ mua rau và trái cây.",
];

/// Words that are spelt like a harmless one of another language (slut, con) are not here: no folding tells them apart.
const BLOCKED: [&str; 28] = [
    "ass", "ass*hole", "bum", "cum", "tit", "tits", "dick", "cock", "cunt", "fuck*", "shit*",
    "whore", "nazi*", "rape", "rapist", "fag", "faggot", "bitch*", "bastard", "nigg*", "kike",
    "spic", "retard*", "porn*", "sex", "anal", "puta", "kurwa",
];

#[test]
fn m1_everyday_sentences_in_twenty_languages_set_nothing_off() {
    let blocked = lexicon(&BLOCKED);
    // The place of that name is the one word here that is on the list.
    let wrong: Vec<_> = SENTENCES
        .iter()
        .filter(|text| !text.contains("Fugging") && hits(&blocked, text))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_word_of_every_language_is_found_in_its_own_sentence() {
    for text in SENTENCES {
        for word in text.split(' ').filter(|word| Word::of(word).is_some()) {
            let one = lexicon(&[word]);
            assert!(hits(&one, text), "{word} in {text}");
            assert!(hits(&one, &text.to_uppercase()), "{word} in capitals");
        }
    }
}

#[test]
fn a_text_is_folded_into_plain_words() {
    assert_eq!(folded("Ｃａｆé — ＳＴＲＡẞＥ, ½ ﬁn"), "cafe strasse 12 fin");
    assert_eq!(folded("a\u{200b}b"), "ab");
    assert_eq!(folded("burn bum"), "burn bum");
    assert_eq!(folded("ӏоѕеr"), "loser");
    assert_eq!(folded(" \n "), "");
}

#[test]
fn no_more_than_the_bound_is_read() {
    let long = "é".repeat(9_000);
    assert_eq!(bounded(&long).chars().count(), super::TEXT_LENGTH_MAX);
    assert_eq!(bounded("short"), "short");
}

#[test]
fn the_visible_text_keeps_what_is_seen() {
    for (text, wanted) in [
        ("plain", "plain"),
        ("a\u{200b}b。c", "ab.c"),
        ("ｗｗｗ．ａ", "www.a"),
        ("cafe\u{301}", "café"),
        ("z\u{35f}\u{489}a", "za"),
        ("日本語", "日本語"),
    ] {
        assert_eq!(Visible::of(text).as_str(), wanted);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn m1_places_lie_inside_the_original_and_grow(text in any::<String>(), tail in "[a-zA-Z0-9 .*_|@$!\u{200b}\u{301}аеоｂ坏👩\u{200d}]{0,40}") {
        let text = format!("{text}{tail}");
        let count = text.chars().count();
        for look in [Look::Plain, Look::Loose, Look::Slim] {
            let reading = Reading::traced(&text, look);
            let folded = std::str::from_utf8(reading.bytes());
            prop_assert!(folded.is_ok());
            let untraced = Reading::of(&text, look);
            prop_assert_eq!(reading.bytes(), untraced.bytes());
            let mut last = 0;
            for at in 1..reading.bytes().len() {
                if reading.bytes()[at - 1] == b' ' {
                    continue;
                }
                let (start, end) = reading.place(at - 1, at);
                prop_assert!(start < end && end <= count && start >= last, "{start} {end} {last}");
                last = start;
            }
        }
        let visible = Visible::of(&text);
        for (at, letter) in visible.as_str().char_indices() {
            let (start, end) = visible.place(at, at + letter.len_utf8());
            prop_assert!(start < end && end <= count);
        }
    }

    #[test]
    fn m1_a_reading_that_is_not_made_would_say_nothing_else(
        text in r"[abIil10547!@|$€*_~ .,'аﬁ坏\u{200b}\u{301}]{0,24}",
    ) {
        let [plain, loose, slim] =
            [Look::Plain, Look::Loose, Look::Slim].map(|look| Reading::of(&text, look));
        let doubts = super::look(&text, &plain);
        if !doubts.loose {
            prop_assert_eq!(folded_bytes(&loose), folded_bytes(&plain), "loose of {:?}", text);
        }
        // A capital `I` that begins a word is one, and no `l`.
        if !doubts.slim && !text.contains('I') {
            prop_assert_eq!(folded_bytes(&slim), folded_bytes(&loose), "slim of {:?}", text);
        }
    }
}

fn folded_bytes(reading: &Reading) -> String {
    String::from_utf8_lossy(reading.bytes()).into_owned()
}
