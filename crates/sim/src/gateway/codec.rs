//! How a payload becomes a frame: plain text, one zlib or zstd stream over the whole connection, or zlib payload by
//! payload.
//! What always holds: a stream is flushed after each payload, so that a client can read it at once; zlib-stream frames
//! end in `00 00 FF FF`.

use axum::extract::ws::Message;
use bytes::Bytes;
use flate2::write::ZlibEncoder;
use flate2::{Compress, Compression, FlushCompress};
use std::io::{self, Write};
use zstd::stream::raw::{CParameter, Encoder, InBuffer, Operation, OutBuffer};

/// Payloads below this size are sent as they are when payload compression was asked for.
const PAYLOAD_COMPRESSED_FROM: usize = 512;
/// A window of 64 KiB: what many connections at once can afford.
const ZSTD_WINDOW_LOG: u32 = 16;
const STEP: usize = 16 * 1024;

/// The encoding of one connection.
pub(crate) enum Codec {
    Plain,
    /// zlib for each large payload by itself.
    Payload,
    ZlibStream(Box<Compress>),
    ZstdStream(Box<Encoder<'static>>),
}

impl std::fmt::Debug for Codec {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Plain => "Plain",
            Self::Payload => "Payload",
            Self::ZlibStream(_) => "ZlibStream",
            Self::ZstdStream(_) => "ZstdStream",
        })
    }
}

impl Codec {
    /// The codec of a `compress` parameter; nothing for one that is unknown.
    ///
    /// # Errors
    /// When the compressor can't be made.
    pub(crate) fn named(name: Option<&str>) -> io::Result<Option<Self>> {
        Ok(Some(match name {
            None | Some("") => Self::Plain,
            Some("zlib-stream") => {
                Self::ZlibStream(Box::new(Compress::new(Compression::fast(), true)))
            }
            Some("zstd-stream") => {
                let mut encoder = Encoder::new(1)?;
                encoder.set_parameter(CParameter::WindowLog(ZSTD_WINDOW_LOG))?;
                Self::ZstdStream(Box::new(encoder))
            }
            Some(_) => return Ok(None),
        }))
    }

    /// The frame of a payload.
    ///
    /// # Errors
    /// When the compressor fails.
    pub(crate) fn frame(&mut self, payload: String) -> io::Result<Message> {
        Ok(match self {
            Self::Plain => Message::Text(payload.into()),
            Self::Payload if payload.len() < PAYLOAD_COMPRESSED_FROM => {
                Message::Text(payload.into())
            }
            Self::Payload => {
                let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(payload.as_bytes())?;
                Message::Binary(encoder.finish()?.into())
            }
            Self::ZlibStream(stream) => Message::Binary(zlib(stream, payload.as_bytes())?),
            Self::ZstdStream(stream) => Message::Binary(zstd(stream, payload.as_bytes())?),
        })
    }
}

fn zlib(stream: &mut Compress, payload: &[u8]) -> io::Result<Bytes> {
    let mut frame = Vec::with_capacity(payload.len() / 3 + 64);
    let start = stream.total_in();
    loop {
        frame.reserve(STEP.min(payload.len() + 64));
        let used = usize::try_from(stream.total_in() - start).map_err(io::Error::other)?;
        stream
            .compress_vec(&payload[used..], &mut frame, FlushCompress::Sync)
            .map_err(io::Error::other)?;
        let all_read = stream.total_in() - start == payload.len() as u64;
        // Room left over means that the flush is complete.
        if all_read && frame.len() < frame.capacity() {
            return Ok(frame.into());
        }
    }
}

fn zstd(stream: &mut Encoder<'static>, payload: &[u8]) -> io::Result<Bytes> {
    let mut frame = Vec::with_capacity(payload.len() / 3 + 64);
    let mut input = InBuffer::around(payload);
    let mut piece = vec![0; STEP.min(payload.len() + 64)];
    while input.pos() < payload.len() {
        let mut output = OutBuffer::around(piece.as_mut_slice());
        stream.run(&mut input, &mut output)?;
        frame.extend_from_slice(output.as_slice());
    }
    loop {
        let mut output = OutBuffer::around(piece.as_mut_slice());
        let left = stream.flush(&mut output)?;
        frame.extend_from_slice(output.as_slice());
        if left == 0 {
            return Ok(frame.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::ws::Message;
    use flate2::{Decompress, FlushDecompress};
    use std::io::Read;
    use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

    use super::Codec;

    fn payloads() -> Vec<String> {
        let noise = (0..200_000u32)
            .map(|n| char::from(32 + u8::try_from(n.wrapping_mul(2_654_435_761) >> 26).unwrap()));
        vec![
            "{}".to_owned(),
            "a".repeat(300_000),
            noise.collect(),
            "{\"op\":11}".to_owned(),
        ]
    }

    fn bytes(message: Message) -> Vec<u8> {
        let Message::Binary(bytes) = message else {
            panic!("a stream is binary")
        };
        bytes.to_vec()
    }

    #[test]
    fn a_zlib_stream_is_one_context_and_each_frame_ends_in_the_flush_mark() {
        let mut codec = Codec::named(Some("zlib-stream")).unwrap().unwrap();
        let mut client = Decompress::new(true);
        for payload in payloads() {
            let frame = bytes(codec.frame(payload.clone()).unwrap());
            assert!(frame.ends_with(&[0, 0, 0xFF, 0xFF]));
            let mut text = Vec::with_capacity(payload.len() + 1_024);
            client
                .decompress_vec(&frame, &mut text, FlushDecompress::Sync)
                .unwrap();
            assert_eq!(text, payload.as_bytes());
        }
    }

    #[test]
    fn a_zstd_stream_is_one_context_and_each_frame_can_be_read_at_once() {
        let mut codec = Codec::named(Some("zstd-stream")).unwrap().unwrap();
        let mut client = Decoder::new().unwrap();
        for payload in payloads() {
            let frame = bytes(codec.frame(payload.clone()).unwrap());
            let mut input = InBuffer::around(&frame);
            let mut text = vec![0; payload.len() + 1_024];
            let mut output = OutBuffer::around(text.as_mut_slice());
            while input.pos() < frame.len() {
                client.run(&mut input, &mut output).unwrap();
            }
            assert_eq!(output.as_slice(), payload.as_bytes());
        }
    }

    #[test]
    fn payload_compression_packs_each_large_payload_by_itself() {
        let mut codec = Codec::Payload;
        assert!(matches!(
            codec.frame("{}".to_owned()).unwrap(),
            Message::Text(_)
        ));
        let frame = bytes(codec.frame("b".repeat(4_000)).unwrap());
        let mut text = String::new();
        flate2::read::ZlibDecoder::new(frame.as_slice())
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "b".repeat(4_000));
        assert!(Codec::named(Some("brotli")).unwrap().is_none());
    }
}
