//! Server-sent events out of a stream of bytes, whichever way it is cut.
//!
//! Lines and events have a bound: what is longer ends the stream. Only `event` and `data` matter here.

/// The most bytes of a line, and of an event's data.
pub(crate) const EVENT_BYTES_MAX: usize = 256 * 1_024;

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Event {
    /// Its name; empty where it has none.
    pub(crate) name: String,
    /// Its data, several lines joined.
    pub(crate) data: String,
}

/// A line or an event is longer than its bound, or no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    TooLong,
    NotText,
}

/// Reads events out of bytes.
#[derive(Debug, Default)]
pub(crate) struct Events {
    line: Vec<u8>,
    open: Event,
    has_data: bool,
    after_return: bool,
}

impl Events {
    /// Takes more bytes, and gives the events that are whole by now.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Event>, Unreadable> {
        let mut events = Vec::new();
        for byte in bytes.iter().copied() {
            // `\r\n` is one end of a line.
            let second_half = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            match byte {
                _ if second_half => {}
                b'\n' | b'\r' => events.extend(self.line_ended()?),
                _ if self.line.len() >= EVENT_BYTES_MAX => return Err(Unreadable::TooLong),
                _ => self.line.push(byte),
            }
        }
        Ok(events)
    }

    /// What stands at the end without an empty line after it: some servers forget it.
    pub(crate) fn finish(&mut self) -> Result<Option<Event>, Unreadable> {
        if !self.line.is_empty() {
            self.line_ended()?;
        }
        Ok(self.event_ended())
    }

    fn line_ended(&mut self) -> Result<Option<Event>, Unreadable> {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            return Ok(self.event_ended());
        }
        let line = String::from_utf8(line).map_err(|_| Unreadable::NotText)?;
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.open.name),
            "data" => {
                if self.open.data.len() + value.len() > EVENT_BYTES_MAX {
                    return Err(Unreadable::TooLong);
                }
                if self.has_data {
                    self.open.data.push('\n');
                }
                self.has_data = true;
                self.open.data.push_str(value);
            }
            _ => {}
        }
        Ok(None)
    }

    fn event_ended(&mut self) -> Option<Event> {
        let event = std::mem::take(&mut self.open);
        std::mem::take(&mut self.has_data).then_some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::{EVENT_BYTES_MAX, Event, Events, Unreadable};

    fn event(name: &str, data: &str) -> Event {
        Event {
            name: name.to_owned(),
            data: data.to_owned(),
        }
    }

    const TEXT: &str =
        ": hello\r\n\r\nevent: ping\ndata: 1\n\ndata:two\ndata: lines é\r\n\r\nid: 4\n\ndata: last";

    #[test]
    fn events_are_the_same_however_the_bytes_are_cut() {
        let expected = [event("ping", "1"), event("", "two\nlines é")];
        for size in 1..TEXT.len() {
            let mut events = Events::default();
            let mut found = Vec::new();
            for part in TEXT.as_bytes().chunks(size) {
                found.extend(events.feed(part).unwrap());
            }
            assert_eq!(found, expected, "in parts of {size}");
            assert_eq!(events.finish(), Ok(Some(event("", "last"))));
            assert_eq!(events.finish(), Ok(None));
        }
    }

    #[test]
    fn x2_endless_lines_and_events_are_refused() {
        let mut events = Events::default();
        let line = vec![b'x'; EVENT_BYTES_MAX + 1];
        assert_eq!(events.feed(&line), Err(Unreadable::TooLong));
        let mut events = Events::default();
        let lines = format!("data: {}\n", "x".repeat(1_000)).repeat(300);
        assert_eq!(events.feed(lines.as_bytes()), Err(Unreadable::TooLong));
        let mut events = Events::default();
        assert_eq!(events.feed(b"data: \xff\xfe\n"), Err(Unreadable::NotText));
    }
}
