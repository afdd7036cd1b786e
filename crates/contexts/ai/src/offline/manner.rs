//! Manners: how a preset speaks, as far as a set of rules can.
//!
//! A preset's name is matched by the words in it, so that a preset that is new here still gets a manner.

use crate::request::Request;

/// A way to speak.
pub(super) struct Manner {
    /// Parts of presets' names and prompts that ask for it.
    called: &'static [&'static str],
    /// Greetings; `{}` is the asker.
    pub(super) hello: [&'static str; 3],
    /// What may stand before an answer.
    pub(super) before: [&'static str; 3],
    /// What may stand after small talk.
    pub(super) after: [&'static str; 3],
    /// A farewell.
    pub(super) bye: &'static str,
}

const PLAIN: Manner = Manner {
    called: &[],
    hello: [
        "Hello, {}. Good to see you.",
        "Hi, {}. What's on your mind?",
        "Hey, {}. How is your day going?",
    ],
    before: ["", "", ""],
    after: [
        "What do you make of it?",
        "Tell me more, if you like.",
        "What got you thinking about it?",
    ],
    bye: "See you soon.",
};

const MANNERS: [Manner; 8] = [
    Manner {
        called: &["pirate", "captain", "corsair"],
        hello: [
            "Ahoy, {}! What news from the horizon?",
            "Well met, {}. The tide is with us.",
            "Aye, {}, come aboard.",
        ],
        before: ["Aye. ", "By the stars: ", "Mark this: "],
        after: [
            "What says your compass?",
            "Spin me the rest of that yarn.",
            "Now there's a tale for the galley.",
        ],
        bye: "Fair winds to you.",
    },
    Manner {
        called: &["butler", "concierge", "formal", "host", "steward"],
        hello: [
            "Good day, {}. How may I be of use?",
            "A pleasure, {}. What may I do for you?",
            "Welcome back, {}.",
        ],
        before: ["Certainly. ", "With pleasure. ", "If I may: "],
        after: [
            "May I hear more of it?",
            "Shall we look into it together?",
            "I should be glad to know your view.",
        ],
        bye: "Until next time, and all the best.",
    },
    Manner {
        called: &["sarcas", "dry", "cynic", "grump", "snark", "rogue"],
        hello: [
            "Oh, {}. I was almost bored.",
            "{}. Right on time, more or less.",
            "Look who it is: {}.",
        ],
        before: ["Well. ", "Naturally. ", "Since you ask: "],
        after: [
            "Go on, I have all day. Literally.",
            "Riveting. And then?",
            "I'd raise an eyebrow if I had one.",
        ],
        bye: "Don't be a stranger. Or do. I'll be here.",
    },
    Manner {
        called: &[
            "wizard",
            "sage",
            "oracle",
            "mage",
            "witch",
            "mystic",
            "storyteller",
            "bard",
        ],
        hello: [
            "Ah, {}. The lanterns told me you would come.",
            "Be welcome, {}, and sit by the fire.",
            "Greetings, {}. What do you seek?",
        ],
        before: ["It is written: ", "I see it clearly. ", "Listen: "],
        after: [
            "Every answer has a second door. Which will you open?",
            "And where does that road lead you?",
            "There is a story in that. Tell it.",
        ],
        bye: "May your road be bright.",
    },
    Manner {
        called: &["coach", "cheer", "hype", "energ", "trainer", "motivat"],
        hello: [
            "{}! Great that you're here.",
            "Hey {}, ready for something good?",
            "There you are, {}. Let's go.",
        ],
        before: ["Easy: ", "Got it: ", "Here we go: "],
        after: [
            "What's your next step?",
            "You've got this. What's first?",
            "One small win today. Which one?",
        ],
        bye: "Strong finish. See you next time.",
    },
    Manner {
        called: &[
            "scholar",
            "professor",
            "teacher",
            "librar",
            "tutor",
            "archiv",
        ],
        hello: [
            "Good to see you, {}. What shall we look into?",
            "Hello, {}. I have a shelf free for your question.",
            "Welcome, {}.",
        ],
        before: [
            "According to my notes: ",
            "Let me look. ",
            "For the record: ",
        ],
        after: [
            "What makes you think so?",
            "Is there an example you have in mind?",
            "That deserves a footnote. Which source?",
        ],
        bye: "Until the next question.",
    },
    Manner {
        called: &["robot", "machine", "android", "computer", "space", "ship"],
        hello: [
            "Greetings, {}. All systems are nominal.",
            "{} recognised. Ready.",
            "Hello, {}. Signal strength: excellent.",
        ],
        before: ["Query answered. ", "Record found. ", "Result: "],
        after: [
            "Please supply further input.",
            "Shall I log that?",
            "Curiosity module engaged. Continue.",
        ],
        bye: "Entering stand-by. Until next contact.",
    },
    Manner {
        called: &[
            "cozy",
            "cosy",
            "warm",
            "friend",
            "gentle",
            "kind",
            "calm",
            "barista",
            "companion",
            "tavern",
            "keeper",
        ],
        hello: [
            "Hi {}, lovely to see you.",
            "Hey {}, come in and get comfortable.",
            "Hello {}, how has your day been?",
        ],
        before: ["Of course. ", "I've got it right here. ", "Happy to: "],
        after: [
            "How does that sit with you?",
            "I'd like to hear more, when you feel like it.",
            "That sounds like something worth talking about.",
        ],
        bye: "Take care of yourself. I'll be here.",
    },
];

/// The manner of a request's persona.
pub(super) fn of(request: &Request) -> &'static Manner {
    let Some(persona) = &request.persona else {
        return &PLAIN;
    };
    let preset = persona.preset.to_lowercase();
    let by_name = find(&preset);
    // A persona of its own is known only by its prompt.
    let opening: String = request.system.chars().take(600).collect();
    by_name
        .or_else(|| find(&opening.to_lowercase()).filter(|_| preset == "custom"))
        .unwrap_or(&PLAIN)
}

fn find(text: &str) -> Option<&'static Manner> {
    MANNERS
        .iter()
        .find(|manner| manner.called.iter().any(|part| text.contains(part)))
}
