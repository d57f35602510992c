//! Addresses of nodes that run elsewhere, as an `EndpointSlice` and Cassandra's seed list take them. Called by the rule
//! about additional seeds and by the reader of locks.

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
