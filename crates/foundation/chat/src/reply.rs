//! What is answered: words, one embed, buttons, a picture, and whom it pings.

use kernel::UserId;
use serde::{Deserialize, Serialize};

use crate::{Link, Page, Picture};

/// An answer or a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Who sees it.
    pub visibility: Visibility,
    /// The words above the embed; split at 2,000 characters when sent.
    pub text: String,
    /// The embed, where there is one.
    pub embed: Option<Embed>,
    /// Rows of buttons or selects under it.
    pub rows: Vec<Row>,
    /// A picture, where there is one; drawn when the reply leaves, which then goes without it where that fails.
    pub picture: Option<Box<Picture>>,
    /// A file to keep, where there is one.
    #[serde(default)]
    pub document: Option<Box<Document>>,
    /// The only users that it may ping.
    pub pings: Vec<UserId>,
}

/// Who sees a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Visibility {
    /// Everyone in the channel.
    Public,
    /// Only the asker.
    Private,
}

/// What an embed's colour means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Colour {
    /// Neither good nor bad.
    Neutral,
    /// It worked.
    Good,
    /// Look at it.
    Warning,
    /// Refused or failed.
    Danger,
}

/// The card of a reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Embed {
    /// The answer in one line.
    pub title: String,
    /// What else there is to say.
    pub description: String,
    /// What it means.
    pub colour: Colour,
    /// At most five pairs of name and value.
    pub fields: Vec<Field>,
    /// A small line under it.
    pub footer: Option<String>,
}

/// A pair inside an embed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
    /// Whether it stands beside its neighbours.
    pub inline: bool,
}

/// A row under a reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Row {
    /// Up to five buttons.
    Buttons(Vec<Button>),
    /// One select.
    Select(Select),
    /// Up to five ways into the dashboard; left out where nobody could follow them.
    Links(Vec<Link>),
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What comes back when it is pressed: the whole context, for nothing waits in memory. At most 100 characters.
    pub custom_id: String,
    /// What stands on it.
    pub label: String,
    /// How it looks.
    pub style: ButtonStyle,
    /// Whether it can be pressed.
    pub enabled: bool,
}

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ButtonStyle {
    /// The likely next step.
    Primary,
    /// Another step.
    Secondary,
    /// A good outcome.
    Success,
    /// A destructive step.
    Danger,
}

/// A select.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Select {
    /// What comes back when something is chosen.
    pub custom_id: String,
    /// What stands in it before.
    pub placeholder: String,
    /// What can be chosen, at most 25.
    pub options: Vec<SelectOption>,
}

/// An option of a select.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectOption {
    /// What the person reads.
    pub label: String,
    /// What is sent.
    pub value: String,
    /// One line about it.
    pub description: Option<String>,
    /// Whether it is chosen already.
    pub chosen: bool,
}

/// A file that goes with a reply, for whoever reads it to keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The file's name, with the ending that says what it is.
    pub file_name: String,
    /// What is in it, in words.
    pub about: String,
    /// The file, at most [`UPLOAD_MAX`] with everything else that the reply brings.
    #[serde(with = "crate::bytes")]
    pub bytes: Vec<u8>,
}

/// The most bytes that Discord takes with one message.
pub const UPLOAD_MAX: usize = 10 << 20;

/// A form that opens over the chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// What comes back when it is sent.
    pub custom_id: String,
    /// Its title, at most 45 characters.
    pub title: String,
    /// Its fields, one to five.
    pub fields: Vec<FormField>,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormField {
    /// Its id.
    pub id: String,
    /// Its label, at most 45 characters.
    pub label: String,
    /// Whether it takes several lines.
    pub multiline: bool,
    /// Whether it must be filled.
    pub required: bool,
    /// The most characters it takes, up to 4,000.
    pub max_length: u16,
    /// What stands in it at first.
    pub value: String,
}

impl Reply {
    /// A private answer in words.
    #[must_use]
    pub fn private(text: impl Into<String>) -> Self {
        Self::words(Visibility::Private, text)
    }

    /// A public answer in words.
    #[must_use]
    pub fn public(text: impl Into<String>) -> Self {
        Self::words(Visibility::Public, text)
    }

    fn words(visibility: Visibility, text: impl Into<String>) -> Self {
        Self {
            visibility,
            text: text.into(),
            embed: None,
            rows: Vec::new(),
            picture: None,
            document: None,
            pings: Vec::new(),
        }
    }

    /// An answer that is a card.
    #[must_use]
    pub fn card(visibility: Visibility, embed: Embed) -> Self {
        Self {
            embed: Some(embed),
            ..Self::words(visibility, "")
        }
    }

    /// The same with a row of buttons.
    #[must_use]
    pub fn with_buttons(mut self, buttons: Vec<Button>) -> Self {
        self.rows.push(Row::Buttons(buttons));
        self
    }

    /// The same with a way into the dashboard.
    #[must_use]
    pub fn leading_to(mut self, page: Page, label: impl Into<String>) -> Self {
        let label = label.into();
        self.rows.push(Row::Links(vec![Link { label, page }]));
        self
    }

    /// The same with a picture.
    #[must_use]
    pub fn with_picture(mut self, picture: Picture) -> Self {
        self.picture = Some(Box::new(picture));
        self
    }

    /// The same, pinging this user.
    #[must_use]
    pub fn pinging(mut self, user: UserId) -> Self {
        self.pings.push(user);
        self
    }
}

impl Embed {
    /// A card with a title and words.
    #[must_use]
    pub fn new(colour: Colour, title: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            description: description.into(),
            colour,
            fields: Vec::new(),
            footer: None,
        }
    }

    /// The same with a pair more, standing beside its neighbours: Discord puts three into a row.
    #[must_use]
    pub fn with_field(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.and_field(name.into(), value.into(), true)
    }

    /// The same with a pair more that has a row of its own: for what is a sentence or a list.
    #[must_use]
    pub fn with_wide_field(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.and_field(name.into(), value.into(), false)
    }

    fn and_field(mut self, name: String, value: String, inline: bool) -> Self {
        self.fields.push(Field {
            name,
            value,
            inline,
        });
        self
    }

    /// The same with a small line under it.
    #[must_use]
    pub fn with_footer(mut self, footer: impl Into<String>) -> Self {
        self.footer = Some(footer.into());
        self
    }
}
