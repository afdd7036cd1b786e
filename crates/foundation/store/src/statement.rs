//! Named SQL statements: one text for both engines wherever that is possible.
//!
//! Parameters are written `?1`, `?2` …; the PostgreSQL adapter rewrites them. A statement's name is also its label
//! in traces, metrics and errors.

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// The embedded libSQL.
    Libsql,
    /// PostgreSQL.
    Postgres,
}

/// A statement with a name.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Statement {
    name: &'static str,
    libsql: &'static str,
    postgres: &'static str,
}

impl Statement {
    /// A statement that both engines understand.
    #[must_use]
    pub const fn new(name: &'static str, text: &'static str) -> Self {
        Self {
            name,
            libsql: text,
            postgres: text,
        }
    }

    /// A statement that the engines need worded differently.
    #[must_use]
    pub const fn worded(name: &'static str, libsql: &'static str, postgres: &'static str) -> Self {
        Self {
            name,
            libsql,
            postgres,
        }
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The text for an engine.
    #[must_use]
    pub const fn text(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Libsql => self.libsql,
            Engine::Postgres => self.postgres,
        }
    }
}
