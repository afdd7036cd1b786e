//! What is written on a server, drawn from the seed: much short chat, some long posts, other scripts, links.

use rand::{Rng, SeedableRng, rngs::SmallRng};

use super::rules;

/// How many texts there are.
const TEXTS: usize = 4_096;

/// What sort of a text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A line of ordinary letters.
    Short,
    /// Paragraphs of them, up to what Discord takes.
    Long,
    /// Other scripts, accents, emoji.
    Foreign,
    /// With links and mentions.
    Linked,
    /// With a word of the list, plainly or disguised.
    Breaking,
}

impl Sort {
    pub(super) const ALL: [Self; 5] = [
        Self::Short,
        Self::Long,
        Self::Foreign,
        Self::Linked,
        Self::Breaking,
    ];

    /// As the case is called.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Short => "short chat",
            Self::Long => "long posts",
            Self::Foreign => "other scripts and emoji",
            Self::Linked => "links and mentions",
            Self::Breaking => "a listed word, some disguised",
        }
    }

    /// Of a hundred texts 70 are short, 8 long, 12 foreign, 7 linked, 3 break a rule.
    const fn of_percent(percent: u32) -> Self {
        match percent {
            0..70 => Self::Short,
            70..78 => Self::Long,
            78..90 => Self::Foreign,
            90..97 => Self::Linked,
            _ => Self::Breaking,
        }
    }
}

/// All texts, each with its sort.
#[derive(Debug)]
pub(super) struct Corpus(Vec<(Sort, String)>);

impl Corpus {
    /// The texts of this seed.
    pub(super) fn draw(seed: u64) -> Self {
        let mut chance = SmallRng::seed_from_u64(seed ^ 0x7E87);
        let listed = rules::words(seed);
        let text = |_| {
            let sort = Sort::of_percent(chance.random_range(0..100));
            (sort, written(sort, &listed, &mut chance))
        };
        Self((0..TEXTS).map(text).collect())
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, text)| text.as_str())
    }

    pub(super) fn of(&self, wanted: Sort) -> impl Iterator<Item = &str> {
        let some = self.0.iter().filter(move |(sort, _)| *sort == wanted);
        some.map(|(_, text)| text.as_str())
    }
}

fn written(sort: Sort, listed: &[String], chance: &mut SmallRng) -> String {
    match sort {
        Sort::Short => {
            let count = chance.random_range(1..14);
            chat(count, &ENGLISH, chance)
        }
        Sort::Long => {
            let count = chance.random_range(60..340);
            chat(count, &ENGLISH, chance)
        }
        Sort::Foreign => {
            let words = FOREIGN[chance.random_range(0..FOREIGN.len())];
            let count = chance.random_range(2..24);
            chat(count, words, chance)
        }
        Sort::Linked => {
            let count = chance.random_range(1..14);
            let words = chat(count, &ENGLISH, chance);
            let link = LINKS[chance.random_range(0..LINKS.len())];
            format!("{words} {link}{}", chance.random_range(0..100_000))
        }
        Sort::Breaking => {
            let count = chance.random_range(1..14);
            let words = chat(count, &ENGLISH, chance);
            let word = listed[chance.random_range(0..listed.len())].replace('*', "");
            let word = match chance.random_range(0..3) {
                0 => word.replace('a', "4").replace('e', "3"),
                1 => word.replace('o', "о").replace('a', "а"),
                _ => word,
            };
            format!("{words} {word}")
        }
    }
}

/// Words as people type them: some with a capital, some with a sign behind, every 20th a number.
fn chat(count: u32, words: &[&str], chance: &mut SmallRng) -> String {
    let mut text = String::new();
    for at in 0..count {
        if at > 0 {
            text.push(' ');
        }
        if chance.random_ratio(1, 20) {
            text.push_str(&chance.random_range(0..3_000).to_string());
            continue;
        }
        let word = words[chance.random_range(0..words.len())];
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if at == 0 || chance.random_ratio(1, 12) => {
                text.extend(first.to_uppercase());
                text.push_str(letters.as_str());
            }
            _ => text.push_str(word),
        }
        if chance.random_ratio(1, 9) {
            text.push(['.', ',', '!', '?', ':', '\''][chance.random_range(0..6)]);
        }
    }
    text
}

const LINKS: [&str; 8] = [
    "https://www.example.com/watch?v=",
    "https://cdn.example.net/attachments/8123/",
    "http://news.example.org/2026/11/",
    "<https://docs.example.com/page#part->",
    "https://media.example.com/view/funny-cat-gif-",
    "https://example.com/go?url=https%3A%2F%2Fother.example%2F",
    "[the rules](https://example.com/rules) <@2000000000000",
    "<@&3000000000000> <#4000000000000> https://example.com/",
];

const ENGLISH: [&str; 120] = [
    "the", "be", "to", "of", "and", "a", "in", "that", "have", "i", "it", "for", "not", "on",
    "with", "he", "as", "you", "do", "at", "this", "but", "his", "by", "from", "they", "we", "say",
    "her", "she", "or", "an", "will", "my", "one", "all", "would", "there", "their", "what", "so",
    "up", "out", "if", "about", "who", "get", "which", "go", "me", "when", "make", "can", "like",
    "time", "no", "just", "him", "know", "take", "people", "into", "year", "your", "good", "some",
    "could", "them", "see", "other", "than", "then", "now", "look", "only", "come", "its", "over",
    "think", "also", "back", "after", "use", "two", "how", "our", "work", "first", "well", "way",
    "even", "new", "want", "because", "any", "these", "give", "day", "most", "us", "lol", "game",
    "server", "anyone", "tonight", "stream", "update", "patch", "ranked", "invite", "voice",
    "thanks", "gonna", "really", "tomorrow", "weekend", "awesome", "nice", "brb", "wait",
];

const FOREIGN: [&[&str]; 5] = [
    &[
        "ich",
        "möchte",
        "heute",
        "später",
        "spielen",
        "wäre",
        "schön",
        "für",
        "größer",
        "müssen",
        "und",
        "nicht",
        "natürlich",
        "über",
        "Straße",
        "Grüße",
        "wünsche",
        "allen",
    ],
    &[
        "привет",
        "как",
        "дела",
        "сегодня",
        "играть",
        "хорошо",
        "спасибо",
        "завтра",
        "вечером",
        "сервер",
        "обновление",
        "новый",
        "друзья",
        "давай",
        "потом",
        "очень",
    ],
    &[
        "今天",
        "一起",
        "玩游戏",
        "吗",
        "服务器",
        "更新了",
        "明天见",
        "谢谢大家",
        "好的",
        "没问题",
        "晚上",
        "直播",
        "真的很好",
        "我觉得",
        "可以",
    ],
    &[
        "مرحبا",
        "كيف",
        "حالك",
        "اليوم",
        "نلعب",
        "شكرا",
        "غدا",
        "جميل",
        "السلام",
        "عليكم",
    ],
    &[
        "lol",
        "😂😂😂",
        "nice",
        "🔥",
        "gg",
        "❤️",
        "👍🏽",
        "que",
        "mañana",
        "así",
        "français",
        "été",
        "🇩🇪",
        "👩‍🚀",
        "wow",
        "noël",
        "über",
        "déjà",
    ],
];

#[cfg(test)]
mod tests {
    use super::{Corpus, Sort};

    #[test]
    fn the_same_seed_draws_the_same_texts_of_every_sort_as_long_as_discord_takes_them() {
        let corpus = Corpus::draw(5);
        let again = Corpus::draw(5);
        assert!(corpus.all().eq(again.all()));
        for sort in Sort::ALL {
            assert!(corpus.of(sort).count() > 50, "{sort:?}");
        }
        assert!(corpus.all().all(|text| text.chars().count() <= 4_000));
    }
}
