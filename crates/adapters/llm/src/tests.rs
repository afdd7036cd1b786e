//! Providers that stand in for real ones: each format read to the letter, each fault with its error, and recovery.

mod circuits;
mod faults;
mod goldens;
mod measured;
mod owners;
mod world;
