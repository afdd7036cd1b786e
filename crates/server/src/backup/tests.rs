//! Backups of both engines, each brought back to both; and every way in which a file is no good.

mod files;
mod rounds;
mod world;
