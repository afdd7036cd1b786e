//! A tag: one word on a soft ground, with a sign, so that it is never told by colour alone.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// What something means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Tone {
    #[default]
    Plain,
    Good,
    Warning,
    Danger,
    Info,
    Accent,
}

impl Tone {
    /// The class that carries it.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Danger => "danger",
            Self::Info => "info",
            Self::Accent => "accent",
        }
    }

    /// The sign that stands for it.
    pub(crate) const fn sign(self) -> Option<Icon> {
        match self {
            Self::Plain | Self::Accent => None,
            Self::Good => Some(Icon::Check),
            Self::Warning => Some(Icon::Warning),
            Self::Danger => Some(Icon::Wrong),
            Self::Info => Some(Icon::Note),
        }
    }
}

/// A tag.
pub(crate) fn tag(tone: Tone, text: &str) -> Markup {
    html! {
        span class={ "tag " (tone.class()) } {
            @if let Some(sign) = tone.sign() { (icon(sign)) }
            (text)
        }
    }
}
