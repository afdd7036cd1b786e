//! Addresses that an owner may have called: public ones, over https, and no others.
//!
//! A name is looked up once for each connection, by the connector itself, and the connection goes to what was looked
//! at: there is no second look-up that could answer otherwise. One address within reach of our own networks among the
//! answers spoils them all. What is called by number never meets a look-up, so it is judged where the address is read.
//! Not here: the operator's own addresses, which may be local.

use std::{
    fmt,
    future::Future,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::Pin,
    sync::Arc,
};

use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};

/// The longest address.
const LENGTH_MAX: usize = 2_048;

/// The most addresses of one name that are looked at.
const ANSWERS_MAX: usize = 64;

/// Endings of names that only mean something within a network.
const LOCAL_NAMES: [&str; 14] = [
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "private",
    "arpa",
    "onion",
    "test",
    "invalid",
    "svc",
];

/// Looks names up; the machine's own way outside tests.
pub trait Lookup: Send + Sync + fmt::Debug {
    /// The addresses of a name.
    fn lookup<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;
}

/// The machine's own way.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.take(ANSWERS_MAX).map(|found| found.ip()).collect())
        })
    }
}

/// Why an owner's address is not called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is none, or says more than where to go.
    #[error("write a plain https address, such as https://models.example.com/v1: {0}")]
    Unusable(&'static str),
    /// It leads into a network of ours.
    #[error("this address does not lead to the public internet")]
    NotPublic,
}

/// Reads an owner's address.
///
/// # Errors
/// When it is not plain https to a public place.
pub(crate) fn checked(text: &str) -> Result<Url, AddressError> {
    if text.len() > LENGTH_MAX || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(AddressError::Unusable("it is too long or has spaces"));
    }
    let url = Url::parse(text).map_err(|_| AddressError::Unusable("it can't be read"))?;
    if url.scheme() != "https" {
        return Err(AddressError::Unusable("it is not https"));
    }
    if !url.username().is_empty() || url.password().is_some() || text.contains('\\') {
        return Err(AddressError::Unusable("it names a user"));
    }
    if url.fragment().is_some() {
        return Err(AddressError::Unusable("it has a fragment"));
    }
    // Ports below are for other sorts of servers.
    if url.port().is_some_and(|port| port != 443 && port < 1_024) {
        return Err(AddressError::Unusable("its port is not one of https"));
    }
    let host = url.host_str().unwrap_or_default();
    if is_public_host(host) {
        Ok(url)
    } else {
        Err(AddressError::NotPublic)
    }
}

fn is_public_host(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return is_public(address);
    }
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let last = name.rsplit('.').next().unwrap_or("");
    let is_number = last.starts_with("0x") || last.chars().all(|c| c.is_ascii_digit());
    name.contains('.') && !is_number && !LOCAL_NAMES.contains(&last)
}

/// Whether an address belongs to the public internet.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = match (a, b, c) {
        // This network, private, shared by carriers, loopback, link-local with the clouds' metadata.
        (0 | 10 | 127, ..) | (100, 64..=127, _) | (169, 254, _) | (172, 16..=31, _) => true,
        // Protocol assignments, documentation, the old relay, private, benchmarks.
        (192, 0, 0 | 2) | (192, 31, 196) | (192, 52, 193) | (192, 88, 99) | (192, 168, _) => true,
        (192, 175, 48) | (198, 18..=19, _) | (198, 51, 100) | (203, 0, 113) => true,
        // A cloud's metadata outside the link-local range.
        (168, 63, 129) => true,
        // Multicast, reserved, broadcast.
        (224.., ..) => true,
        _ => false,
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    if let Some(inner) = carried_v4(parts) {
        return is_public_v4(inner);
    }
    // Only what is handed out as global unicast is public; unique local, link-local, multicast and the rest are not.
    let global = parts[0] & 0xe000 == 0x2000;
    let special = match (parts[0], parts[1]) {
        // Protocol assignments with Teredo in them, and documentation.
        (0x2001, 0..=0x01ff | 0x0db8) => true,
        (0x3fff, 0..=0x0fff) => true,
        _ => false,
    };
    global && !special
}

/// The IPv4 address that an IPv6 address stands for: mapped, translated, or tunnelled.
fn carried_v4(parts: [u16; 8]) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match parts {
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

/// The look-up of the connector: refuses names that lead into our own networks.
pub(crate) struct PublicOnly(pub(crate) Arc<dyn Lookup>);

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = self.0.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let mut found = lookup.lookup(&host).await?;
            found.truncate(ANSWERS_MAX);
            if !found.iter().copied().all(is_public) {
                return Err(AddressError::NotPublic.into());
            }
            let found: Addrs = Box::new(found.into_iter().map(|found| SocketAddr::new(found, 0)));
            Ok(found)
        })
    }
}

#[cfg(test)]
mod tests;
