//! The few settings of a persona that one needs to begin with; the rest stands in the settings.

use super::{
    Group,
    Kind::{Channels, Line, Some, Text},
    Section, set,
};

/// The fields of the wizard.
pub(crate) const WIZARD: Section = Section {
    name: "persona",
    title: "Persona",
    groups: &[
        Group {
            title: "Who it is",
            lead: "Left empty, name and character are the preset's.",
            settings: &[
                set(
                    "/persona/name",
                    "Name",
                    "What it is called here.",
                    Line(bots::NAME_LENGTH_MAX),
                ),
                set(
                    "/persona/prompt",
                    "Character",
                    "In your own words, said to the model; it takes the place of the preset's.",
                    Text(bots::PROMPT_LENGTH_MAX),
                ),
            ],
        },
        Group {
            title: "Where it answers",
            lead: "Besides /chat, which always works.",
            settings: &[
                set(
                    "/persona/triggers",
                    "Everywhere to",
                    "",
                    Some(&[
                        ("mention", "its name with an @"),
                        ("reply", "a reply to one of its messages"),
                        ("reaction", "a reaction with its emoji"),
                    ]),
                ),
                set("/persona/channels", "Every message in", "", Channels),
            ],
        },
    ],
};
