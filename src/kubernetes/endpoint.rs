//! Addresses of nodes that run elsewhere, as an `EndpointSlice` and Cassandra's seed list take them. Networks, as
//! a load balancer takes them. Called by the rules and by the reader of locks.

use std::net::IpAddr;

use super::syntax::is_subdomain;

/// The maximum number of addresses in an endpoint of an `EndpointSlice` (`maxAddresses` in Kubernetes'
/// `pkg/apis/discovery/validation`).
pub(crate) const MOST_ADDRESSES: usize = 100;

/// What is wrong with the address of a node, in two or three words; `None` for a valid one. An `EndpointSlice` accepts DNS
/// names with at least two parts, and no loopback, unspecified, multicast or link-local address (Kubernetes'
/// `pkg/apis/discovery/validation`).
pub(crate) fn fault(seed: &str) -> Option<&'static str> {
    if let Ok(address) = seed.parse::<IpAddr>() {
        let link_local = match address {
            IpAddr::V4(address) => address.is_link_local(),
            IpAddr::V6(address) => address.is_unicast_link_local(),
        };
        return match address {
            _ if address.is_loopback() => Some("loopback address"),
            _ if address.is_unspecified() => Some("unspecified address"),
            _ if address.is_multicast() => Some("multicast address"),
            _ if link_local => Some("link-local address"),
            _ => None,
        };
    }
    let numeric = seed.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    match seed {
        "" => Some(""),
        "localhost" => Some("loopback address"),
        _ if seed.contains(':') => Some("port, or invalid IPv6 address"),
        _ if numeric => Some("invalid IPv4 address"),
        _ if !is_subdomain(seed) => Some("invalid DNS name"),
        _ if !seed.contains('.') => Some("needs at least two parts"),
        _ => None,
    }
}

/// Whether a text is a network: an address and its bits, such as `10.0.0.0/8`.
pub(crate) fn is_network(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    let most = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    let plain = !bits.is_empty()
        && bits.bytes().all(|byte| byte.is_ascii_digit())
        && !(bits.len() > 1 && bits.starts_with('0'));
    plain && bits.parse::<u8>().is_ok_and(|bits| bits <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_an_address_and_its_bits() {
        for network in ["10.0.0.0/8", "0.0.0.0/0", "192.0.2.7/32", "2001:db8::/32", "::/0"] {
            assert!(is_network(network), "{network}");
        }
        for text in ["", "10.0.0.0", "10.0.0/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "2001:db8::/129", "a/8"] {
            assert!(!is_network(text), "{text}");
        }
    }
}
