//! Which sessions were begun, and whether the one before could have been resumed: read from the simulator's own log.

use std::collections::HashMap;

use sim::{Control, GatewayEntry, Snowflake};

const ENTRIES_AT_ONCE: usize = 5_000;
/// A connection that ended so soon after its IDENTIFY may have ended before its client knew the session.
const UNKNOWN_FOR_US: i64 = 1_000_000;

/// What the simulator's gateway saw of all bots.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    last: u64,
    bots: HashMap<Snowflake, Bot>,
}

#[derive(Debug, Default)]
struct Bot {
    /// Whether its last session can be resumed, and its client knows it.
    resumable: bool,
    identified_us: i64,
    identified_on: u64,
    identifies: u64,
    resumes: u64,
    wasted: u64,
}

impl Sessions {
    /// Reads what was written since the last time.
    pub(super) fn read(&mut self, control: &Control) {
        for entry in control.gateway_entries(self.last, ENTRIES_AT_ONCE) {
            self.last = entry.number;
            if let Some(application) = entry.application {
                self.bots.entry(application).or_default().take(&entry);
            }
        }
    }

    /// Sessions that were begun although the last one could have been resumed.
    pub(super) fn wasted(&self) -> u64 {
        self.bots.values().map(|bot| bot.wasted).sum()
    }

    /// Sessions that were begun.
    pub(super) fn identifies(&self) -> u64 {
        self.bots.values().map(|bot| bot.identifies).sum()
    }

    /// Sessions that were resumed.
    pub(super) fn resumes(&self) -> u64 {
        self.bots.values().map(|bot| bot.resumes).sum()
    }
}

impl Bot {
    fn take(&mut self, entry: &GatewayEntry) {
        match entry.what {
            "IDENTIFY" => {
                self.wasted += u64::from(self.resumable);
                self.identifies += 1;
                self.resumable = true;
                self.identified_us = entry.at_us;
                self.identified_on = entry.connection;
            }
            "RESUMED" => {
                self.resumes += 1;
                self.resumable = true;
            }
            "INVALID_SESSION" if entry.detail["resumable"] == false => self.resumable = false,
            "CLOSE" => self.closed(entry),
            _ => {}
        }
    }

    /// A client that closes with 1000 or 1001 throws its session away, and that is its own fault.
    fn closed(&mut self, entry: &GatewayEntry) {
        let by_gateway = entry.detail["by_gateway"] == true;
        let ended = by_gateway && entry.detail["code"].as_u64().is_some_and(ends_session);
        let at_once = entry.connection == self.identified_on
            && entry.at_us - self.identified_us < UNKNOWN_FOR_US;
        if ended || at_once {
            self.resumable = false;
        }
    }
}

/// The codes after which Discord has a new session begun.
const fn ends_session(code: u64) -> bool {
    matches!(code, 4004 | 4007 | 4009..=4014)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sim::{GatewayEntry, Snowflake};

    use super::Bot;

    fn wasted(entries: &[(&'static str, i64, serde_json::Value)]) -> u64 {
        let mut bot = Bot::default();
        for (what, second, detail) in entries {
            bot.take(&GatewayEntry {
                number: 1,
                at_us: second * 1_000_000,
                connection: 1,
                application: Some(Snowflake(1)),
                what,
                detail: detail.clone(),
            });
        }
        bot.wasted
    }

    #[test]
    fn a_session_that_was_there_and_is_not_resumed_is_wasted() {
        let nothing = json!({});
        let close = |code: u16, by_gateway: bool| json!({"code": code, "by_gateway": by_gateway});
        let again = |detail| {
            wasted(&[
                ("IDENTIFY", 0, json!({})),
                ("CLOSE", 9, detail),
                ("IDENTIFY", 10, json!({})),
            ])
        };
        assert_eq!(again(close(4000, true)), 1);
        assert_eq!(again(close(1000, false)), 1);
        assert_eq!(again(close(0, false)), 1);
        assert_eq!(again(close(4009, true)), 0);
        let refused = [
            ("IDENTIFY", 0, nothing.clone()),
            ("CLOSE", 9, close(0, false)),
            ("INVALID_SESSION", 10, json!({"resumable": false})),
            ("IDENTIFY", 16, nothing.clone()),
        ];
        assert_eq!(wasted(&refused), 0);
        let unknown = [
            ("IDENTIFY", 0, nothing.clone()),
            ("CLOSE", 0, close(0, false)),
            ("IDENTIFY", 6, nothing),
        ];
        assert_eq!(wasted(&unknown), 0);
    }
}
