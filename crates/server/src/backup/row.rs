//! Rows as bytes: each begins with a mark, each value with its sort, and a table ends with a mark of its own.
//!
//! Whole numbers are little-endian; texts and bytes have their length in front. What is read is bounded before it is
//! taken in: no number in a file makes this ask for more memory than the largest value takes.

use std::io::{self, Read, Write};

use store::Value;

/// A value past this size is in no database of ours.
const VALUE_BYTES_MAX: usize = 64 * 1024 * 1024;

const END: u8 = 0;
const ROW: u8 = 1;

const NULL: u8 = 0;
const INT: u8 = 1;
const REAL: u8 = 2;
const TEXT: u8 = 3;
const BLOB: u8 = 4;

/// Writes a row.
pub(super) fn write(out: &mut impl Write, row: &[Value]) -> io::Result<()> {
    out.write_all(&[ROW])?;
    for value in row {
        match value {
            Value::Null => out.write_all(&[NULL])?,
            Value::Bool(truth) => number(out, INT, i64::from(*truth).to_le_bytes())?,
            Value::Int(int) => number(out, INT, int.to_le_bytes())?,
            Value::Real(real) => number(out, REAL, real.to_le_bytes())?,
            Value::Text(text) => bytes(out, TEXT, text.as_bytes())?,
            Value::Blob(blob) => bytes(out, BLOB, blob)?,
        }
    }
    Ok(())
}

/// Writes the end of a table.
pub(super) fn end(out: &mut impl Write) -> io::Result<()> {
    out.write_all(&[END])
}

fn number(out: &mut impl Write, sort: u8, digits: [u8; 8]) -> io::Result<()> {
    out.write_all(&[sort])?;
    out.write_all(&digits)
}

fn bytes(out: &mut impl Write, sort: u8, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len())
        .ok()
        .filter(|_| bytes.len() <= VALUE_BYTES_MAX)
        .ok_or_else(|| broken("a value is longer than 64 MiB"))?;
    out.write_all(&[sort])?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(bytes)
}

/// Reads a row of so many values; nothing at the end of the table.
///
/// # Errors
/// `InvalidData` where the bytes are no row, and whatever the reader fails with.
pub(super) fn read(from: &mut impl Read, columns: usize) -> io::Result<Option<Vec<Value>>> {
    match byte(from)? {
        END => Ok(None),
        ROW => (0..columns)
            .map(|_| value(from))
            .collect::<io::Result<_>>()
            .map(Some),
        _ => Err(broken("no row begins where one should")),
    }
}

fn value(from: &mut impl Read) -> io::Result<Value> {
    Ok(match byte(from)? {
        NULL => Value::Null,
        INT => Value::Int(i64::from_le_bytes(exactly(from)?)),
        REAL => Value::Real(f64::from_le_bytes(exactly(from)?)),
        TEXT => {
            let text = String::from_utf8(sized(from)?);
            Value::Text(text.map_err(|_| broken("a text is no UTF-8"))?)
        }
        BLOB => Value::Blob(sized(from)?),
        _ => return Err(broken("a value is of no known sort")),
    })
}

fn byte(from: &mut impl Read) -> io::Result<u8> {
    exactly::<1>(from).map(|[byte]| byte)
}

fn exactly<const LENGTH: usize>(from: &mut impl Read) -> io::Result<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn sized(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let length = u32::from_le_bytes(exactly(from)?);
    let wanted = usize::try_from(length).unwrap_or(usize::MAX);
    if wanted > VALUE_BYTES_MAX {
        return Err(broken("a value is longer than 64 MiB"));
    }
    // It grows with what is really there.
    let mut bytes = Vec::new();
    from.take(u64::from(length)).read_to_end(&mut bytes)?;
    if bytes.len() < wanted {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

/// These bytes are not what they should be.
pub(super) fn broken(reason: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason.into())
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use store::Value;

    use super::{end, read, write};

    fn row() -> Vec<Value> {
        vec![
            Value::Null,
            Value::Int(i64::MIN),
            Value::Real(-0.5),
            Value::Text("Grüße".to_owned()),
            Value::Blob(vec![0, 255, 1]),
        ]
    }

    #[test]
    fn rows_come_back_as_they_went() {
        let mut bytes = Vec::new();
        write(&mut bytes, &row()).unwrap();
        write(&mut bytes, &[Value::Bool(true)]).unwrap();
        end(&mut bytes).unwrap();
        let mut from = bytes.as_slice();
        assert_eq!(read(&mut from, 5).unwrap(), Some(row()));
        assert_eq!(read(&mut from, 1).unwrap(), Some(vec![Value::Int(1)]));
        assert_eq!(read(&mut from, 1).unwrap(), None);
        assert!(from.is_empty());
    }

    #[test]
    fn bytes_that_are_no_row_are_refused_without_taking_them_in() {
        for (bytes, kind) in [
            (vec![9], ErrorKind::InvalidData),
            (vec![1, 9], ErrorKind::InvalidData),
            (vec![1, 3, 1, 0, 0, 0, 255], ErrorKind::InvalidData),
            (vec![1, 4, 255, 255, 255, 255], ErrorKind::InvalidData),
            (vec![1, 4, 0, 0, 0, 4, 7], ErrorKind::UnexpectedEof),
            (vec![1, 1, 0], ErrorKind::UnexpectedEof),
            (vec![], ErrorKind::UnexpectedEof),
        ] {
            let refused = read(&mut bytes.as_slice(), 1).unwrap_err();
            assert_eq!(refused.kind(), kind, "{bytes:?}");
        }
    }
}
