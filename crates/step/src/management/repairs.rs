//! The primary ranges of a node: those whose first replica it is. The Management API repairs ranges that it is told, and has no word
//! for the primary ones.

use std::net::IpAddr;

use cassc_settle::cluster::{Answer, Failure};
use serde::{Deserialize, Serialize};

use super::ManagementApi;

/// `GET /api/v2/tokens/rangetoendpoint`.
#[derive(Debug, Deserialize)]
struct Listed {
    token_range_to_endpoints: Vec<Replicated>,
}

/// A range with its replicas in Cassandra's order: the first is the one that `nodetool repair -pr` goes by.
#[derive(Debug, Deserialize)]
struct Replicated {
    tokens: (i64, i64),
    endpoints: Vec<String>,
}

/// A range of tokens; that over the end of the ring starts behind its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Range {
    start: i64,
    end: i64,
}

impl ManagementApi {
    /// The primary ranges of the node in a keyspace, in the order of the ring. None where there is nothing to repair: no other node has
    /// a replica, or the keyspace has no tables (Cassandra ends such a repair before the server can tell of it).
    pub(super) async fn primary_ranges(&self, address: &str, keyspace: &str) -> Answer<Vec<Range>> {
        let of_keyspace = vec![("keyspaceName", keyspace)];
        let tables: Vec<String> = self.get(address, "/api/v0/ops/tables", of_keyspace.clone()).await?;
        let listed: Listed = match self.get(address, "/api/v2/tokens/rangetoendpoint", of_keyspace).await {
            Err(Failure::NotFound) => {
                return Err(Failure::Refused { status: 404, text: format!("there is no keyspace `{keyspace}`") });
            }
            listed => listed?,
        };
        let local = self.endpoints(address).await?.into_iter().find(|endpoint| endpoint.is_local);
        let Some(local) = local else {
            return Err(Failure::Refused { status: 200, text: "no endpoint is the local one".to_owned() });
        };
        Ok(if tables.is_empty() { Vec::new() } else { first_of(&listed, &local.address) })
    }
}

/// The ranges whose first replica has the address, and that others have, too.
fn first_of(listed: &Listed, address: &str) -> Vec<Range> {
    let shared = listed.token_range_to_endpoints.iter().filter(|range| range.endpoints.len() > 1);
    let own = shared.filter(|range| range.endpoints.first().is_some_and(|first| is_same(first, address)));
    let mut ranges: Vec<Range> = own.map(|range| Range { start: range.tokens.0, end: range.tokens.1 }).collect();
    ranges.sort_unstable();
    ranges
}

/// Whether two texts are one address: IPv6 has several forms.
fn is_same(one: &str, other: &str) -> bool {
    match (one.parse::<IpAddr>(), other.parse::<IpAddr>()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use cassc_settle::cluster::NodeJob;

    use super::super::double::{ADDRESS, Double};
    use super::*;

    const TABLES: &str = "GET /api/v0/ops/tables?keyspaceName=shop";
    const RANGES: &str = "GET /api/v2/tokens/rangetoendpoint?keyspaceName=shop";
    const REPAIR: &str = "PUT /api/v2/repairs";
    const ENDPOINTS: &str = r#"{"entity":[
        {"ENDPOINT_IP":"10.0.0.2","IS_ALIVE":"true","IS_LOCAL":"false"},
        {"ENDPOINT_IP":"10.0.0.1","IS_ALIVE":"true","IS_LOCAL":"true"}]}"#;
    /// The last one goes over the end of the ring, and the one before has a single replica.
    const LISTED: &str = r#"{"token_range_to_endpoints":[
        {"tokens":[100,200],"endpoints":["10.0.0.1","10.0.0.2"]},
        {"tokens":[-50,100],"endpoints":["10.0.0.2","10.0.0.1"]},
        {"tokens":[200,300],"endpoints":["10.0.0.1"]},
        {"tokens":[300,-50],"endpoints":["10.0.0.1","10.0.0.2"]},
        {"tokens":[-90,-50],"endpoints":["10.0.0.1","10.0.0.2"]}]}"#;

    fn primary() -> NodeJob {
        NodeJob::Repair { keyspace: "shop".to_owned(), tables: vec!["orders".to_owned()], primary: true }
    }

    async fn double(tables: &str, ranges: (u16, &str)) -> Double {
        let double = Double::answers(TABLES, 200, tables).await;
        double.also(RANGES, ranges.0, ranges.1);
        double.also("GET /api/v0/metadata/endpoints", 200, ENDPOINTS);
        double.also(REPAIR, 202, r#"{"repair_id":"repair-7"}"#);
        double
    }

    #[tokio::test]
    async fn a_node_repairs_the_ranges_whose_first_replica_it_is() {
        let double = double(r#"["orders"]"#, (200, LISTED)).await;
        assert_eq!(double.api().start(ADDRESS, &primary()).await, Ok("repair-7".to_owned()));
        let body: serde_json::Value =
            serde_json::from_str(double.bodies().last().expect("it was asked")).expect("JSON");
        let expected = serde_json::json!({
            "keyspace": "shop", "tables": ["orders"], "full_repair": true, "repair_parallelism": "parallel",
            "associated_tokens": [{"start": -90, "end": -50}, {"start": 100, "end": 200}, {"start": 300, "end": -50}],
        });
        assert_eq!(body, expected);
    }

    #[tokio::test]
    async fn without_a_range_nothing_is_asked_for() {
        // Without ranges the server would take all of the node's.
        let elsewhere = r#"{"token_range_to_endpoints":[{"tokens":[1,2],"endpoints":["10.0.0.2","10.0.0.1"]}]}"#;
        for (tables, ranges) in [(r#"["orders"]"#, elsewhere), ("[]", LISTED)] {
            let double = double(tables, (200, ranges)).await;
            assert_eq!(double.api().start(ADDRESS, &primary()).await, Ok("nothing-to-do".to_owned()));
            assert!(!double.targets().contains(&REPAIR.to_owned()));
        }
        let double = double("[]", (404, "keyspace not found")).await;
        let failure = double.api().start(ADDRESS, &primary()).await;
        assert_eq!(failure, Err(Failure::Refused { status: 404, text: "there is no keyspace `shop`".to_owned() }));
    }

    #[test]
    fn an_address_has_several_forms() {
        assert!(is_same("fd00:0:0:0:0:0:0:1", "fd00::1") && is_same("node", "node"));
        assert!(!is_same("10.0.0.1", "10.0.0.11"));
    }
}
