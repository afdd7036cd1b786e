//! Conversation: what was asked is matched against a short list of subjects, from the most certain to small talk.

use super::{
    facts, manner,
    manner::Manner,
    recall::{self, Found},
    words::{capital, clip, drawn, plain, says, telling, to_you},
};
use crate::request::{Request, Role};

/// Words that make a poor subject of a conversation.
const PASSING: [&str; 12] = [
    "yesterday",
    "today",
    "tomorrow",
    "something",
    "anything",
    "everything",
    "nothing",
    "think",
    "maybe",
    "very",
    "always",
    "someone",
];

/// What is at hand for an answer.
struct Talk<'a> {
    request: &'a Request,
    text: &'a str,
    words: Vec<String>,
    manner: &'static Manner,
}

/// The answer to a conversation's last message.
pub(super) fn answer(request: &Request) -> String {
    let text = request.asked();
    let talk = Talk {
        request,
        text,
        words: plain(text),
        manner: manner::of(request),
    };
    talk.kept()
        .or_else(|| talk.itself())
        .or_else(|| talk.place())
        .or_else(|| talk.remembered())
        .or_else(|| talk.courtesy())
        .or_else(|| talk.known_subject())
        .unwrap_or_else(|| talk.small())
}

impl Talk<'_> {
    fn says_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| says(&self.words, phrase))
    }

    fn pick<T: Copy>(&self, from: &[T; 3]) -> T {
        let turns = self.request.messages.len();
        from[(drawn(self.text) + turns) % from.len()]
    }

    fn name(&self) -> &str {
        let persona = self.request.persona.as_ref();
        persona.map_or("Guildhall", |persona| persona.name.as_str())
    }

    fn asker(&self) -> &str {
        self.request.known("asker").unwrap_or("friend")
    }

    fn in_manner(&self, answer: &str) -> String {
        format!("{}{answer}", self.pick(&self.manner.before))
    }

    /// Something to be kept. Whether it is kept is not this model's to promise, so it says what it understood.
    fn kept(&self) -> Option<String> {
        let statements = facts::statements(self.text);
        let asked = statements.iter().find(|statement| statement.asked)?;
        Some(format!("Noted: {}.", to_you(&clip(&asked.said, 300))))
    }

    fn remembered(&self) -> Option<String> {
        Some(match recall::look_up(self.text, &self.request.memories)? {
            Found::This(memory) => self.in_manner(&memory),
            Found::All(all) => format!("This is what I remember: {}", all.join(" ")),
            Found::Nothing => {
                "I don't know that yet. Tell me with “remember that …”, and see what I keep with \
                `/memory show`."
                    .to_owned()
            }
        })
    }

    fn itself(&self) -> Option<String> {
        let what = [
            "are you an ai",
            "are you a bot",
            "are you a robot",
            "are you human",
            "are you a human",
            "are you real",
            "which model",
            "what model",
            "what are you",
            "are you chatgpt",
            "are you gpt",
            "are you claude",
            "are you gemini",
            "language model",
        ];
        if self.says_any(&what) {
            return Some(format!(
                "I'm {}, a bot. Right now I answer with Guildhall's built-in offline model: a small set of rules \
                 without a network. It remembers, judges and chats a little; for real conversation an operator \
                 connects a provider.",
                self.name()
            ));
        }
        let who = [
            "who are you",
            "what's your name",
            "what is your name",
            "your name",
            "introduce yourself",
        ];
        if self.says_any(&who) {
            let line = format!("I'm {}. ", self.name());
            return Some(
                line + "Talk to me, teach me something with “remember that …”, or ask what I know.",
            );
        }
        self.says_any(&["what can you do", "help me", "how do you work", "commands", "what do you do"])
            .then(|| {
                "Quite a bit: I chat, keep what you tell me (`/memory show` lists it), pay a `/daily`, move coins with \
                 `/pay`, keep the rules here, and say why I did something with `/why`. `/help` has the rest."
                    .to_owned()
            })
    }

    /// What is known of the server.
    fn place(&self) -> Option<String> {
        let known = |name| self.request.known(name);
        if self.says_any(&["rules", "what is allowed", "what's allowed"]) && self.asks() {
            let none = "Nobody has given me rules for this server yet.".to_owned();
            return Some(known(crate::RULES).map_or(none, |rules| {
                format!("The rules here: {}.", clip(rules, 900))
            }));
        }
        if self.says_any(&["how many members", "how many people", "how big is"]) {
            let members = known("members")?;
            return Some(self.in_manner(&format!("There are {members} members here.")));
        }
        if self.says_any(&[
            "this server",
            "the server",
            "this place",
            "where are we",
            "where am i",
        ]) && self.asks()
        {
            let server = known("server")?;
            let members = known("members").map(|members| format!(", with {members} members"));
            let about = known("about").map(|about| format!(" {}", capital(about)));
            return Some(self.in_manner(&format!(
                "This is {server}{}.{}",
                members.unwrap_or_default(),
                about.unwrap_or_default()
            )));
        }
        if self.says_any(&["which channel", "what channel", "this channel"]) && self.asks() {
            return known("channel")
                .map(|channel| self.in_manner(&format!("We are in #{channel}.")));
        }
        if self.says_any(&["who owns", "the owner", "who runs"]) && self.asks() {
            return known("owner")
                .map(|owner| self.in_manner(&format!("{owner} runs this server.")));
        }
        self.subject_of("coins", &["coin", "coins", "currency", "money", "rich", "balance"], || {
            "Claim coins once a day with `/daily`, look with `/balance`, give with `/pay`, and see who has the most \
             with `/leaderboard`."
        })
    }

    fn subject_of(
        &self,
        known: &str,
        words: &[&str],
        line: impl FnOnce() -> &'static str,
    ) -> Option<String> {
        let named = self.request.known(known);
        let hit = self.asks()
            && self
                .words
                .iter()
                .any(|word| words.contains(&word.as_str()) || named == Some(word));
        hit.then(|| self.in_manner(line()))
    }

    fn asks(&self) -> bool {
        let first = self.words.first().map_or("", String::as_str);
        self.text.contains('?')
            || [
                "what", "what's", "who", "where", "how", "which", "when", "tell", "show",
            ]
            .contains(&first)
    }

    fn courtesy(&self) -> Option<String> {
        let short = self.words.len() <= 6;
        if self.says_any(&[
            "how are you",
            "how's it going",
            "how is it going",
            "how do you do",
        ]) {
            return Some("All well on my side, thank you. And you?".to_owned());
        }
        if self.says_any(&["thanks", "thank you", "thx", "cheers"]) {
            return Some(
                self.pick(&["You're welcome.", "Any time.", "Glad to help."])
                    .to_owned(),
            );
        }
        if short && self.says_any(&["bye", "goodbye", "good night", "see you", "farewell", "cya"]) {
            return Some(self.manner.bye.to_owned());
        }
        let greets = [
            "hello",
            "hi",
            "hey",
            "good morning",
            "good evening",
            "good afternoon",
            "howdy",
            "yo",
            "greetings",
            "hiya",
            "morning",
            "ahoy",
        ];
        if short && self.says_any(&greets) {
            return Some(self.pick(&self.manner.hello).replace("{}", self.asker()));
        }
        (short && self.says_any(&["sorry", "my bad"])).then(|| "No harm done.".to_owned())
    }

    fn known_subject(&self) -> Option<String> {
        if self.says_any(&["joke", "make me laugh", "something funny"]) {
            return Some(
                self.pick(&[
                    "I told the database a joke about transactions. It laughed, then rolled back.",
                    "Why did the bot cross the channel? It had a webhook on the other side.",
                    "I would tell you a joke about timeouts, but you might not wait for the end.",
                ])
                .to_owned(),
            );
        }
        if self.says_any(&["story", "tell me something", "fun fact"]) {
            return Some(self.pick(&[
                "Octopuses have three hearts, and two of them rest while they swim. I find that enviable.",
                "A lighthouse keeper once logged every ship for thirty years, and one day logged: “No ship. Fine view.”",
                "The first message ever sent between two networked computers was “lo”. It crashed before the rest.",
            ]).to_owned());
        }
        if self.says_any(&[
            "what should i",
            "recommend",
            "suggest",
            "any ideas",
            "i'm bored",
            "i am bored",
        ]) {
            return Some(
                self.pick(&[
                    "Pick the smallest thing on your list and do it badly. It counts.",
                    "Ask somebody here what they are making; people like to be asked.",
                    "Claim your `/daily`, then challenge a friend to guess what you spend it on.",
                ])
                .to_owned(),
            );
        }
        let feeling = |sad: bool| {
            if sad {
                "That sounds hard. I'm only a small set of rules, but I'm listening; and somebody here may be glad to as well."
            } else {
                "That is good to hear. What made it so?"
            }
        };
        if self.says_any(&[
            "i'm sad",
            "i am sad",
            "i feel down",
            "i'm tired",
            "i am tired",
            "bad day",
            "i feel lonely",
        ]) {
            return Some(feeling(true).to_owned());
        }
        self.says_any(&[
            "i'm happy",
            "i am happy",
            "good day",
            "i won",
            "i passed",
            "i did it",
        ])
        .then(|| feeling(false).to_owned())
    }

    /// Everything else: taken up by its longest telling word, with a question back.
    fn small(&self) -> String {
        let telling = telling(self.text);
        let subject = telling
            .iter()
            .filter(|word| word.chars().count() > 3 && !PASSING.contains(&word.as_str()))
            .max_by_key(|word| word.chars().count());
        let after = self.pick(&self.manner.after);
        let lead = match subject {
            Some(subject) if self.asks() => format!(
                "I can't say much about {} with the built-in model I run on.",
                clip(subject, 40)
            ),
            Some(subject) => {
                let subject = clip(subject, 40);
                let leads = ["Ah, {}.", "I hear you on {}.", "{}, then."];
                capital(&self.pick(&leads).replace("{}", &subject))
            }
            None => "I'm here.".to_owned(),
        };
        let again = self
            .request
            .messages
            .iter()
            .rev()
            .find(|turn| turn.role == Role::Model);
        // The same question twice in a row sounds like a machine, which it is.
        match again {
            Some(turn) if turn.text.ends_with(after) => lead,
            _ => format!("{lead} {after}"),
        }
    }
}
