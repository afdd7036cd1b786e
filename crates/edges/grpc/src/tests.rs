//! The edge through a real socket, with a client made from the same files.

mod calls;
mod ends;
mod generated;
mod scene;
