//! The icons: strokes on a grid of 24, in the colour of the text around them, never the only sign of a meaning.

use maud::{Markup, html};

/// Which icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    Home,
    Why,
    Shield,
    Coins,
    Settings,
    Search,
    Menu,
    Chevron,
    Check,
    Warning,
    Wrong,
    Note,
    Person,
    Key,
    Clock,
    Undo,
    Empty,
    Spark,
    Grid,
    Book,
    Bolt,
    Disk,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Home => "M4 11 12 4l8 7M6 9.5V20h12V9.5M10 20v-5h4v5",
            Self::Why => {
                "M9.2 9a2.9 2.9 0 1 1 4.2 2.6c-.9.5-1.4 1-1.4 2.1M12 17h.01M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Z"
            }
            Self::Shield => "M12 3 5 6v5.5c0 4.3 2.9 7.6 7 9.5 4.1-1.9 7-5.2 7-9.5V6l-7-3Z",
            Self::Coins => {
                "M9 14a6 3 0 1 0 0-6 6 3 0 0 0 0 6ZM3 11v4c0 1.7 2.7 3 6 3 1 0 2-.1 2.8-.4M15 11V9M15 20c3.3 0 6-1.3 6-3v-3M15 17a6 3 0 1 0 0-6 6 3 0 0 0 0 6ZM9 14v3c0 1.7 2.7 3 6 3"
            }
            Self::Settings => "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5",
            Self::Search => "M11 4.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM16 16l4 4",
            Self::Menu => "M4 7h16M4 12h16M4 17h16",
            Self::Chevron => "m6 9.5 6 6 6-6",
            Self::Check => "m5 12.5 4.5 4.5L19 7.5",
            Self::Warning => "M12 4 2.8 19.5h18.4L12 4ZM12 10v4.5M12 17h.01",
            Self::Wrong => "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18ZM9 9l6 6M15 9l-6 6",
            Self::Note => "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18ZM12 11v5M12 8h.01",
            Self::Person => "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20a7.5 7.5 0 0 1 15 0",
            Self::Key => "M8 19a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM11 12l8-8M16 7l2.5 2.5",
            Self::Clock => "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18ZM12 7.5V12l3 2",
            Self::Undo => "M8.5 5 4 9.5 8.5 14M4 9.5h10a5.5 5.5 0 0 1 0 11h-3",
            Self::Empty => "M4 13 6.5 5h11L20 13v6H4v-6ZM4 13h5c0 1.7 1.3 3 3 3s3-1.3 3-3h5",
            Self::Spark => "M12 3v5M12 16v5M3 12h5M16 12h5M6 6l3 3M15 15l3 3M18 6l-3 3M9 15l-3 3",
            Self::Book => {
                "M12 6.5C10 5 7.5 4.5 4 4.5V18c3.5 0 6 .5 8 2 2-1.5 4.5-2 8-2V4.5c-3.5 0-6 .5-8 2ZM12 6.5V20"
            }
            Self::Bolt => "M13 3 5 13.5h6L10 21l9-11.5h-6.5L13 3Z",
            Self::Disk => {
                "M12 10c4.4 0 8-1.3 8-3s-3.6-3-8-3-8 1.3-8 3 3.6 3 8 3ZM4 7v10c0 1.7 3.6 3 8 3s8-1.3 8-3V7M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3"
            }
            Self::Grid => "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
        }
    }
}

/// An icon that says nothing to a screen reader: words stand beside it.
pub(crate) fn icon(icon: Icon) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" aria-hidden="true" { path d=(icon.path()) {} }
    }
}

/// The same in the colour of a meaning.
pub(crate) fn toned(shown: Icon, class: &str) -> Markup {
    html! {
        svg class={ "icon " (class) } viewBox="0 0 24 24" aria-hidden="true" { path d=(shown.path()) {} }
    }
}
