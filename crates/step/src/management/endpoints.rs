//! What a node knows of all nodes. Every value is a string. Asked of the local node some keys are there that are missing of
//! others, and a node that was assassinated has next to none.

use std::collections::BTreeMap;

use cassc_settle::cluster::{Answer, Failure};
use cassc_settle::observed::{Endpoint, Status};
use serde::Deserialize;
use serde_json::Value;

use super::ManagementApi;

/// `GET /api/v0/metadata/endpoints`.
#[derive(Debug, Deserialize)]
struct Listed {
    entity: Vec<BTreeMap<String, Value>>,
}

impl ManagementApi {
    /// All nodes, as one sees them.
    pub(crate) async fn endpoints(&self, address: &str) -> Answer<Vec<Endpoint>> {
        let listed: Listed = self.get(address, "/api/v0/metadata/endpoints", Vec::new()).await?;
        listed.entity.iter().map(endpoint).collect()
    }
}

/// A node. Only its address and its being alive are asked for: a ghost has no more.
fn endpoint(keys: &BTreeMap<String, Value>) -> Answer<Endpoint> {
    let text = |key: &str| keys.get(key).and_then(Value::as_str).map(str::to_owned).filter(|text| !text.is_empty());
    let required = |key: &str| {
        text(key).ok_or_else(|| Failure::Refused { status: 200, text: format!("an endpoint without {key}") })
    };
    // Java writes addresses as `name/address`; the part after the slash is the address.
    let address = required("ENDPOINT_IP")?;
    let address = address.rsplit('/').next().unwrap_or(&address).to_owned();
    let status = text("STATUS_WITH_PORT").or_else(|| text("STATUS"));
    Ok(Endpoint {
        host_id: text("HOST_ID"),
        address,
        status: status_of(status.as_deref().unwrap_or_default()),
        is_alive: required("IS_ALIVE")? == "true",
        is_local: text("IS_LOCAL").is_some_and(|it| it == "true"),
        cluster_name: text("CLUSTER_NAME"),
        datacenter: text("DC"),
        rack: text("RACK"),
        schema: text("SCHEMA"),
        release: text("RELEASE_VERSION"),
        load: text("LOAD").and_then(|load| bytes(&load)),
    })
}

/// A status as gossip writes it: `NORMAL,-252408504069832007`, `LEFT,<token>,<expiry>`, `shutdown`.
fn status_of(text: &str) -> Status {
    match text.split(',').next().unwrap_or_default() {
        "NORMAL" => Status::Normal,
        "BOOT" | "BOOT_REPLACE" => Status::Joining,
        "LEAVING" | "removing" => Status::Leaving,
        "LEFT" | "removed" => Status::Left,
        "MOVING" => Status::Moving,
        other => Status::Other(other.to_owned()),
    }
}

/// The bytes of a load, which Java writes as a double: `106654.0`, `1.2345678E7`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float is cut to what fits")]
fn bytes(load: &str) -> Option<u64> {
    load.parse::<f64>().ok().filter(|bytes| bytes.is_finite() && *bytes >= 0.0).map(|bytes| bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::super::double::{ADDRESS, Double};
    use super::*;

    /// A node of three as another sees it, itself, one that left, one that was drained, and a ghost.
    const OBSERVED: &str = r#"{"entity":[
        {"CLUSTER_NAME":"shop","DC":"dc1","RACK":"r1","ENDPOINT_IP":"127.0.1.1","HOST_ID":"h1","IS_ALIVE":"true","IS_LOCAL":"true",
         "INTERNAL_ADDRESS_AND_PORT":"127.0.1.1:7000","INTERNAL_IP":"127.0.1.1","LOAD":"106654.0","NET_VERSION":"12","RELEASE_VERSION":"4.1.10",
         "RPC_READY":"true","SCHEMA":"s1","STATUS":"NORMAL,-252408504069832007","STATUS_WITH_PORT":"NORMAL,-252408504069832007","TOKENS":"-1,2"},
        {"CLUSTER_NAME":"shop","DC":"dc1","RACK":"r2","ENDPOINT_IP":"127.0.1.2","HOST_ID":"h2","IS_ALIVE":"true","IS_LOCAL":"false",
         "LOAD":"1.2345678E7","RELEASE_VERSION":"4.1.10","SCHEMA":"s1","STATUS_WITH_PORT":"LEAVING,5"},
        {"CLUSTER_NAME":"shop","DC":"dc1","RACK":"r3","ENDPOINT_IP":"127.0.1.3","HOST_ID":"h3","IS_ALIVE":"false","IS_LOCAL":"false",
         "STATUS_WITH_PORT":"LEFT,5,1795487860743","SCHEMA":"s0"},
        {"CLUSTER_NAME":"shop","ENDPOINT_IP":"127.0.1.4","HOST_ID":"h4","IS_ALIVE":"true","IS_LOCAL":"false","STATUS":"shutdown,true"},
        {"CLUSTER_NAME":"shop","ENDPOINT_IP":"127.0.1.9","IS_ALIVE":"false","IS_LOCAL":"false","PARTITIONER":"x","STATUS_WITH_PORT":"LEFT,1,2","TOKENS":""}
    ],"variant":null,"annotations":[],"language":null,"encoding":null,"mediaType":null}"#;

    #[tokio::test]
    async fn what_was_observed_is_read() {
        let double = Double::answers("GET /api/v0/metadata/endpoints", 200, OBSERVED).await;
        let found = double.api().endpoints(ADDRESS).await.expect("it is an answer");
        let statuses: Vec<Status> = found.iter().map(|it| it.status.clone()).collect();
        let shutdown = Status::Other("shutdown".to_owned());
        assert_eq!(statuses, [Status::Normal, Status::Leaving, Status::Left, shutdown, Status::Left]);
        let first = Endpoint {
            host_id: Some("h1".to_owned()),
            address: "127.0.1.1".to_owned(),
            status: Status::Normal,
            is_alive: true,
            is_local: true,
            cluster_name: Some("shop".to_owned()),
            datacenter: Some("dc1".to_owned()),
            rack: Some("r1".to_owned()),
            schema: Some("s1".to_owned()),
            release: Some("4.1.10".to_owned()),
            load: Some(106_654),
        };
        assert_eq!(found[0], first);
        assert_eq!((found[1].load, found[1].is_local), (Some(12_345_678), false));
        assert_eq!((found[4].host_id.as_deref(), found[4].datacenter.as_deref()), (None, None));
    }

    #[tokio::test]
    async fn an_endpoint_without_an_address_is_no_answer() {
        let without = OBSERVED.replace(r#""ENDPOINT_IP":"127.0.1.2","#, "");
        let double = Double::answers("GET /api/v0/metadata/endpoints", 200, &without).await;
        let failure = double.api().endpoints(ADDRESS).await.expect_err("nothing is concluded from it");
        assert_eq!(failure, Failure::Refused { status: 200, text: "an endpoint without ENDPOINT_IP".to_owned() });
    }

    #[tokio::test]
    async fn a_node_without_cassandra_and_a_cut_answer_are_failures() {
        let closed = "Internal connection to Cassandra closed";
        let double = Double::answers("GET /api/v0/metadata/endpoints", 500, closed).await;
        let failure = double.api().endpoints(ADDRESS).await;
        assert_eq!(failure, Err(Failure::Refused { status: 500, text: closed.to_owned() }));
        let double = Double::answers("GET /api/v0/metadata/endpoints", 200, "<html>").await;
        assert!(matches!(double.api().endpoints(ADDRESS).await, Err(Failure::Refused { status: 200, .. })));
        let double = Double::hangs_up().await;
        assert!(matches!(double.api().endpoints(ADDRESS).await, Err(Failure::Unknown(_))));
    }

    #[test]
    fn a_node_without_a_status_is_a_member_as_far_as_we_know() {
        assert_eq!(status_of("removing,a-host-id"), Status::Leaving);
        assert_eq!(status_of("removed,a-host-id,1795487860743"), Status::Left);
        assert_eq!(status_of(""), Status::Other(String::new()));
        assert_eq!(status_of("BOOT_REPLACE,10.0.0.1"), Status::Joining);
        assert_eq!(status_of("hibernate,true"), Status::Other("hibernate".to_owned()));
        assert_eq!(status_of("NORMALISH"), Status::Other("NORMALISH".to_owned()));
        assert_eq!((bytes("-1.0"), bytes("NaN"), bytes("x")), (None, None, None));
    }
}
