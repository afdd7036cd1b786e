//! Why the page's API refused, in words for the person who looks at the page.
//! What always holds: a refusal says what is wrong and, where that helps, what to do; nothing of the inside is told.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::control::ControlError;
use crate::world::{Noun, WorldError};

/// A refusal of the page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PageFault {
    #[error("There is no member with this id. Choose another one to act as.")]
    NoMember,
    #[error("There is nobody to act as yet. Make a server with members first.")]
    Nobody,
    #[error("This channel is not there, or this member may not see it.")]
    NoChannel,
    #[error("This message is not there any more.")]
    NoMessage,
    #[error("This command is not there any more. Reload the page.")]
    NoCommand,
    #[error("This member may not {0} here.")]
    NotAllowed(&'static str),
    #[error("{0}")]
    Invalid(String),
    #[error("The server has too much to do at the moment. Try again in a few seconds.")]
    Busy,
    #[error("Another site asked for this, and may not.")]
    OtherSite,
}

impl PageFault {
    pub(crate) fn invalid(words: impl Into<String>) -> Self {
        Self::Invalid(words.into())
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::NoMember | Self::Nobody | Self::NoChannel | Self::NoMessage | Self::NoCommand => {
                StatusCode::NOT_FOUND
            }
            Self::NotAllowed(_) | Self::OtherSite => StatusCode::FORBIDDEN,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl From<WorldError> for PageFault {
    fn from(error: WorldError) -> Self {
        match error {
            WorldError::Unknown(Noun::Channel) => Self::NoChannel,
            WorldError::Unknown(Noun::User | Noun::Member) => Self::NoMember,
            WorldError::Unknown(Noun::Command | Noun::Application) => Self::NoCommand,
            WorldError::Unknown(_) => Self::NoMessage,
            WorldError::Banned { .. } => Self::NotAllowed("do anything"),
            WorldError::Refused(words) => Self::invalid(words),
        }
    }
}

impl From<ControlError> for PageFault {
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::World(error) => error.into(),
            ControlError::NoCommand { .. } => Self::NoCommand,
            ControlError::BadOption { name, reason } => {
                Self::Invalid(format!("Option {name}: {reason}."))
            }
            ControlError::BadField { custom_id, reason } => {
                Self::Invalid(format!("Field {custom_id}: {reason}."))
            }
            ControlError::BadComponent { reason, .. } => {
                Self::Invalid(format!("This can't be used: {reason}."))
            }
            ControlError::Forbidden { .. } => Self::NotAllowed("do that"),
            ControlError::NoForm => {
                Self::invalid("This form was sent already, or is too old. Open it again.")
            }
            ControlError::TooLate(_) | ControlError::ClockRuns => Self::Busy,
            ControlError::Refused(words) => Self::Invalid(words),
        }
    }
}

impl IntoResponse for PageFault {
    fn into_response(self) -> Response {
        (self.status(), Json(json!({"message": self.to_string()}))).into_response()
    }
}
