//! What a refused call tells a program.

use prost::Message;
use tonic::Status;

use crate::details::{BadRequest, Reason, Whole};

/// The details of an error, by the names they have on the wire.
pub(super) struct Details(Vec<prost_types::Any>);

impl Details {
    pub(super) fn of(status: &Status) -> Self {
        let whole = Whole::decode(status.details()).unwrap();
        assert_eq!(whole.code, i32::from(status.code()));
        assert_eq!(whole.message, status.message());
        Self(whole.details)
    }

    pub(super) fn find<T: Message + Default>(&self, name: &str) -> Option<T> {
        let name = format!("type.googleapis.com/google.rpc.{name}");
        let found = self.0.iter().find(|detail| detail.type_url == name)?;
        Some(T::decode(found.value.as_slice()).unwrap())
    }

    pub(super) fn reason(&self) -> Reason {
        self.find("ErrorInfo").unwrap()
    }

    /// The fields that were not acceptable, each with what is said of it.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let bad: BadRequest = self.find("BadRequest").unwrap_or_default();
        let violations = bad.field_violations.into_iter();
        violations
            .map(|violation| (violation.field, violation.description))
            .collect()
    }

    /// The first of them.
    pub(super) fn field(&self) -> Option<String> {
        let (field, _) = self.fields().into_iter().next()?;
        Some(field)
    }
}
