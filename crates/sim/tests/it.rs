//! The simulator from outside: a raw WebSocket client at its gateway, HTTP at its control API, restarts.
//! No Discord library is used here, and nothing sleeps: time is moved by hand where it matters.

#[cfg(test)]
mod it {
    mod client;
    mod control;
    mod gateway;
    mod limits;
    mod restart;
}
