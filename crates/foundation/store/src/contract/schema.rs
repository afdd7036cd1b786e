//! The whole schema as text, for comparing what a way there and back leaves.

use crate::{DbError, Statement, Tx};

const TABLES: Statement = Statement::worded(
    "contract.tables",
    "SELECT type || ' ' || name || ' on ' || tbl_name || ': ' || coalesce(sql, '') FROM sqlite_master
      WHERE name NOT LIKE 'sqlite_%' AND tbl_name <> 'store_migrations' ORDER BY type, name LIMIT 10000",
    "SELECT CAST(table_name || '.' || column_name || ' ' || data_type || ' null ' || is_nullable || ' default '
            || coalesce(column_default, '') || ' identity ' || is_identity AS TEXT)
       FROM information_schema.columns
      WHERE table_schema = current_schema() AND table_name <> 'store_migrations'
      ORDER BY table_name, column_name LIMIT 10000",
);
const INDEXES: Statement = Statement::worded(
    "contract.indexes",
    "SELECT name FROM sqlite_master WHERE FALSE LIMIT 1",
    "SELECT CAST(indexdef AS TEXT) FROM pg_indexes
      WHERE schemaname = current_schema() AND tablename <> 'store_migrations' ORDER BY 1 LIMIT 10000",
);
const CONSTRAINTS: Statement = Statement::worded(
    "contract.constraints",
    "SELECT name FROM sqlite_master WHERE FALSE LIMIT 1",
    "SELECT CAST(conrelid AS regclass) || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
      WHERE connamespace = CAST(current_schema() AS regnamespace)
        AND CAST(CAST(conrelid AS regclass) AS TEXT) <> 'store_migrations' ORDER BY 1 LIMIT 10000",
);

/// All tables, columns, indexes and constraints but the list of migrations itself.
///
/// # Errors
/// When the engine fails.
pub fn schema(tx: &mut Tx<'_>) -> Result<String, DbError> {
    let mut lines = Vec::new();
    for statement in [&TABLES, &INDEXES, &CONSTRAINTS] {
        for row in tx.rows(statement, &[])? {
            lines.push(row.text(0)?.to_owned());
        }
    }
    Ok(lines.join("\n"))
}
