//! The details of an error on the wire: those of `google.rpc`'s messages that are sent, with their own numbers.
//!
//! A client reads them with its language's own package for `google.rpc`; the names and numbers here are that wire's.

use prost::Message;
use prost_types::Any;
use tonic::Code;

const PREFIX: &str = "type.googleapis.com/google.rpc.";

/// `google.rpc.Status`: the whole error.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Whole {
    #[prost(int32, tag = "1")]
    pub(crate) code: i32,
    #[prost(string, tag = "2")]
    pub(crate) message: String,
    #[prost(message, repeated, tag = "3")]
    pub(crate) details: Vec<Any>,
}

/// `google.rpc.ErrorInfo`: why, for a program.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Reason {
    #[prost(string, tag = "1")]
    pub(crate) reason: String,
    #[prost(string, tag = "2")]
    pub(crate) domain: String,
    #[prost(btree_map = "string, string", tag = "3")]
    pub(crate) metadata: std::collections::BTreeMap<String, String>,
}

/// `google.rpc.BadRequest`: which fields were not acceptable.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct BadRequest {
    #[prost(message, repeated, tag = "1")]
    pub(crate) field_violations: Vec<Violation>,
}

/// `google.rpc.BadRequest.FieldViolation`: one of them.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Violation {
    #[prost(string, tag = "1")]
    pub(crate) field: String,
    #[prost(string, tag = "2")]
    pub(crate) description: String,
}

/// `google.rpc.RequestInfo`: where the operator finds it.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Found {
    #[prost(string, tag = "1")]
    pub(crate) request_id: String,
}

/// `google.rpc.RetryInfo`: when it may work.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Retry {
    #[prost(message, optional, tag = "1")]
    pub(crate) retry_delay: Option<prost_types::Duration>,
}

/// A message that can be a detail.
pub(crate) trait Detail: Message + Sized {
    /// Its name within `google.rpc`.
    const NAME: &'static str;

    fn packed(&self) -> Any {
        Any {
            type_url: format!("{PREFIX}{}", Self::NAME),
            value: self.encode_to_vec(),
        }
    }
}

impl Detail for Reason {
    const NAME: &'static str = "ErrorInfo";
}

impl Detail for BadRequest {
    const NAME: &'static str = "BadRequest";
}

impl Detail for Found {
    const NAME: &'static str = "RequestInfo";
}

impl Detail for Retry {
    const NAME: &'static str = "RetryInfo";
}

/// An error with its details, as tonic sends it.
pub(crate) fn status(code: Code, message: String, details: Vec<Any>) -> tonic::Status {
    let whole = Whole {
        code: i32::from(code),
        message: message.clone(),
        details,
    };
    tonic::Status::with_details(code, message, whole.encode_to_vec().into())
}
