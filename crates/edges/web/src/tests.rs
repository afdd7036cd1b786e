//! The door and the pages behind it, with a real database and the simulated Discord, as browsers see them.

mod access;
mod attacks;
mod browser;
mod coins;
mod door;
mod files;
mod forged;
mod frame;
mod live;
mod memories;
mod operator;
mod order;
mod personas;
mod rights;
mod scene;
mod settings;
mod tokens;
mod why;
