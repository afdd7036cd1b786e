//! A database file that nobody else works on, a copy or one in the making: its tables, and rows out of and into them.
//!
//! Only one connection is on it, so what holds for the database of a server (L1) holds here too.

use std::path::Path;

use store::{
    DbError, Tx,
    dump::{DumpError, GiveRow, Numbering, Table, TakeRow, quoted},
};

use crate::{
    open::create_file,
    session::{Connection, Role},
    writer::EMPTY_LOG,
};

/// Rows that share a commit.
const CHUNK: u64 = 20_000;

/// A file of nobody else.
#[derive(Debug)]
pub struct LooseFile {
    connection: Connection,
}

impl LooseFile {
    /// Opens the file, which must exist, and on which no store may be open.
    ///
    /// # Errors
    /// When it is no database.
    pub fn open(path: &Path) -> Result<Self, DbError> {
        let connection = Connection::open(path, Role::Writer)?;
        Ok(Self { connection })
    }

    /// Makes the file, which must not exist yet, and opens it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn make(path: &Path) -> Result<Self, DbError> {
        create_file(path).map_err(|error| DbError::Unavailable {
            doing: "making a database".to_owned(),
            reason: error.to_string(),
        })?;
        Self::open(path)
    }

    /// Runs `work` in a transaction, which is kept where it succeeds.
    ///
    /// # Errors
    /// Whatever it refuses, or the engine's failure.
    pub fn change<T, E: From<DbError>>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.connection.begin_write()?;
        let result = work(&mut Tx::new(&mut self.connection, 0));
        match &result {
            Ok(_) => self.connection.commit()?,
            Err(_) => self.connection.roll_back()?,
        }
        result
    }

    /// The tables of the schema in the order of their names, but for the list of migrations. A full-text index is one
    /// table, of a row's number and its words; those that it keeps for itself are not listed.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn tables(&mut self) -> Result<Vec<Table>, DbError> {
        let listed = self.connection.list(
            "SELECT type || ':' || name FROM pragma_table_list
              WHERE schema = 'main' AND type IN ('table', 'virtual')
                AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'store_migrations' ORDER BY name",
        )?;
        let kinds = listed.iter().filter_map(|line| line.split_once(':'));
        kinds.map(|(kind, name)| self.table(kind, name)).collect()
    }

    fn table(&mut self, kind: &str, name: &str) -> Result<Table, DbError> {
        let asked = format!(
            "SELECT pk || ':' || name FROM pragma_table_info('{}') ORDER BY cid",
            name.replace('\'', "''")
        );
        let listed = self.connection.list(&asked)?;
        let columns: Vec<(u32, &str)> = listed
            .iter()
            .filter_map(|line| line.split_once(':'))
            .map(|(place, column)| (place.parse().unwrap_or(0), column))
            .collect();
        let names = columns.iter().map(|(_, column)| (*column).to_owned());
        if kind == "virtual" {
            return Ok(Table {
                name: name.to_owned(),
                columns: std::iter::once("rowid".to_owned()).chain(names).collect(),
                key: vec!["rowid".to_owned()],
                words: Some(1),
            });
        }
        let mut key: Vec<_> = columns.iter().filter(|(place, _)| *place > 0).collect();
        if key.is_empty() {
            key = columns.iter().collect();
        }
        key.sort_by_key(|(place, _)| *place);
        Ok(Table {
            name: name.to_owned(),
            columns: names.collect(),
            key: key.iter().map(|(_, column)| (*column).to_owned()).collect(),
            words: None,
        })
    }

    /// Hands out every row of a table in the order of its key; says how many.
    ///
    /// # Errors
    /// When the file cannot be read, or whoever takes a row fails.
    pub fn rows(&mut self, table: &Table, take: &mut TakeRow<'_>) -> Result<u64, DumpError> {
        let key: Vec<String> = table.key.iter().map(|column| quoted(column)).collect();
        let asked = format!(
            "SELECT {} FROM {} ORDER BY {}",
            table.list(),
            quoted(&table.name),
            key.join(", ")
        );
        let mut count = 0;
        self.connection
            .stream("store.dump", &asked, &mut |mut row| {
                table.even(&mut row);
                count += 1;
                take(&row)
            })?;
        Ok(count)
    }

    /// Puts rows into a table in place of those that it has; says how many.
    ///
    /// # Errors
    /// When the file cannot be written, a row does not fit, or whoever gives the rows fails.
    pub fn fill(&mut self, table: &Table, give: &mut GiveRow<'_>) -> Result<u64, DumpError> {
        let places: Vec<String> = (1..=table.columns.len())
            .map(|place| format!("?{place}"))
            .collect();
        let insert = format!(
            "INSERT INTO {} ({}) VALUES ({})",
            quoted(&table.name),
            table.list(),
            places.join(", ")
        );
        let delete = format!("DELETE FROM {}", quoted(&table.name));
        self.in_transaction(|connection| Ok(connection.ask(&delete).map(drop)?))?;
        let mut count = 0;
        loop {
            let put = self.in_transaction(|connection| put(connection, &insert, give))?;
            count += put;
            if put < CHUNK {
                return Ok(count);
            }
        }
    }

    /// Does a part of a long work, which is kept where it succeeds.
    fn in_transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Connection) -> Result<T, DumpError>,
    ) -> Result<T, DumpError> {
        self.connection.begin_write()?;
        let done = work(&mut self.connection);
        match &done {
            Ok(_) => self.connection.commit()?,
            Err(_) => self.connection.roll_back()?,
        }
        done
    }

    /// How far the tables have given out their own numbers.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn numberings(&mut self) -> Result<Vec<Numbering>, DbError> {
        let listed = self.connection.list(
            "SELECT seq || ':' || name FROM sqlite_sequence WHERE seq IS NOT NULL ORDER BY name",
        )?;
        let numbering = |line: &String| {
            let (last, table) = line.split_once(':')?;
            Some(Numbering {
                table: table.to_owned(),
                last: last.parse().ok()?,
            })
        };
        Ok(listed.iter().filter_map(numbering).collect())
    }

    /// Has a table go on with its numbers behind this one.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn number_on(&mut self, numbering: &Numbering) -> Result<(), DbError> {
        let name = numbering.table.replace('\'', "''");
        self.connection.begin_write()?;
        for step in [
            format!("DELETE FROM sqlite_sequence WHERE name = '{name}'"),
            format!(
                "INSERT INTO sqlite_sequence (name, seq) VALUES ('{name}', {})",
                numbering.last
            ),
        ] {
            self.connection.ask(&step)?;
        }
        self.connection.commit()
    }

    /// Leaves everything in the one file, and its log empty.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn close(mut self) -> Result<(), DbError> {
        self.connection.ask(EMPTY_LOG).map(drop)
    }
}

/// Puts rows into a table until a chunk is full or there is none left; says how many.
fn put(
    connection: &mut Connection,
    insert: &str,
    give: &mut GiveRow<'_>,
) -> Result<u64, DumpError> {
    let inserting = connection.single("store.load", insert)?;
    let mut count = 0;
    while count < CHUNK {
        let Some(row) = give()? else { break };
        inserting.run(row)?;
        count += 1;
    }
    Ok(count)
}
