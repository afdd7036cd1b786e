//! A connection of its own beside the threads, for moving whole tables: out of one frozen state, or in, all in one
//! transaction.
//!
//! A row travels by COPY in the server's binary form. Not here: SQL of any context.

use std::{pin::pin, time::Duration};

use bytes::Bytes;
use futures_util::TryStreamExt;
use store::{
    DbError, Tx,
    dump::{DumpError, GiveRow, Numbering, Table, TakeRow, quoted},
};
use tokio::runtime::Runtime;
use tokio_postgres::{
    Client, SimpleQueryMessage,
    binary_copy::{BinaryCopyInWriter, BinaryCopyOutStream},
    types::{ToSql, Type},
};

use crate::{
    binding::{self, Bound},
    failure::{failure, lost},
    link::Link,
    session::PgSession,
    store::{ConnectError, Options, PostgresStore},
    target::Target,
};

/// How long one table may take.
const TABLE_TIME_MAX: Duration = Duration::from_secs(24 * 3_600);
/// How long anything else may take.
const TIME_MAX: Duration = Duration::from_secs(3_600);

/// How this connection is told from those of servers.
const NAME: &str = "guildhall-aside";

const FREEZE: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// A connection of its own. Without [`Aside::commit`] nothing that was done on it lasts.
pub struct Aside {
    runtime: Runtime,
    link: Option<Link>,
}

impl std::fmt::Debug for Aside {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Aside").finish_non_exhaustive()
    }
}

/// Why there is no such connection.
#[derive(Debug, thiserror::Error)]
pub enum AsideError {
    /// The address cannot be used.
    #[error(transparent)]
    Address(#[from] ConnectError),
    /// The server is away, or refuses.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Aside {
    /// Connects to where a store is connected, and sees one frozen state from now on.
    ///
    /// # Errors
    /// When the server is away.
    pub fn frozen(store: &PostgresStore) -> Result<Self, AsideError> {
        Self::open(store.target(), FREEZE)
    }

    /// Connects, and begins a transaction that writes.
    ///
    /// # Errors
    /// When the address makes no sense, or the server is away.
    pub fn writing(url: &str) -> Result<Self, AsideError> {
        Self::open(&Target::parse(url, &Options::default())?, BEGIN)
    }

    fn open(target: &Target, begin: &'static str) -> Result<Self, AsideError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(ConnectError::Thread)?;
        let link = Link::open(&runtime, target, &Options::default());
        let link = link.map_err(|reason| DbError::Unavailable {
            doing: "connecting".to_owned(),
            reason,
        })?;
        let mut aside = Self {
            runtime,
            link: Some(link),
        };
        // What takes long here holds up nobody, so the bounds of use cases do not suit it.
        aside.script(&format!(
            "SET application_name = '{NAME}'; SET statement_timeout = 0;
             SET idle_in_transaction_session_timeout = 0"
        ))?;
        aside.script(begin)?;
        // The state that is seen is fixed by the first look at a table.
        aside.ask("SELECT count(*) FROM pg_class")?;
        Ok(aside)
    }

    fn link(&mut self) -> Result<(&Runtime, &mut Link), DbError> {
        match &mut self.link {
            Some(link) => Ok((&self.runtime, link)),
            None => Err(silent("store.aside")),
        }
    }

    /// Runs `work` on what the use cases use.
    ///
    /// # Errors
    /// Whatever it refuses, or the server's failure.
    pub fn with<T, E: From<DbError>>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (runtime, link) = self.link()?;
        let mut session = PgSession::within(runtime, link, TIME_MAX);
        let result = work(&mut Tx::new(&mut session, 0));
        session.settle()?;
        result
    }

    fn script(&mut self, text: &str) -> Result<(), DbError> {
        let (runtime, link) = self.link()?;
        let client = std::sync::Arc::clone(&link.client);
        let done = link.drive(runtime, TIME_MAX, async move {
            client.batch_execute(text).await
        });
        done.ok_or_else(|| silent("store.aside"))?
            .map_err(|error| failure("store.aside", &error).into_error())
    }

    /// The first column of what a text answers with.
    fn ask(&mut self, text: &str) -> Result<Vec<String>, DbError> {
        let (runtime, link) = self.link()?;
        let client = std::sync::Arc::clone(&link.client);
        let asked = link.drive(
            runtime,
            TIME_MAX,
            async move { client.simple_query(text).await },
        );
        let answers = asked
            .ok_or_else(|| silent("store.aside"))?
            .map_err(|error| failure("store.aside", &error).into_error())?;
        let first = |answer: SimpleQueryMessage| match answer {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        };
        Ok(answers.into_iter().filter_map(first).collect())
    }

    /// How many connections of servers of ours the database has.
    ///
    /// # Errors
    /// When the server is away.
    pub fn servers(&mut self) -> Result<u64, DbError> {
        let count = self.ask(
            "SELECT count(*) FROM pg_stat_activity
              WHERE datname = current_database() AND application_name = 'guildhall'",
        )?;
        Ok(count
            .first()
            .and_then(|count| count.parse().ok())
            .unwrap_or(0))
    }

    /// How many bytes the database takes on its server.
    ///
    /// # Errors
    /// When the server is away.
    pub fn size(&mut self) -> Result<u64, DbError> {
        let size = self.ask("SELECT pg_database_size(current_database())")?;
        Ok(size.first().and_then(|size| size.parse().ok()).unwrap_or(0))
    }

    /// The tables that stand where ours would.
    ///
    /// # Errors
    /// When the server is away.
    pub fn present(&mut self) -> Result<Vec<String>, DbError> {
        self.ask(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename",
        )
    }

    /// Moves these tables into a schema of this name, which is made.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn move_to(&mut self, tables: &[String], schema: &str) -> Result<(), DbError> {
        let schema = quoted(schema);
        self.script(&format!("CREATE SCHEMA {schema}"))?;
        for table in tables {
            self.script(&format!(
                "ALTER TABLE {} SET SCHEMA {schema}",
                quoted(table)
            ))?;
        }
        Ok(())
    }

    /// Hands out every row of a table in the order of its key; says how many.
    ///
    /// # Errors
    /// When the server fails, the table has other columns, or whoever takes a row fails.
    pub fn rows(&mut self, table: &Table, take: &mut TakeRow<'_>) -> Result<u64, DumpError> {
        let types = self.types(table)?;
        let shown = |(column, ty): (&String, &Type)| match is_words(ty) {
            true => format!(
                "array_to_string(tsvector_to_array({}), ' ')",
                quoted(column)
            ),
            false => quoted(column),
        };
        let shown: Vec<String> = table.columns.iter().zip(&types).map(shown).collect();
        let text = format!(
            "COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT (FORMAT binary)",
            shown.join(", "),
            quoted(&table.name),
            order(table, &types)
        );
        let types: Vec<Type> = types.into_iter().map(as_text).collect();
        let (runtime, link) = self.link()?;
        let client = std::sync::Arc::clone(&link.client);
        let copying = copy_out(&client, table, &text, &types, take);
        link.drive(runtime, TABLE_TIME_MAX, copying)
            .ok_or_else(|| silent("store.dump"))?
    }

    /// Puts rows into an empty table; says how many.
    ///
    /// # Errors
    /// When the server refuses a row, the table has other columns, or whoever gives the rows fails.
    pub fn fill(&mut self, table: &Table, give: &mut GiveRow<'_>) -> Result<u64, DumpError> {
        let types = self.types(table)?;
        self.script(&format!("DELETE FROM {}", quoted(&table.name)))?;
        let has_words = types.iter().any(is_words);
        // Words cannot be copied in as such: they come in as texts, beside the table.
        let target = match has_words {
            true => {
                self.script(
                    "CREATE TEMPORARY TABLE loading_words (id BIGINT, words TEXT) ON COMMIT DROP",
                )?;
                "COPY loading_words (id, words) FROM STDIN (FORMAT binary)".to_owned()
            }
            false => format!(
                "COPY {} ({}) FROM STDIN (FORMAT binary)",
                quoted(&table.name),
                table.list()
            ),
        };
        let types: Vec<Type> = types.into_iter().map(as_text).collect();
        let (runtime, link) = self.link()?;
        let client = std::sync::Arc::clone(&link.client);
        let copying = copy_in(&client, &target, &types, give);
        let count = link
            .drive(runtime, TABLE_TIME_MAX, copying)
            .ok_or_else(|| silent("store.load"))??;
        if has_words {
            self.script(&format!(
                "INSERT INTO {} ({}) SELECT id, CAST(words AS TSVECTOR) FROM loading_words; DROP TABLE loading_words",
                quoted(&table.name),
                table.list()
            ))?;
        }
        Ok(count)
    }

    /// The types of a table's columns.
    fn types(&mut self, table: &Table) -> Result<Vec<Type>, DbError> {
        let text = format!("SELECT {} FROM {}", table.list(), quoted(&table.name));
        let (runtime, link) = self.link()?;
        let client = std::sync::Arc::clone(&link.client);
        let prepared = link.drive(
            runtime,
            TIME_MAX,
            async move { client.prepare(&text).await },
        );
        let prepared = prepared
            .ok_or_else(|| silent("store.dump"))?
            .map_err(|error| failure("store.dump", &error).into_error())?;
        Ok(prepared
            .columns()
            .iter()
            .map(|column| column.type_().clone())
            .collect())
    }

    /// How far these tables have given out their own numbers.
    ///
    /// # Errors
    /// When the server is away.
    pub fn numberings(&mut self, tables: &[Table]) -> Result<Vec<Numbering>, DbError> {
        let mut found = Vec::new();
        for table in tables {
            let Some(sequence) = self.sequence(&table.name)? else {
                continue;
            };
            let given = self.ask(&format!(
                "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"
            ))?;
            let last = given.first().and_then(|last| last.parse().ok());
            found.extend(last.map(|last| Numbering {
                table: table.name.clone(),
                last,
            }));
        }
        Ok(found)
    }

    /// Has a table go on with its numbers behind this one.
    ///
    /// # Errors
    /// When the server is away.
    pub fn number_on(&mut self, numbering: &Numbering) -> Result<(), DbError> {
        let Some(sequence) = self.sequence(&numbering.table)? else {
            return Ok(());
        };
        let (from, called) = (numbering.last.max(1), numbering.last >= 1);
        let sequence = sequence.replace('\'', "''");
        self.ask(&format!("SELECT setval('{sequence}', {from}, {called})"))
            .map(drop)
    }

    /// What gives a table its numbers, where something does.
    fn sequence(&mut self, table: &str) -> Result<Option<String>, DbError> {
        let name = quoted(table).replace('\'', "''");
        let found = self.ask(&format!(
            "SELECT pg_get_serial_sequence('{name}', attname) FROM pg_attribute
              WHERE attrelid = to_regclass('{name}') AND attidentity <> ''"
        ))?;
        Ok(found.into_iter().next())
    }

    /// Keeps everything that was done.
    ///
    /// # Errors
    /// When the server is away; then nothing is kept, or all of it.
    pub fn commit(&mut self) -> Result<(), DbError> {
        self.script("COMMIT")
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if let Some(link) = self.link.take() {
            link.close(&self.runtime);
        }
    }
}

#[expect(
    clippy::future_not_send,
    reason = "it is awaited on the thread that made it, by the connection's own runtime"
)]
async fn copy_out(
    client: &Client,
    table: &Table,
    text: &str,
    types: &[Type],
    take: &mut TakeRow<'_>,
) -> Result<u64, DumpError> {
    let broken = |error: tokio_postgres::Error| failure("store.dump", &error).into_error();
    let stream = client.copy_out(text).await.map_err(broken)?;
    let mut rows = pin!(BinaryCopyOutStream::new(stream, types));
    let mut count = 0;
    while let Some(row) = rows.try_next().await.map_err(broken)? {
        let mut values = binding::copied("store.dump", &row, types.len())?;
        table.even(&mut values);
        take(&values)?;
        count += 1;
    }
    Ok(count)
}

#[expect(
    clippy::future_not_send,
    reason = "it is awaited on the thread that made it, by the connection's own runtime"
)]
async fn copy_in(
    client: &Client,
    text: &str,
    types: &[Type],
    give: &mut GiveRow<'_>,
) -> Result<u64, DumpError> {
    let broken = |error: tokio_postgres::Error| failure("store.load", &error).into_error();
    let sink = client.copy_in::<_, Bytes>(text).await.map_err(broken)?;
    let mut writer = pin!(BinaryCopyInWriter::new(sink, types));
    while let Some(row) = give()? {
        let values = binding::checked("store.load", types, binding::as_types(types, row))?;
        let values: Vec<&(dyn ToSql + Sync)> =
            values.iter().map(|value: &Bound| value as _).collect();
        writer.as_mut().write(&values).await.map_err(broken)?;
    }
    Ok(writer.finish().await.map_err(broken)?)
}

fn order(table: &Table, types: &[Type]) -> String {
    // A key has no NULL; where all columns stand for one, the other engine has it first.
    let is_keyless = table.key.len() == table.columns.len();
    let nulls = if is_keyless { " NULLS FIRST" } else { "" };
    let column = |name: &String| {
        let place = table.columns.iter().position(|column| column == name);
        let is_text = place
            .and_then(|place| types.get(place))
            .is_some_and(binding::is_text);
        // By their bytes, as the other engine does, whatever language the database is in.
        let collation = if is_text { " COLLATE \"C\"" } else { "" };
        format!("{}{collation}{nulls}", quoted(name))
    };
    let columns: Vec<String> = table.key.iter().map(column).collect();
    columns.join(", ")
}

fn is_words(ty: &Type) -> bool {
    *ty == Type::TS_VECTOR
}

fn as_text(ty: Type) -> Type {
    if is_words(&ty) { Type::TEXT } else { ty }
}

fn silent(statement: &'static str) -> DbError {
    lost(statement, "the server did not answer in time".to_owned()).into_error()
}
