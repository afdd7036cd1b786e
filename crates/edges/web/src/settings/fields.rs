//! Every setting that has a field, by section and group.

use super::{
    Kind::{
        Channel, Channels, Choice, Dollars, Line, List, Maybe, MaybeChoice, Preset, Roles, Share,
        Some, Switch, Text, Whole,
    },
    Setting,
};

/// A page of settings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Section {
    /// Its name in addresses.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) groups: &'static [Group],
}

/// Settings that belong together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) settings: &'static [Setting],
}

/// A setting.
pub(super) const fn set(
    pointer: &'static str,
    label: &'static str,
    hint: &'static str,
    kind: super::Kind,
) -> Setting {
    Setting {
        pointer,
        label,
        hint,
        kind,
    }
}

const REWARD_MAX: i64 = economy::REWARD_MAX;
const AMOUNT_MAX: i64 = kernel::Amount::MAX.get();

/// All sections, in the order of their tabs.
pub(crate) const SECTIONS: [Section; 5] = [
    Section {
        name: "economy",
        title: "Economy",
        groups: &[COINS, DAILY, PAYMENTS],
    },
    Section {
        name: "persona",
        title: "Persona",
        groups: &[CHARACTER, LISTENS],
    },
    Section {
        name: "moderation",
        title: "Moderation",
        groups: &[ORDER, LEFT_ALONE],
    },
    Section {
        name: "memory",
        title: "Memory and privacy",
        groups: &[REMEMBERS, BUDGETS, PRIVACY],
    },
    Section {
        name: "ai",
        title: "Models and cost",
        groups: &[PROVIDER, CAPS],
    },
];

const COINS: Group = Group {
    title: "Coins",
    lead: "What members see when they earn and pay.",
    settings: &[
        set(
            "/economy/enabled",
            "Economy",
            "Members earn, pay and are ranked.",
            Switch,
        ),
        set("/economy/currency/name", "Name of the coins", "", Line(32)),
        set(
            "/economy/currency/symbol",
            "Symbol",
            "Stands behind every number.",
            Line(32),
        ),
        set(
            "/economy/start_balance",
            "Start balance",
            "What a member finds in a new purse.",
            Whole(0, REWARD_MAX, "coins"),
        ),
    ],
};

const DAILY: Group = Group {
    title: "Daily reward",
    lead: "What /daily pays, once a calendar day.",
    settings: &[
        set(
            "/economy/daily/amount",
            "Daily reward",
            "On the first day of a streak; 0 turns /daily off.",
            Whole(0, REWARD_MAX, "coins"),
        ),
        set(
            "/economy/daily/streak_bonus",
            "Streak bonus",
            "More for each further day in a row.",
            Whole(0, REWARD_MAX, "coins a day"),
        ),
        set(
            "/economy/daily/streak_days_max",
            "Bonus grows for",
            "After these days it grows no further.",
            Whole(0, economy::STREAK_DAYS_MAX, "days"),
        ),
        set(
            "/economy/daily/zone",
            "Time zone",
            "Of members who chose none, such as Europe/Berlin. Empty for UTC.",
            Maybe(64),
        ),
    ],
};

const PAYMENTS: Group = Group {
    title: "Payments",
    lead: "What one /pay may move.",
    settings: &[
        set(
            "/economy/pay/amount_min",
            "Smallest payment",
            "",
            Whole(1, AMOUNT_MAX, "coins"),
        ),
        set(
            "/economy/pay/amount_max",
            "Largest payment",
            "",
            Whole(1, AMOUNT_MAX, "coins"),
        ),
    ],
};

const CHARACTER: Group = Group {
    title: "Character",
    lead: "Who answers. An empty name, character or style stands for the preset's.",
    settings: &[
        set(
            "/persona/enabled",
            "Persona",
            "The bot answers in character.",
            Switch,
        ),
        set(
            "/persona/preset",
            "Preset",
            "The character that it starts from.",
            Preset,
        ),
        set(
            "/persona/name",
            "Name",
            "What it is called here.",
            Line(bots::NAME_LENGTH_MAX),
        ),
        set(
            "/persona/prompt",
            "Character",
            "Who it is, said to the model.",
            Text(bots::PROMPT_LENGTH_MAX),
        ),
        set(
            "/persona/style",
            "Style",
            "How it writes, said to the model.",
            Text(bots::STYLE_LENGTH_MAX),
        ),
        set(
            "/persona/knowledge",
            "Knowledge",
            "What it should know about the server: rules, places, hours.",
            Text(bots::PROMPT_LENGTH_MAX),
        ),
    ],
};

const LISTENS: Group = Group {
    title: "When it answers",
    lead: "",
    settings: &[
        set(
            "/persona/triggers",
            "Everywhere it answers to",
            "",
            Some(&[
                ("mention", "its name with an @"),
                ("reply", "a reply to one of its messages"),
                ("reaction", "a reaction with its emoji"),
            ]),
        ),
        set(
            "/persona/channels",
            "Answers every message in",
            "",
            Channels,
        ),
        set(
            "/persona/keywords",
            "Keywords",
            "Words that it answers to, one on each line.",
            List,
        ),
        set(
            "/persona/chance",
            "Joins in by itself",
            "How often it answers a message that nothing else makes it answer.",
            Share,
        ),
        set("/persona/reaction", "Its emoji", "", Line(8)),
        set(
            "/persona/cooldown_seconds",
            "Pause",
            "Between two answers in a channel that nobody asked for by name.",
            Whole(0, 86_400, "seconds"),
        ),
        set(
            "/persona/answer_tokens_max",
            "Longest answer",
            "About four letters each.",
            Whole(16, 4_000, "tokens"),
        ),
    ],
};

const ORDER: Group = Group {
    title: "Keeping order",
    lead: "Rules themselves stand in the document; this is what holds for all of them.",
    settings: &[
        set(
            "/moderation/enabled",
            "Moderation",
            "Rules look at every message.",
            Switch,
        ),
        set(
            "/moderation/log_channel_id",
            "Log channel",
            "Where cards about decisions are posted, with buttons to undo.",
            Channel,
        ),
        set(
            "/moderation/kept_days",
            "Removed messages are kept for",
            "So that they can be given back.",
            Whole(0, 30, "days"),
        ),
        set(
            "/moderation/points/decay_days",
            "Points count for",
            "After these days a case's points count no longer.",
            Whole(1, 3_650, "days"),
        ),
    ],
};

const LEFT_ALONE: Group = Group {
    title: "Left alone",
    lead: "No rule looks at these.",
    settings: &[
        set(
            "/moderation/exempt_role_ids",
            "Roles",
            "Members with one of them.",
            Roles,
        ),
        set(
            "/moderation/exempt_channel_ids",
            "Channels",
            "Messages in them.",
            Channels,
        ),
    ],
};

const REMEMBERS: Group = Group {
    title: "What is remembered",
    lead: "Members see, correct and erase what is remembered about them with /memory and /privacy.",
    settings: &[
        set(
            "/memory/enabled",
            "Memory",
            "Anything is remembered at all.",
            Switch,
        ),
        set(
            "/memory/learn",
            "Learn from talks",
            "What members add themselves is kept all the same.",
            Switch,
        ),
        set("/memory/guild_facts", "Learn about the server", "", Switch),
        set(
            "/memory/member_facts_max",
            "Facts about one member",
            "At most.",
            Whole(1, 1_000, "facts"),
        ),
        set(
            "/memory/guild_facts_max",
            "Facts about the server",
            "At most.",
            Whole(1, 5_000, "facts"),
        ),
    ],
};

const BUDGETS: Group = Group {
    title: "How much goes into one answer",
    lead: "In tokens, about four letters each. More remembers further back and costs more.",
    settings: &[
        set(
            "/memory/budgets/channel",
            "What was last said in the channel",
            "",
            Whole(0, 16_000, "tokens"),
        ),
        set(
            "/memory/budgets/member",
            "What the asker last said elsewhere",
            "",
            Whole(0, 16_000, "tokens"),
        ),
        set(
            "/memory/budgets/server",
            "What was last said in the server",
            "",
            Whole(0, 16_000, "tokens"),
        ),
        set(
            "/memory/budgets/summary",
            "The summary of what was said before",
            "",
            Whole(0, 16_000, "tokens"),
        ),
        set(
            "/memory/budgets/facts",
            "Facts",
            "",
            Whole(0, 16_000, "tokens"),
        ),
    ],
};

const PRIVACY: Group = Group {
    title: "How long words are kept",
    lead: "Discord's rules allow 30 days for the text of messages. Whoever hosts this may keep it for fewer.",
    settings: &[
        set(
            "/privacy/retention_days",
            "Words of members",
            "",
            Whole(1, 30, "days"),
        ),
        set(
            "/privacy/memory_days",
            "Facts",
            "After they were last said.",
            Whole(1, 365, "days"),
        ),
    ],
};

const PROVIDER: Group = Group {
    title: "Whose model answers",
    lead: "",
    settings: &[
        set(
            "/ai/source",
            "Provider",
            "",
            Choice(&[
                ("shared", "The operator's, shared"),
                ("own", "Your own, with your key"),
            ]),
        ),
        set(
            "/ai/kind",
            "Its sort",
            "Of a provider of your own.",
            MaybeChoice(&[
                ("openai", "OpenAI, or what speaks like it"),
                ("anthropic", "Anthropic"),
                ("gemini", "Gemini"),
                ("offline", "The built-in model"),
            ]),
        ),
        set(
            "/ai/base_url",
            "Its address",
            "Empty for the vendor's own.",
            Maybe(300),
        ),
        set(
            "/ai/model",
            "Model",
            "Such as the name that your provider gives it.",
            Maybe(100),
        ),
    ],
};

const CAPS: Group = Group {
    title: "What may be spent in a day",
    lead: "Set aside before a model is asked. 0 allows what costs nothing. Of the shared model, whoever hosts this may \
           allow less.",
    settings: &[
        set(
            "/ai/caps/guild_day_micros",
            "By the whole server",
            "",
            Dollars,
        ),
        set("/ai/caps/member_day_micros", "By each member", "", Dollars),
    ],
};
