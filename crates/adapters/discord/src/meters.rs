//! The figures that this adapter tells, with bounded labels: never a user's, guild's or channel's id.

use std::time::Duration;

use metrics::{counter, gauge, histogram};

/// Event types that have a label of their own; the rest is `other`.
const EVENT_TYPES: &[&str] = &[
    "READY",
    "RESUMED",
    "INTERACTION_CREATE",
    "MESSAGE_CREATE",
    "MESSAGE_UPDATE",
    "MESSAGE_DELETE",
    "GUILD_CREATE",
    "GUILD_UPDATE",
    "GUILD_DELETE",
    "GUILD_MEMBER_ADD",
    "GUILD_MEMBER_UPDATE",
    "GUILD_MEMBER_REMOVE",
    "GUILD_MEMBERS_CHUNK",
];

/// The label of an event type.
pub(crate) fn event_label(kind: &str) -> &'static str {
    EVENT_TYPES
        .iter()
        .find(|known| **known == kind)
        .copied()
        .unwrap_or("other")
}

/// An event came in.
pub(crate) fn event(kind: &str) {
    counter!("guildhall_gateway_events_total", "type" => event_label(kind)).increment(1);
}

/// An event came in that nobody could read.
pub(crate) fn undecodable(kind: &str) {
    counter!("guildhall_discord_events_undecodable_total", "type" => event_label(kind))
        .increment(1);
}

/// An event was dropped because too many were waiting.
pub(crate) fn overflowed(kind: &str) {
    counter!("guildhall_discord_events_dropped_total", "type" => event_label(kind)).increment(1);
}

/// How many shards are in a state.
pub(crate) fn sessions(state: &'static str, count: usize) {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    gauge!("guildhall_gateway_sessions", "state" => state).set(f64::from(count));
}

/// A heartbeat was answered.
pub(crate) fn heartbeat(latency: Duration) {
    histogram!("guildhall_gateway_heartbeat_seconds").record(latency.as_secs_f64());
}

/// A connection ended, for one of a few reasons.
pub(crate) fn connection_ended(reason: &'static str) {
    counter!("guildhall_gateway_connections_ended_total", "reason" => reason).increment(1);
}

/// A session was started anew or taken up again.
pub(crate) fn session_begun(how: &'static str) {
    counter!("guildhall_gateway_sessions_begun_total", "how" => how).increment(1);
}

/// How many sessions one bot started anew in the last day.
pub(crate) fn identifies(count: u32) {
    gauge!("guildhall_discord_identifies_24h").set(f64::from(count));
}

/// An interaction was acknowledged, this long after it came in.
pub(crate) fn acknowledged(after: Duration) {
    histogram!(ACKNOWLEDGED).record(after.as_secs_f64());
}

/// A call to the REST ended.
pub(crate) fn rest(route: &'static str, status: &'static str, took: Duration) {
    histogram!("guildhall_discord_rest_seconds", "route" => route, "status" => status)
        .record(took.as_secs_f64());
}

/// A call waited for limits.
pub(crate) fn limit_wait(route: &'static str, waited: Duration) {
    // Shorter than this it only passed the lock.
    if waited >= Duration::from_millis(1) {
        histogram!("guildhall_discord_rate_limit_wait_seconds", "route" => route)
            .record(waited.as_secs_f64());
    }
}

const INVALID: &str = "guildhall_discord_invalid_requests_total";
const ACKNOWLEDGED: &str = "guildhall_interaction_ack_seconds";

/// Says what is counted, and begins at nothing, so that the first time shows.
pub(crate) fn describe() {
    metrics::describe_counter!(
        INVALID,
        "Requests that Discord counts as invalid; at 10,000 in ten minutes it blocks the address"
    );
    for status in ["401", "403", "429"] {
        counter!(INVALID, "status" => status).absolute(0);
    }
    metrics::describe_histogram!(
        ACKNOWLEDGED,
        metrics::Unit::Seconds,
        "From an interaction's arrival to its acknowledgement; Discord gives it three"
    );
}

/// Discord counted a request as invalid.
pub(crate) fn invalid_request(status: u16) {
    let status = match status {
        401 => "401",
        403 => "403",
        _ => "429",
    };
    counter!(INVALID, "status" => status).increment(1);
}

#[cfg(test)]
mod tests {
    use super::event_label;

    #[test]
    fn labels_are_bounded() {
        assert_eq!(event_label("MESSAGE_CREATE"), "MESSAGE_CREATE");
        assert_eq!(event_label("SOMETHING_NEW"), "other");
    }
}
