//! How many connections each peer has, so that no single one takes all that there are.
//!
//! This machine itself and trusted proxies may have as many as there are: everybody comes through them.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

use web::Network;

/// The bits of an IPv6 address that tell one customer from another; all others are the customer's to choose.
const CUSTOMER_BITS: u32 = 64;

/// The connections that are open, by peer.
#[derive(Debug)]
pub(crate) struct Peers {
    most: usize,
    proxies: Vec<Network>,
    open: Mutex<HashMap<IpAddr, Open>>,
}

/// Those of one peer.
#[derive(Debug, Default)]
struct Open {
    count: usize,
    /// The log says that it has too many.
    is_told: bool,
}

/// A connection's place among those of its peer, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    peers: Arc<Peers>,
    who: Option<IpAddr>,
}

impl Peers {
    /// Peers of which each may have so many connections.
    #[must_use]
    pub(crate) fn at_most(most: usize, proxies: Vec<Network>) -> Arc<Self> {
        Arc::new(Self {
            most,
            proxies,
            open: Mutex::default(),
        })
    }

    /// A place for one more connection of this peer, unless it has as many as it may.
    pub(super) fn admit(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let who = self.counted(peer.to_canonical());
        if let Some(who) = who {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let own = open.entry(who).or_default();
            if own.count >= self.most {
                if !std::mem::replace(&mut own.is_told, true) {
                    tracing::warn!(
                        peer = %who, connections = own.count,
                        "one address has as many connections as one may, and further ones of it are closed; if it is a \
                         proxy of yours, name it in GUILDHALL_TRUSTED_PROXIES"
                    );
                }
                return None;
            }
            own.count += 1;
        }
        Some(Place {
            peers: Arc::clone(self),
            who,
        })
    }

    /// As whom a peer is counted, where it is.
    fn counted(&self, peer: IpAddr) -> Option<IpAddr> {
        let is_free = peer.is_loopback() || self.proxies.iter().any(|known| known.holds(peer));
        match peer {
            _ if is_free => None,
            IpAddr::V4(_) => Some(peer),
            IpAddr::V6(six) => {
                let customer = six.to_bits() >> (128 - CUSTOMER_BITS) << (128 - CUSTOMER_BITS);
                Some(Ipv6Addr::from_bits(customer).into())
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(who) = self.who else { return };
        let mut open = self
            .peers
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut own) = open.entry(who) {
            own.get_mut().count -= 1;
            if own.get().count == 0 {
                own.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::Peers;
    use web::Network;

    fn at(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_peer_has_its_share_and_no_more_and_others_theirs() {
        let proxies = vec![Network {
            address: at("10.1.0.0"),
            prefix: 16,
        }];
        let peers = Peers::at_most(2, proxies);
        let mut held: Vec<_> = (0..2).map(|_| peers.admit(at("203.0.113.7"))).collect();
        assert!(held.iter().all(Option::is_some));
        assert!(peers.admit(at("203.0.113.7")).is_none());
        assert!(peers.admit(at("::ffff:203.0.113.7")).is_none());
        assert!(peers.admit(at("203.0.113.8")).is_some());
        held.pop();
        assert!(peers.admit(at("203.0.113.7")).is_some());

        // Whoever has an address of version 6 has as many as they like.
        let six = ["2001:db8::1", "2001:db8::2"].map(|text| peers.admit(at(text)));
        assert!(six.iter().all(Option::is_some));
        assert!(peers.admit(at("2001:db8::3")).is_none());
        assert!(peers.admit(at("2001:db8:0:1::3")).is_some());

        for everybody in ["127.0.0.1", "::1", "10.1.2.3"] {
            let many: Vec<_> = (0..9).map(|_| peers.admit(at(everybody))).collect();
            assert!(many.iter().all(Option::is_some), "{everybody}");
        }
        drop((held, six));
        assert!(peers.open.lock().unwrap().is_empty());
    }
}
