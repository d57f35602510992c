//! `NetworkPolicies`: defaults for what is not written. Called by [`super::resolve`].

use crate::cluster::Network;
use crate::topology::{self, API_SERVER_PORTS, DNS_PORTS};

/// `None` where no policies are rendered.
pub(super) fn network(written: &topology::Network) -> Option<Network> {
    let or = |written: &[u16], default: &[u16]| if written.is_empty() { default } else { written }.to_vec();
    written.policies.then(|| Network {
        clients: written.clients.clone(),
        monitoring: written.monitoring.clone(),
        reaper: written.reaper.clone(),
        nodes_elsewhere: written.nodes_elsewhere.clone(),
        api_server: written.api_server.cidrs.clone(),
        api_server_ports: or(&written.api_server.ports, &API_SERVER_PORTS),
        dns: written.dns.servers.clone(),
        dns_ports: or(&written.dns.ports, &DNS_PORTS),
    })
}
