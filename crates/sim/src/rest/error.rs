//! Discord's error answers: the status, the code and the words, and the tree of a refused body.
//! What always holds: every refusal has Discord's own code where it has one; code 0 stands for plain HTTP refusals, as there.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::limits::{Fault, Problems};
use crate::world::{Noun, WorldError};

/// Every refusal of the simulator that Discord has a code for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    Unauthorized,
    NotFound,
    MethodNotAllowed,
    UserAgentMissing,
    UnknownApplication,
    UnknownChannel,
    UnknownGuild,
    UnknownMember,
    UnknownMessage,
    UnknownRole,
    UnknownUser,
    UnknownEmoji,
    UnknownWebhook,
    UnknownBan,
    UnknownInteraction,
    UnknownCommand,
    UnknownCommandPermissions,
    NotYourApplication,
    BodyTooLarge,
    FileTooLarge,
    AlreadyAcknowledged,
    CommandsFull,
    ThreadExists,
    WebhooksFull,
    RolesFull,
    ReactionsFull,
    UserBannedFromGuild,
    MissingAccess,
    WrongChannelKind,
    NotOnDirects,
    OthersMessage,
    EmptyMessage,
    CannotMessageUser,
    MissingPermissions,
    MissingScope,
    BulkDeleteCount,
    BulkDeleteAge,
    InvalidRole,
    InvalidWebhookToken,
    InvalidForm,
    InvalidJson,
    ReplyNeedsHistory,
    ThreadArchived,
    ChannelNotText,
}

impl Code {
    /// Discord's number and words.
    pub(crate) const fn parts(self) -> (u32, &'static str) {
        match self {
            Self::Unauthorized => (0, "401: Unauthorized"),
            Self::NotFound => (0, "404: Not Found"),
            Self::MethodNotAllowed => (0, "405: Method Not Allowed"),
            Self::UserAgentMissing => (40_333, "internal network error"),
            Self::UnknownApplication => (10_002, "Unknown Application"),
            Self::UnknownChannel => (10_003, "Unknown Channel"),
            Self::UnknownGuild => (10_004, "Unknown Guild"),
            Self::UnknownMember => (10_007, "Unknown Member"),
            Self::UnknownMessage => (10_008, "Unknown Message"),
            Self::UnknownRole => (10_011, "Unknown Role"),
            Self::UnknownUser => (10_013, "Unknown User"),
            Self::UnknownEmoji => (10_014, "Unknown Emoji"),
            Self::UnknownWebhook => (10_015, "Unknown Webhook"),
            Self::UnknownBan => (10_026, "Unknown Ban"),
            Self::UnknownInteraction => (10_062, "Unknown interaction"),
            Self::UnknownCommand => (10_063, "Unknown application command"),
            Self::UnknownCommandPermissions => (10_066, "Unknown application command permissions"),
            Self::NotYourApplication => (
                20_012,
                "You are not authorized to perform this action on this application",
            ),
            Self::BodyTooLarge | Self::FileTooLarge => (40_005, "Request entity too large"),
            Self::AlreadyAcknowledged => (40_060, "Interaction has already been acknowledged."),
            Self::CommandsFull => (
                30_032,
                "Maximum number of application commands reached (100).",
            ),
            Self::ThreadExists => (
                160_004,
                "A thread has already been created for this message",
            ),
            Self::WebhooksFull => (30_007, "Maximum number of webhooks reached (15)"),
            Self::RolesFull => (30_005, "Maximum number of server roles reached (250)"),
            Self::ReactionsFull => (30_010, "Maximum number of reactions reached (20)"),
            Self::UserBannedFromGuild => (40_007, "The user is banned from this guild."),
            Self::MissingAccess => (50_001, "Missing Access"),
            Self::WrongChannelKind => (50_024, "Cannot execute action on this channel type"),
            Self::NotOnDirects => (50_003, "Cannot execute action on a DM channel"),
            Self::OthersMessage => (50_005, "Cannot edit a message authored by another user"),
            Self::EmptyMessage => (50_006, "Cannot send an empty message"),
            Self::CannotMessageUser => (50_007, "Cannot send messages to this user"),
            Self::ChannelNotText => (50_008, "Cannot send messages in a non-text channel"),
            Self::MissingPermissions => (50_013, "Missing Permissions"),
            Self::MissingScope => (50_026, "Missing required OAuth2 scope"),
            Self::BulkDeleteCount => (
                50_016,
                "Provided too few or too many messages to delete. Must provide at least 2 and fewer than 100 messages to delete.",
            ),
            Self::InvalidWebhookToken => (50_027, "Invalid Webhook Token"),
            Self::InvalidRole => (50_028, "Invalid Role"),
            Self::BulkDeleteAge => (
                50_034,
                "You can only bulk delete messages that are under 14 days old.",
            ),
            Self::InvalidForm => (50_035, "Invalid Form Body"),
            Self::ReplyNeedsHistory => (
                160_002,
                "Cannot reply without permission to read message history",
            ),
            Self::ThreadArchived => (50_083, "Thread is archived"),
            Self::InvalidJson => (50_109, "The request body contains invalid JSON."),
        }
    }

    /// The HTTP status that it comes with.
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::Unauthorized | Self::InvalidWebhookToken => StatusCode::UNAUTHORIZED,
            Self::UserAgentMissing
            | Self::NotYourApplication
            | Self::UserBannedFromGuild
            | Self::MissingAccess
            | Self::NotOnDirects
            | Self::OthersMessage
            | Self::CannotMessageUser
            | Self::MissingPermissions
            | Self::MissingScope
            | Self::ReplyNeedsHistory => StatusCode::FORBIDDEN,
            Self::NotFound
            | Self::UnknownApplication
            | Self::UnknownChannel
            | Self::UnknownGuild
            | Self::UnknownMember
            | Self::UnknownMessage
            | Self::UnknownRole
            | Self::UnknownUser
            | Self::UnknownWebhook
            | Self::UnknownBan
            | Self::UnknownInteraction
            | Self::UnknownCommand
            | Self::UnknownCommandPermissions => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge | Self::FileTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnknownEmoji
            | Self::AlreadyAcknowledged
            | Self::CommandsFull
            | Self::ThreadExists
            | Self::WebhooksFull
            | Self::RolesFull
            | Self::ReactionsFull
            | Self::WrongChannelKind
            | Self::EmptyMessage
            | Self::ChannelNotText
            | Self::BulkDeleteCount
            | Self::InvalidRole
            | Self::BulkDeleteAge
            | Self::InvalidForm
            | Self::ThreadArchived
            | Self::InvalidJson => StatusCode::BAD_REQUEST,
        }
    }
}

/// A refusal on its way out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ApiError {
    pub(crate) code: Code,
    /// The tree of faults, only with `InvalidForm`.
    errors: Option<Value>,
}

impl ApiError {
    /// A single fault in a body or query.
    pub(crate) fn fault(at: &str, fault: Fault) -> Self {
        Problems::one(at, fault).into()
    }

    /// An id in the path or query that isn't one.
    pub(crate) fn not_snowflake(name: &str, text: &str) -> Self {
        Self::fault(name, Fault::not_snowflake(&Value::from(text)))
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.code.status()
    }

    /// The body, as clients read it.
    pub(crate) fn body(&self) -> Value {
        let (number, words) = self.code.parts();
        match &self.errors {
            None => json!({"message": words, "code": number}),
            Some(tree) => json!({"message": words, "code": number, "errors": tree}),
        }
    }
}

impl From<Code> for ApiError {
    fn from(code: Code) -> Self {
        Self { code, errors: None }
    }
}

impl From<Problems> for ApiError {
    fn from(problems: Problems) -> Self {
        Self {
            code: Code::InvalidForm,
            errors: Some(problems.into_tree()),
        }
    }
}

impl From<WorldError> for ApiError {
    fn from(error: WorldError) -> Self {
        match error {
            WorldError::Unknown(noun) => unknown(noun).into(),
            WorldError::Banned { .. } => Code::UserBannedFromGuild.into(),
            WorldError::Refused(why) => Self::fault("", Fault::new("BASE_TYPE_INVALID", why)),
        }
    }
}

/// The code that says a thing isn't there.
pub(crate) const fn unknown(noun: Noun) -> Code {
    match noun {
        Noun::User => Code::UnknownUser,
        Noun::Application => Code::UnknownApplication,
        Noun::Guild => Code::UnknownGuild,
        Noun::Role => Code::UnknownRole,
        Noun::Member => Code::UnknownMember,
        Noun::Ban => Code::UnknownBan,
        Noun::Channel => Code::UnknownChannel,
        Noun::Message => Code::UnknownMessage,
        Noun::Emoji => Code::UnknownEmoji,
        Noun::Webhook => Code::UnknownWebhook,
        Noun::Command => Code::UnknownCommand,
        Noun::Interaction => Code::UnknownInteraction,
    }
}

/// A JSON answer with Discord's content type.
pub(crate) fn json_response(status: StatusCode, body: &Value) -> Response {
    let mut response = (status, body.to_string()).into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        json_response(self.status(), &self.body())
    }
}
