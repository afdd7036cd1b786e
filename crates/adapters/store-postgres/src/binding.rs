//! Values as the server's types hold them: nothing is guessed, what does not fit is refused before it is sent.

use std::error::Error;

use bytes::BytesMut;
use store::{DbError, Row, Value};
use tokio_postgres::{
    binary_copy::BinaryCopyOutRow,
    types::{FromSql, IsNull, ToSql, Type, to_sql_checked},
};

/// A value on its way to the server.
#[derive(Debug)]
pub(crate) struct Bound(pub(crate) Value);

/// A value past this size belongs in a file.
const VALUE_BYTES_MAX: usize = 64 * 1024 * 1024;

impl ToSql for Bound {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match &self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Value::Int(number) if *ty == Type::INT2 => i16::try_from(*number)?.to_sql(ty, out),
            Value::Int(number) => number.to_sql(ty, out),
            Value::Real(number) => number.to_sql(ty, out),
            Value::Text(text) => text.to_sql(ty, out),
            Value::Blob(bytes) => bytes.to_sql(ty, out),
            Value::Bool(truth) => truth.to_sql(ty, out),
        }
    }

    /// [`checked`] has seen every value before it comes here.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The values for a statement's parameters, or why they do not fit.
pub(crate) fn checked(
    statement: &str,
    types: &[Type],
    values: Vec<Value>,
) -> Result<Vec<Bound>, DbError> {
    if values.len() != types.len() {
        let (wanted, given) = (types.len(), values.len());
        let reason = format!("it takes {wanted} values and was given {given}");
        return Err(rejected(statement, reason));
    }
    for (place, (value, ty)) in (1..).zip(values.iter().zip(types)) {
        if !fits(value, ty) {
            let reason = format!("?{place} is of type {ty} and cannot hold the value given");
            return Err(rejected(statement, reason));
        }
    }
    Ok(values.into_iter().map(Bound).collect())
}

fn fits(value: &Value, ty: &Type) -> bool {
    match value {
        Value::Null => true,
        Value::Int(number) => match *ty {
            Type::INT8 => true,
            Type::INT4 => i32::try_from(*number).is_ok(),
            Type::INT2 => i16::try_from(*number).is_ok(),
            _ => false,
        },
        Value::Real(number) => *ty == Type::FLOAT8 && number.is_finite(),
        Value::Text(text) => is_text(ty) && text.len() <= VALUE_BYTES_MAX,
        Value::Blob(bytes) => *ty == Type::BYTEA && bytes.len() <= VALUE_BYTES_MAX,
        Value::Bool(_) => *ty == Type::BOOL,
    }
}

pub(crate) fn is_text(ty: &Type) -> bool {
    [Type::TEXT, Type::VARCHAR, Type::BPCHAR, Type::NAME].contains(ty)
}

/// A value as it came from the server.
struct Came(Value);

impl<'raw> FromSql<'raw> for Came {
    fn from_sql(ty: &Type, raw: &'raw [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        let value = match *ty {
            Type::INT8 => Value::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Value::Int(i64::from(i32::from_sql(ty, raw)?)),
            Type::INT2 => Value::Int(i64::from(i16::from_sql(ty, raw)?)),
            Type::FLOAT8 => Value::Real(f64::from_sql(ty, raw)?),
            Type::FLOAT4 => Value::Real(f64::from(f32::from_sql(ty, raw)?)),
            Type::BOOL => Value::Bool(bool::from_sql(ty, raw)?),
            Type::BYTEA => Value::Blob(raw.to_vec()),
            _ if is_text(ty) => Value::Text(String::from_sql(ty, raw)?),
            _ => return Err(format!("it gives {ty}: CAST it in the SQL").into()),
        };
        Ok(Self(value))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A row in the port's terms.
pub(crate) fn row(statement: &'static str, raw: &tokio_postgres::Row) -> Result<Row, DbError> {
    let mut values = Vec::with_capacity(raw.len());
    for column in 0..raw.len() {
        let came = raw
            .try_get::<_, Came>(column)
            .map_err(|error| rejected(statement, crate::failure::told(&error)))?;
        values.push(came.0);
    }
    Ok(Row::new(statement, values))
}

/// A copied row's values.
pub(crate) fn copied(
    statement: &str,
    raw: &BinaryCopyOutRow,
    columns: usize,
) -> Result<Vec<Value>, DbError> {
    let value = |column| match raw.try_get::<Came>(column) {
        Ok(came) => Ok(came.0),
        Err(error) => Err(rejected(statement, crate::failure::told(&error))),
    };
    (0..columns).map(value).collect()
}

/// The values of a row that came from either engine, as these types have them: one engine keeps truth as a number.
pub(crate) fn as_types(types: &[Type], row: Vec<Value>) -> Vec<Value> {
    let fitted = |(place, value): (usize, Value)| match (types.get(place), &value) {
        (Some(ty), Value::Int(number)) if *ty == Type::BOOL => Value::Bool(*number != 0),
        _ => value,
    };
    row.into_iter().enumerate().map(fitted).collect()
}

pub(crate) fn rejected(statement: &str, reason: impl Into<String>) -> DbError {
    DbError::Rejected {
        statement: statement.to_owned(),
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use store::{DbError, Value};
    use tokio_postgres::types::Type;

    use super::checked;

    #[test]
    fn values_that_do_not_fit_are_refused() {
        for (value, ty, expected) in [
            (Value::Int(i64::MAX), Type::INT8, true),
            (Value::Int(i64::MAX), Type::INT4, false),
            (Value::Int(1), Type::TEXT, false),
            (Value::Text("1".to_owned()), Type::INT8, false),
            (Value::Real(f64::NAN), Type::FLOAT8, false),
            (Value::Null, Type::INT8, true),
            (Value::Bool(true), Type::INT8, false),
        ] {
            let outcome = checked("s", std::slice::from_ref(&ty), vec![value.clone()]);
            assert_eq!(outcome.is_ok(), expected, "{value:?} as {ty}");
        }
        let outcome = checked("s", &[], vec![Value::Null]);
        assert!(matches!(outcome, Err(DbError::Rejected { .. })));
    }
}
