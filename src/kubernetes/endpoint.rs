//! Addresses of nodes that run elsewhere, as an `EndpointSlice` and Cassandra's seed list take them. Networks, as
//! a load balancer takes them. Called by the rules and by the reader of locks.

use std::net::IpAddr;

use super::syntax::is_subdomain;

/// The most addresses of an endpoint of an `EndpointSlice` (`maxAddresses` in Kubernetes'
/// `pkg/apis/discovery/validation`).
pub(crate) const MOST_ADDRESSES: usize = 100;

/// What is wrong with an address; `None` for one of a node. Addresses are held to what an `EndpointSlice` accepts (Kubernetes' `pkg/apis/discovery/validation`): names of two
/// parts at least, and addresses that do not mean the reader itself.
pub(crate) fn fault(seed: &str) -> Option<&'static str> {
    if let Ok(address) = seed.parse::<IpAddr>() {
        let link_local = match address {
            IpAddr::V4(address) => address.is_link_local(),
            IpAddr::V6(address) => address.is_unicast_link_local(),
        };
        return match address {
            _ if address.is_loopback() => Some("this is the loopback address of whoever reads it"),
            _ if address.is_unspecified() => Some("this address means none in particular"),
            _ if address.is_multicast() => Some("this is a multicast address"),
            _ if link_local => Some("this address is valid on one link only"),
            _ => None,
        };
    }
    let numeric = seed.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    match seed {
        "" => Some(""),
        "localhost" => Some("this is the loopback address of whoever reads it"),
        _ if seed.contains(':') => Some("a port, or an IPv6 address with an error"),
        _ if numeric => Some("an IPv4 address with an error"),
        _ if !is_subdomain(seed) => Some("not a DNS name"),
        _ if !seed.contains('.') => Some("a DNS name needs two parts at least here"),
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
