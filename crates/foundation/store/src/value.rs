//! Values bound to statements, and the rows that come back.

use kernel::{Amount, Coins, Id, Timestamp};

use crate::DbError;

/// A value in a column or parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number of 64 bits.
    Int(i64),
    /// A floating-point number.
    Real(f64),
    /// A text without NUL characters.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// A truth value.
    Bool(bool),
}

impl Value {
    const fn sort(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Int(_) => "a whole number",
            Self::Real(_) => "a floating-point number",
            Self::Text(_) => "a text",
            Self::Blob(_) => "bytes",
            Self::Bool(_) => "a truth value",
        }
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}
impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(i64::from(value))
    }
}
impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}
impl From<&str> for Value {
    /// NUL characters are dropped: one engine refuses them, the other stops reading at them.
    fn from(value: &str) -> Self {
        Self::Text(value.replace('\0', ""))
    }
}
impl From<String> for Value {
    fn from(value: String) -> Self {
        if value.contains('\0') {
            return Self::from(value.as_str());
        }
        Self::Text(value)
    }
}
impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::from(value.as_str())
    }
}
impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(value)
    }
}
impl<K> From<Id<K>> for Value {
    fn from(id: Id<K>) -> Self {
        Self::Int(id.to_column())
    }
}
impl From<Coins> for Value {
    fn from(coins: Coins) -> Self {
        Self::Int(coins.get())
    }
}
impl From<Amount> for Value {
    fn from(amount: Amount) -> Self {
        Self::Int(amount.get())
    }
}
impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::Int(at.micros())
    }
}
impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row of a result. Reading a column as another type than it holds is an error that names the statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    statement: &'static str,
    values: Vec<Value>,
}

impl Row {
    /// A row that this statement gave.
    #[must_use]
    pub const fn new(statement: &'static str, values: Vec<Value>) -> Self {
        Self { statement, values }
    }

    /// The values in the order of the columns.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    fn mismatch(&self, column: usize, expected: &'static str) -> DbError {
        let found = self
            .values
            .get(column)
            .map_or("no such column", Value::sort);
        DbError::Shape {
            statement: self.statement.to_owned(),
            column,
            expected,
            found: found.to_owned(),
        }
    }

    /// A whole number.
    ///
    /// # Errors
    /// When the column holds something else.
    pub fn int(&self, column: usize) -> Result<i64, DbError> {
        match self.values.get(column) {
            Some(Value::Int(value)) => Ok(*value),
            _ => Err(self.mismatch(column, "a whole number")),
        }
    }

    /// A text.
    ///
    /// # Errors
    /// When the column holds something else.
    pub fn text(&self, column: usize) -> Result<&str, DbError> {
        match self.values.get(column) {
            Some(Value::Text(value)) => Ok(value),
            _ => Err(self.mismatch(column, "a text")),
        }
    }

    /// Bytes.
    ///
    /// # Errors
    /// When the column holds something else.
    pub fn blob(&self, column: usize) -> Result<&[u8], DbError> {
        match self.values.get(column) {
            Some(Value::Blob(value)) => Ok(value),
            _ => Err(self.mismatch(column, "bytes")),
        }
    }

    /// A truth value, which one engine stores as 0 and 1.
    ///
    /// # Errors
    /// When the column holds something else.
    pub fn bool(&self, column: usize) -> Result<bool, DbError> {
        match self.values.get(column) {
            Some(Value::Bool(value)) => Ok(*value),
            Some(Value::Int(0)) => Ok(false),
            Some(Value::Int(1)) => Ok(true),
            _ => Err(self.mismatch(column, "a truth value")),
        }
    }

    /// A floating-point number.
    ///
    /// # Errors
    /// When the column holds something else.
    pub fn real(&self, column: usize) -> Result<f64, DbError> {
        match self.values.get(column) {
            Some(Value::Real(value)) => Ok(*value),
            _ => Err(self.mismatch(column, "a floating-point number")),
        }
    }

    /// Whether the column holds nothing.
    #[must_use]
    pub fn is_null(&self, column: usize) -> bool {
        matches!(self.values.get(column), Some(Value::Null))
    }

    /// A column that may hold nothing, read by `read` where it holds something.
    ///
    /// # Errors
    /// As `read`.
    pub fn maybe<'row, T>(
        &'row self,
        column: usize,
        read: impl FnOnce(&'row Self, usize) -> Result<T, DbError>,
    ) -> Result<Option<T>, DbError> {
        if self.is_null(column) {
            return Ok(None);
        }
        read(self, column).map(Some)
    }

    /// An id.
    ///
    /// # Errors
    /// When the column holds no positive number.
    pub fn id<K>(&self, column: usize) -> Result<Id<K>, DbError> {
        Id::from_column(self.int(column)?).map_err(|_| self.mismatch(column, "an id"))
    }

    /// A number of coins.
    ///
    /// # Errors
    /// When the column holds no whole number.
    pub fn coins(&self, column: usize) -> Result<Coins, DbError> {
        self.int(column).map(Coins::new)
    }

    /// An amount.
    ///
    /// # Errors
    /// When the column holds no number from one to the largest amount.
    pub fn amount(&self, column: usize) -> Result<Amount, DbError> {
        Amount::new(self.int(column)?).map_err(|_| self.mismatch(column, "an amount"))
    }

    /// A moment.
    ///
    /// # Errors
    /// When the column holds no whole number.
    pub fn timestamp(&self, column: usize) -> Result<Timestamp, DbError> {
        self.int(column).map(Timestamp::from_micros)
    }
}
