//! The compressed stream of a connection, with a bound on what a message unpacks to.

use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

/// The longest event that is kept; a longer one is unpacked to its end, for the stream goes on, and thrown away.
pub(super) const EVENT_MAX: usize = 32 << 20;
/// The most that is unpacked for one message before the connection is given up.
const UNPACKED_MAX: usize = 256 << 20;
/// The largest window that a stream may ask for, as a power of two: 64 MiB.
const WINDOW_LOG_MAX: u32 = 26;
const CHUNK: usize = 64 << 10;

/// What came of a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unpacked {
    /// Its text.
    Text(String),
    /// It is too long, or no text; the stream goes on.
    Skipped(&'static str),
    /// The stream is broken, and the connection with it.
    Broken(&'static str),
}

/// The stream of one connection.
pub(super) struct Inflater {
    decoder: Decoder<'static>,
    chunk: Box<[u8]>,
    event_max: usize,
    unpacked_max: usize,
}

impl std::fmt::Debug for Inflater {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Inflater")
    }
}

impl Inflater {
    pub(super) fn new() -> std::io::Result<Self> {
        Self::bounded(EVENT_MAX, UNPACKED_MAX)
    }

    fn bounded(event_max: usize, unpacked_max: usize) -> std::io::Result<Self> {
        let mut decoder = Decoder::new()?;
        decoder.set_parameter(DParameter::WindowLogMax(WINDOW_LOG_MAX))?;
        Ok(Self {
            decoder,
            chunk: vec![0; CHUNK].into_boxed_slice(),
            event_max,
            unpacked_max,
        })
    }

    /// Unpacks one message of the stream.
    pub(super) fn unpack(&mut self, packed: &[u8]) -> Unpacked {
        let (mut kept, mut total) = (Vec::new(), 0_usize);
        let mut input = InBuffer::around(packed);
        loop {
            let mut output = OutBuffer::around(&mut *self.chunk);
            if self.decoder.run(&mut input, &mut output).is_err() {
                return Unpacked::Broken("the compressed stream is broken");
            }
            let (written, room) = (output.pos(), output.capacity());
            total = total.saturating_add(written);
            if total > self.unpacked_max {
                return Unpacked::Broken("a message unpacks to more than 256 MiB");
            }
            if total <= self.event_max {
                kept.extend_from_slice(&self.chunk[..written]);
            }
            if input.pos() >= packed.len() && written < room {
                break;
            }
        }
        if total > self.event_max {
            return Unpacked::Skipped("it is longer than 32 MiB");
        }
        String::from_utf8(kept).map_or(Unpacked::Skipped("it is no UTF-8"), Unpacked::Text)
    }
}

#[cfg(test)]
mod tests {
    use zstd::stream::raw::{Encoder, InBuffer, Operation, OutBuffer};

    use super::{Inflater, Unpacked};

    /// Packs messages into one stream, each flushed.
    fn packed(messages: &[&[u8]]) -> Vec<Vec<u8>> {
        let mut encoder = Encoder::new(3).unwrap();
        let pack = |message: &&[u8]| {
            let mut out = vec![0; message.len() + 1_024];
            let mut output = OutBuffer::around(out.as_mut_slice());
            let mut input = InBuffer::around(message);
            while input.pos() < message.len() {
                encoder.run(&mut input, &mut output).unwrap();
            }
            assert_eq!(encoder.flush(&mut output).unwrap(), 0);
            let length = output.pos();
            out.truncate(length);
            out
        };
        messages.iter().map(pack).collect()
    }

    #[test]
    fn messages_of_one_stream_are_unpacked_one_by_one() {
        let long = "x".repeat(200_000);
        let stream = packed(&[b"{\"op\":10}", long.as_bytes(), b"{\"op\":11}"]);
        let mut inflater = Inflater::new().unwrap();
        let texts: Vec<Unpacked> = stream
            .iter()
            .map(|message| inflater.unpack(message))
            .collect();
        assert_eq!(texts[0], Unpacked::Text("{\"op\":10}".to_owned()));
        assert_eq!(texts[1], Unpacked::Text(long));
        assert_eq!(texts[2], Unpacked::Text("{\"op\":11}".to_owned()));
    }

    #[test]
    fn g4_too_long_a_message_is_skipped_and_the_stream_goes_on() {
        let stream = packed(&[&[b'a'; 5_000], b"next"]);
        let mut inflater = Inflater::bounded(1_000, 1 << 20).unwrap();
        assert!(matches!(inflater.unpack(&stream[0]), Unpacked::Skipped(_)));
        assert_eq!(
            inflater.unpack(&stream[1]),
            Unpacked::Text("next".to_owned())
        );
    }

    #[test]
    fn g4_what_unpacks_without_end_is_given_up() {
        let stream = packed(&[&[0; 3_000_000]]);
        let mut inflater = Inflater::bounded(1_000, 1 << 20).unwrap();
        assert!(matches!(inflater.unpack(&stream[0]), Unpacked::Broken(_)));
    }

    #[test]
    fn what_is_no_stream_is_broken_and_what_is_no_text_is_skipped() {
        let mut inflater = Inflater::new().unwrap();
        assert!(matches!(inflater.unpack(b"garbage!"), Unpacked::Broken(_)));
        let stream = packed(&[&[0xff, 0xfe]]);
        assert!(matches!(
            Inflater::new().unwrap().unpack(&stream[0]),
            Unpacked::Skipped(_)
        ));
    }
}
