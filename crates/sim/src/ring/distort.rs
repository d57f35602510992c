//! Answers of the Management API that are not whole, as incidents have seen them. Put between the ring and whoever asks.

use cassc_settle::observed::{Endpoint, Status};

use super::rng::Rng;

/// What is wrong with a list of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distortion {
    /// It is empty.
    Empty,
    /// Each node is missing with a chance of one half.
    Partial,
    /// The node that was asked is missing.
    WithoutItself,
    /// No node has a host id.
    WithoutHostIds,
    /// Each field that may be missing is missing with a chance of one half.
    MissingFields,
    /// A status that nobody knows, or none at all.
    UnknownStatus,
    /// A node of another cluster is in it.
    Foreign,
    /// The ghost of an assassinated address is in it, without host id, datacenter, rack and version.
    Ghost,
}

/// Every distortion.
pub const DISTORTIONS: [Distortion; 8] = [
    Distortion::Empty,
    Distortion::Partial,
    Distortion::WithoutItself,
    Distortion::WithoutHostIds,
    Distortion::MissingFields,
    Distortion::UnknownStatus,
    Distortion::Foreign,
    Distortion::Ghost,
];

/// Distorts an answer.
pub fn distort(endpoints: &mut Vec<Endpoint>, distortion: Distortion, rng: &mut Rng) {
    match distortion {
        Distortion::Empty => endpoints.clear(),
        Distortion::Partial => endpoints.retain(|_| rng.chance(50)),
        Distortion::WithoutItself => endpoints.retain(|it| !it.is_local),
        Distortion::WithoutHostIds => endpoints.iter_mut().for_each(|it| it.host_id = None),
        Distortion::MissingFields => endpoints.iter_mut().for_each(|it| drop_fields(it, rng)),
        Distortion::UnknownStatus => {
            let place = rng.below(endpoints.len());
            if let Some(endpoint) = endpoints.get_mut(place) {
                endpoint.status = Status::Other(String::new());
            }
        }
        Distortion::Foreign => endpoints.push(Endpoint {
            host_id: Some("00000000-0000-4000-8000-00000000f0e1".to_owned()),
            cluster_name: Some("another cluster".to_owned()),
            datacenter: Some("elsewhere".to_owned()),
            rack: Some("r1".to_owned()),
            schema: Some("00000000-0000-3000-8000-00000000f0e1".to_owned()),
            release: endpoints.first().and_then(|it| it.release.clone()),
            load: Some(0),
            ..ghost(Status::Normal, true)
        }),
        Distortion::Ghost => endpoints.push(ghost(Status::Left, false)),
    }
}

/// A node that only has an address (one of a range for documentation, RFC 5737).
fn ghost(status: Status, is_alive: bool) -> Endpoint {
    Endpoint {
        host_id: None,
        address: "203.0.113.1".to_owned(),
        status,
        is_alive,
        is_local: false,
        cluster_name: None,
        datacenter: None,
        rack: None,
        schema: None,
        release: None,
        load: None,
    }
}

fn drop_fields(endpoint: &mut Endpoint, rng: &mut Rng) {
    let mut keeps = || rng.chance(50);
    endpoint.host_id = endpoint.host_id.take().filter(|_| keeps());
    endpoint.cluster_name = endpoint.cluster_name.take().filter(|_| keeps());
    endpoint.datacenter = endpoint.datacenter.take().filter(|_| keeps());
    endpoint.rack = endpoint.rack.take().filter(|_| keeps());
    endpoint.schema = endpoint.schema.take().filter(|_| keeps());
    endpoint.release = endpoint.release.take().filter(|_| keeps());
    endpoint.load = endpoint.load.take().filter(|_| keeps());
}
