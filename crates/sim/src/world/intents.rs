//! Gateway intents: which kinds of events a session asked for, and which need Discord's leave.

pub(crate) const GUILDS: u32 = 1 << 0;
pub(crate) const MEMBERS: u32 = 1 << 1;
pub(crate) const MODERATION: u32 = 1 << 2;
pub(crate) const WEBHOOKS: u32 = 1 << 5;
pub(crate) const PRESENCES: u32 = 1 << 8;
pub(crate) const MESSAGES: u32 = 1 << 9;
pub(crate) const REACTIONS: u32 = 1 << 10;
pub(crate) const TYPING: u32 = 1 << 11;
pub(crate) const DIRECT_MESSAGES: u32 = 1 << 12;
pub(crate) const DIRECT_REACTIONS: u32 = 1 << 13;
pub(crate) const DIRECT_TYPING: u32 = 1 << 14;
pub(crate) const CONTENT: u32 = 1 << 15;

/// Every intent that Discord knows: bits 0–16, 20, 21, 24 and 25.
const KNOWN: u32 = 0x1_FFFF | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25;

/// Application flags that allow the privileged intents: for verified applications, and for small ones ("limited").
const FLAG_PRESENCE: u32 = 1 << 12 | 1 << 13;
const FLAG_MEMBERS: u32 = 1 << 14 | 1 << 15;
const FLAG_CONTENT: u32 = 1 << 18 | 1 << 19;

/// The flags of a small application whose owner switched all privileged intents on.
pub(crate) const FLAGS_ALL_PRIVILEGED: u32 = 1 << 13 | 1 << 15 | 1 << 19;

/// Whether a number is made of known intents only; else the connection is closed with 4013.
pub(crate) const fn are_valid(intents: u64) -> bool {
    intents & !(KNOWN as u64) == 0
}

/// Whether an application with these flags may ask for these intents; else the connection is closed with 4014.
pub(crate) const fn are_allowed(intents: u32, flags: u32) -> bool {
    (intents & PRESENCES == 0 || flags & FLAG_PRESENCE != 0)
        && (intents & MEMBERS == 0 || flags & FLAG_MEMBERS != 0)
        && (intents & CONTENT == 0 || flags & FLAG_CONTENT != 0)
}

#[cfg(test)]
mod tests {
    use super::{
        CONTENT, FLAGS_ALL_PRIVILEGED, MEMBERS, MESSAGES, PRESENCES, are_allowed, are_valid,
    };

    #[test]
    fn privileged_intents_need_their_flag() {
        assert!(are_allowed(MESSAGES, 0));
        for intent in [CONTENT, MEMBERS, PRESENCES] {
            assert!(!are_allowed(MESSAGES | intent, 0));
            assert!(are_allowed(MESSAGES | intent, FLAGS_ALL_PRIVILEGED));
        }
    }

    #[test]
    fn unknown_bits_are_no_intents() {
        assert!(are_valid(u64::from(CONTENT | MEMBERS)));
        assert!(!are_valid(1 << 17));
        assert!(!are_valid(1 << 40));
    }
}
