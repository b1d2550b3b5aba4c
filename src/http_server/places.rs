//! Places for connections: so many in all, and so many for one address.
//!
//! # Invariants
//! - One address never holds all places.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Maximum number of connections: two addresses may have all of theirs.
const CONNECTIONS: usize = 512;

/// Maximum number of connections of one address. A proxy in front of the server is one address: two
/// hundred programs can ask at once through it.
const PER_ADDRESS: usize = 256;

/// The taken places. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Places(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// A place; dropping it frees the place.
#[derive(Debug)]
pub(super) struct Place {
    places: Places,
    holder: IpAddr,
}

impl Places {
    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take(&self, address: IpAddr) -> Option<Place> {
        let holder = holder(address);
        let mut taken = self.lock();
        let own = taken.get(&holder).copied().unwrap_or_default();
        if own >= PER_ADDRESS || taken.values().sum::<usize>() >= CONNECTIONS {
            return None;
        }
        taken.insert(holder, own + 1);
        Some(Place {
            places: self.clone(),
            holder,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        if let Some(own) = taken.get_mut(&self.holder) {
            *own -= 1;
        }
        taken.retain(|_, own| *own > 0);
    }
}

/// Who is behind an address: everybody with IPv6 has a whole network of 64 bits.
fn holder(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
        address => address,
    }
}

#[cfg(test)]
#[path = "tests/places.rs"]
mod tests;
