//! Just enough of Redis's protocol to read values back over one connection, one at a time or many in flight.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// Longer answers are no answers to what is asked here.
const ANSWER_BYTES_MAX: usize = 1 << 16;
const WAIT_MAX: Duration = Duration::from_secs(10);

/// One connection.
#[derive(Debug)]
pub(crate) struct Redis {
    read: BufReader<OwnedReadHalf>,
    write: OwnedWriteHalf,
    line: Vec<u8>,
}

impl Redis {
    /// Connects to `redis://[USER:PASSWORD@]HOST[:PORT][/…]`.
    pub(crate) async fn connect(url: &str) -> Result<Self> {
        let rest = url
            .strip_prefix("redis://")
            .context("a Redis is named redis://…")?;
        let rest = rest.split('/').next().unwrap_or(rest);
        let (sign_in, address) = rest
            .rsplit_once('@')
            .map_or((None, rest), |(before, after)| (Some(before), after));
        let address = if address.contains(':') {
            address.to_owned()
        } else {
            format!("{address}:6379")
        };
        let stream = tokio::time::timeout(WAIT_MAX, TcpStream::connect(&address)).await??;
        stream.set_nodelay(true)?;
        let (read, write) = stream.into_split();
        let mut redis = Self {
            read: BufReader::with_capacity(1 << 16, read),
            write,
            line: Vec::new(),
        };
        if let Some((user, password)) = sign_in.and_then(|text| text.split_once(':')) {
            let named = if user.is_empty() { "default" } else { user };
            redis
                .ask(&[b"AUTH", named.as_bytes(), password.as_bytes()])
                .await
                .context("signing in to Redis")?;
        }
        Ok(redis)
    }

    /// One command and its answer.
    pub(crate) async fn ask(&mut self, words: &[&[u8]]) -> Result<Option<Vec<u8>>> {
        let mut command = Vec::new();
        write_command(&mut command, words);
        self.write.write_all(&command).await?;
        self.answer().await
    }

    /// Many commands at once, then their answers; gives how many had a value.
    pub(crate) async fn ask_all(&mut self, commands: &[u8], count: usize) -> Result<usize> {
        self.write.write_all(commands).await?;
        let mut found = 0;
        for _ in 0..count {
            found += usize::from(self.answer().await?.is_some());
        }
        Ok(found)
    }

    async fn answer(&mut self) -> Result<Option<Vec<u8>>> {
        self.line.clear();
        self.read.read_until(b'\n', &mut self.line).await?;
        let line = self.line.strip_suffix(b"\r\n").context("Redis hung up")?;
        let (sort, rest) = line.split_first().context("an empty answer of Redis")?;
        match sort {
            b'+' | b':' => Ok(Some(rest.to_vec())),
            b'$' => {
                let text = std::str::from_utf8(rest)?;
                if text == "-1" {
                    return Ok(None);
                }
                let length: usize = text.parse().context("the length of an answer of Redis")?;
                ensure!(length <= ANSWER_BYTES_MAX, "an answer of {length} bytes");
                let mut value = vec![0; length + 2];
                self.read.read_exact(&mut value).await?;
                value.truncate(length);
                Ok(Some(value))
            }
            _ => bail!("Redis said: {}", String::from_utf8_lossy(line)),
        }
    }
}

/// A command as it is sent.
pub(crate) fn write_command(out: &mut Vec<u8>, words: &[&[u8]]) {
    out.extend_from_slice(format!("*{}\r\n", words.len()).as_bytes());
    for word in words {
        out.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
        out.extend_from_slice(word);
        out.extend_from_slice(b"\r\n");
    }
}
