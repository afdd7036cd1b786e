//! Eight characters to start from, each whole: who it is, how it writes, how it greets, and a talk to judge it by.
//!
//! None of them pretends to be a person, gives advice that needs a profession, or talks to keep a server busy.

mod characters;

pub use characters::PRESETS;

/// The character that a new guild has.
pub const DEFAULT_PRESET: &str = "concierge";

/// A character to start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// Its name in settings.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// One line for whoever chooses.
    pub pitch: &'static str,
    /// Who it is, said to the model.
    pub prompt: &'static str,
    /// How it writes, said to the model.
    pub style: &'static str,
    /// How it says hello.
    pub greeting: &'static str,
    /// A talk to judge it by: what a member says, and what it answers.
    pub example: &'static [(&'static str, &'static str)],
    /// Its colour, as red, green and blue.
    pub colour: u32,
    /// Its emoji.
    pub emoji: &'static str,
}

/// The preset of this name.
#[must_use]
pub fn preset(id: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.id == id)
}

/// The picture of a preset, a PNG file; the default one's where its name is not known.
#[must_use]
pub fn picture(id: &str) -> &'static [u8] {
    match id {
        "librarian" => include_bytes!("../../../../assets/personas/librarian.png"),
        "tavern" => include_bytes!("../../../../assets/personas/tavern.png"),
        "coach" => include_bytes!("../../../../assets/personas/coach.png"),
        "engineer" => include_bytes!("../../../../assets/personas/engineer.png"),
        "naturalist" => include_bytes!("../../../../assets/personas/naturalist.png"),
        "captain" => include_bytes!("../../../../assets/personas/captain.png"),
        "host" => include_bytes!("../../../../assets/personas/host.png"),
        _ => include_bytes!("../../../../assets/personas/concierge.png"),
    }
}

#[cfg(test)]
mod tests {
    use super::{DEFAULT_PRESET, PRESETS, picture, preset};

    #[test]
    fn each_preset_is_whole_and_has_a_name_of_its_own() {
        assert_eq!(PRESETS.len(), 8);
        assert!(preset(DEFAULT_PRESET).is_some());
        let mut ids: Vec<_> = PRESETS.iter().map(|preset| preset.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 8);
        for preset in PRESETS {
            assert!((250..1_500).contains(&preset.prompt.len()), "{}", preset.id);
            assert!((60..600).contains(&preset.style.len()), "{}", preset.id);
            assert!(preset.pitch.chars().count() <= 100, "{}", preset.id);
            assert!(preset.name.chars().count() <= 32, "{}", preset.id);
            assert!(preset.greeting.len() <= 300, "{}", preset.id);
            assert!(preset.example.len() >= 2, "{}", preset.id);
            assert!(preset.colour <= 0xFF_FF_FF);
            assert!(picture(preset.id).starts_with(b"\x89PNG"), "{}", preset.id);
            let is_its_own = preset.id == DEFAULT_PRESET || picture(preset.id) != picture("");
            assert!(is_its_own, "{}", preset.id);
            let all = format!("{} {} {}", preset.prompt, preset.style, preset.greeting);
            assert!(!all.contains('@') && !all.contains("http"), "{}", preset.id);
        }
    }
}
