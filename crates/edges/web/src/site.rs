//! Where people find this server: the origin, the prefix before every path, and what follows from both for cookies.

use std::net::IpAddr;

use axum::http::{HeaderMap, header};

/// A range of addresses, such as `10.0.0.0/8`: here, one whose forwarding headers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// An address in it.
    pub address: IpAddr,
    /// How many of its leading bits count.
    pub prefix: u8,
}

/// The address that people use, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    origin: String,
    prefix: String,
    is_secure: bool,
    proxies: Vec<Network>,
}

impl Site {
    /// The site at this address, such as `https://x.org/bots/guildhall`, behind these proxies.
    #[must_use]
    pub fn at(url: &str, proxies: Vec<Network>) -> Self {
        let url = url.trim_end_matches('/');
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let (host, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        Self {
            // A browser names hosts in small letters.
            origin: format!("{scheme}://{}", host.to_lowercase()),
            prefix: path.to_owned(),
            is_secure: scheme == "https",
            proxies,
        }
    }

    /// Scheme, host and port, as a browser names them.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What stands before every path: nothing, or `/bots/guildhall`.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether people come over TLS.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// The address of one of our paths, within this site.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// The whole address of one of our paths.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, self.prefix)
    }

    /// The path without the prefix, where it has it: there are proxies that take it away and proxies that don't.
    #[must_use]
    pub fn inner<'p>(&self, path: &'p str) -> &'p str {
        match path.strip_prefix(self.prefix.as_str()) {
            Some("") => "/",
            Some(inner) if inner.starts_with('/') => inner,
            _ => path,
        }
    }

    /// Where a person goes on who came to this machine by another of its own names; cookies belong to one name.
    pub(crate) fn own_name(&self, headers: &HeaderMap, path: &str) -> Option<String> {
        let host = headers.get(header::HOST)?.to_str().ok()?;
        let own = self.origin.split_once("://")?.1;
        let differs = !host.eq_ignore_ascii_case(own);
        (differs && is_loopback(host) && is_loopback(own)).then(|| self.address(path))
    }

    /// Who asks: the peer, or whom a trusted proxy names.
    pub(crate) fn client(&self, headers: &HeaderMap, peer: IpAddr) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.trusts(client) {
            return client;
        }
        let named = headers.get_all("x-forwarded-for").iter();
        let named: Vec<_> = named
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        // Each proxy adds whom it saw at the end, so only what trusted ones added is believed.
        for name in named.into_iter().rev() {
            let Ok(address) = name.trim().parse::<IpAddr>() else {
                return client;
            };
            client = address.to_canonical();
            if !self.trusts(client) {
                return client;
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.holds(address))
    }
}

impl Network {
    /// Whether an address is in it.
    #[must_use]
    pub fn holds(&self, address: IpAddr) -> bool {
        let bits = |address: IpAddr| match address {
            IpAddr::V4(four) => (u128::from(four.to_bits()) << 96, 32),
            IpAddr::V6(six) => (six.to_bits(), 128),
        };
        let ((own, width), (other, other_width)) = (bits(self.address), bits(address));
        let prefix = u32::from(self.prefix).min(width);
        let differing = (own ^ other).checked_shr(128 - prefix).unwrap_or(0);
        width == other_width && differing == 0
    }
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let host = host.trim_matches(['[', ']']);
    let address = host.parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use axum::http::HeaderMap;

    use super::{Network, Site};

    fn site(url: &str) -> Site {
        Site::at(url, Vec::new())
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn an_address_is_taken_apart_and_put_together() {
        let table = [
            ("https://x.org", "https://x.org", "", true),
            ("https://X.org/bots/g/", "https://x.org", "/bots/g", true),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "", false),
        ];
        for (url, origin, prefix, secure) in table {
            let site = site(url);
            assert_eq!(
                (site.origin(), site.prefix(), site.is_secure()),
                (origin, prefix, secure)
            );
            assert_eq!(site.address("/a"), format!("{origin}{prefix}/a"));
        }
    }

    #[test]
    fn the_prefix_is_taken_away_once_and_only_as_a_whole() {
        let site = site("https://x.org/bots");
        let table = [
            ("/bots", "/"),
            ("/bots/", "/"),
            ("/bots/dashboard", "/dashboard"),
            ("/botsy", "/botsy"),
            ("/dashboard", "/dashboard"),
            ("/bots/bots/a", "/bots/a"),
        ];
        for (path, inner) in table {
            assert_eq!(site.inner(path), inner, "{path}");
        }
    }

    #[test]
    fn only_names_of_this_machine_lead_to_another() {
        let local = site("http://127.0.0.1:8080");
        let moved = |site: &Site, host| site.own_name(&headers(&[("host", host)]), "/auth/login");
        let there = Some("http://127.0.0.1:8080/auth/login".to_owned());
        assert_eq!(moved(&local, "localhost:8080"), there);
        assert_eq!(moved(&local, "[::1]:8080"), there);
        assert_eq!(moved(&local, "127.0.0.1:8080"), None);
        assert_eq!(moved(&local, "evil.test"), None);
        assert_eq!(moved(&local, "localhost.evil.test"), None);
        assert_eq!(moved(&site("https://x.org"), "localhost:8080"), None);
    }

    #[test]
    fn forwarding_headers_count_from_trusted_proxies_alone() {
        let network = |address: &str, prefix| Network {
            address: address.parse().unwrap(),
            prefix,
        };
        let trusted = vec![network("10.0.0.0", 8), network("fd00::", 16)];
        let site = Site::at("https://x.org", trusted);
        let table = [
            ("203.0.113.9", "1.2.3.4", "203.0.113.9"),
            ("10.0.0.1", "1.2.3.4", "1.2.3.4"),
            ("10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
            ("10.0.0.1", "1.2.3.4, 10.0.0.2", "1.2.3.4"),
            ("10.0.0.1", "nonsense", "10.0.0.1"),
            ("10.0.0.1", "1.2.3.4, nonsense", "10.0.0.1"),
            ("::ffff:10.0.0.1", "1.2.3.4", "1.2.3.4"),
            ("fd00::1", "2001:db8::7", "2001:db8::7"),
            ("fd01::1", "2001:db8::7", "fd01::1"),
            ("10.0.0.1", "10.0.0.9", "10.0.0.9"),
        ];
        for (peer, named, expected) in table {
            let peer: IpAddr = peer.parse().unwrap();
            let client = site.client(&headers(&[("x-forwarded-for", named)]), peer);
            assert_eq!(client.to_string(), expected, "{peer} names {named}");
        }
        let whole = network("0.0.0.0", 0);
        assert!(whole.holds("9.9.9.9".parse().unwrap()));
        assert!(!whole.holds("::1".parse().unwrap()));
    }
}
