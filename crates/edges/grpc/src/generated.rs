//! What is made from `proto/`: messages, services, and the descriptors that reflection answers from.
//!
//! Not edited by hand: `UPDATE_EXPECT=1 ./dev test -p tidy generated` writes these files, and without the variable the
//! same test holds that they are fresh.

#[rustfmt::skip]
pub(crate) mod descriptors;

#[rustfmt::skip]
#[expect(
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::doc_markdown,
    clippy::too_many_lines,
    unreachable_pub,
    reason = "the generator writes for everybody; our lints are for what people wrote"
)]
pub(crate) mod guildhall_v1;
