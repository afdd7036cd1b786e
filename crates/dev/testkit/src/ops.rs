//! Operations as admission would make them.

use kernel::{Actor, Cause, CauseKind, Correlation, GuildId, Locale, Op, Timestamp, UserId};

/// An operation of a member, caused by the interaction with this number.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "tests stand in for admission")]
pub fn member_op(guild: GuildId, member: UserId, interaction: u64, at: Timestamp) -> Op {
    Op::admitted(
        guild,
        Actor::Member(member),
        at,
        Cause::new(CauseKind::Interaction, interaction),
        Correlation::new(interaction),
        Locale::english(),
    )
}

/// An operation of the operator's token over REST, with this key.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "tests stand in for admission")]
pub fn operator_op(guild: GuildId, key: &str, at: Timestamp) -> Op {
    Op::admitted(
        guild,
        Actor::Token("operator".to_owned()),
        at,
        Cause::new(CauseKind::Api, key),
        Correlation::new(1),
        Locale::english(),
    )
}
