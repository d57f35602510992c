//! Addresses of nodes that run elsewhere, as an `EndpointSlice` and Cassandra's seed list take them. Called by the rule
//! about additional seeds and by the reader of locks.

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
