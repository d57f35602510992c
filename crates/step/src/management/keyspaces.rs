//! Keyspaces and their replication.

use std::collections::BTreeMap;

use cassc_settle::cluster::{Answer, Failure, Replication};
use hyper::Method;
use serde_json::json;
use tokio::time::timeout;

use super::{ManagementApi, READS};

/// The key of a keyspace of `SimpleStrategy`; Cassandra takes it for all datacenters in a `NetworkTopologyStrategy`.
const SIMPLE: &str = "replication_factor";

impl ManagementApi {
    /// The replication of every keyspace that has one.
    pub(crate) async fn keyspaces(&self, address: &str) -> Answer<BTreeMap<String, Replication>> {
        let all = timeout(READS, self.all_keyspaces(address)).await;
        all.unwrap_or_else(|_| Err(Failure::Unknown(format!("not all keyspaces within {} s", READS.as_secs()))))
    }

    async fn all_keyspaces(&self, address: &str) -> Answer<BTreeMap<String, Replication>> {
        let names: Vec<String> = self.get(address, "/api/v0/ops/keyspace", Vec::new()).await?;
        let mut found = BTreeMap::new();
        for name in names {
            let query = vec![("keyspaceName", name.as_str())];
            match self.get(address, "/api/v0/ops/keyspace/replication", query).await {
                Ok(settings) => found.extend(replication(&name, &settings)?.map(|it| (name, it))),
                // It was dropped since.
                Err(Failure::NotFound) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(found)
    }

    /// Sets the replication of a keyspace by datacenter.
    pub(crate) async fn alter(&self, address: &str, keyspace: &str, replication: &Replication) -> Answer<()> {
        if replication.is_empty() || replication.contains_key(SIMPLE) {
            let text = format!("{keyspace} is given no replicas by datacenter");
            return Err(Failure::Refused { status: 400, text });
        }
        let settings: Vec<_> = replication
            .iter()
            .map(|(datacenter, replicas)| json!({"dc_name": datacenter, "replication_factor": replicas}))
            .collect();
        let body = json!({"keyspace_name": keyspace, "replication_settings": settings});
        self.act(address, Method::POST, "/api/v0/ops/keyspace/alter", Vec::new(), Some(body)).await?;
        Ok(())
    }
}

/// The replication of a keyspace; `None` where it stays on its node (`LocalStrategy`) or is on all (`EverywhereStrategy`). A
/// number that cannot be read fails: a keyspace that is not listed would count as one without replicas.
fn replication(keyspace: &str, settings: &BTreeMap<String, String>) -> Answer<Option<Replication>> {
    let class = settings.get("class").map(String::as_str).unwrap_or_default();
    if class.ends_with("LocalStrategy") || class.ends_with("EverywhereStrategy") {
        return Ok(None);
    }
    let replicas = |(key, value): (&String, &String)| {
        // `3/1`: three replicas, one of them transient.
        let number = value.split('/').next().and_then(|number| number.parse().ok());
        let text = format!("replication of {keyspace}: {key} is `{value}`");
        number.map(|number| (key.clone(), number)).ok_or(Failure::Refused { status: 200, text })
    };
    settings.iter().filter(|(key, _)| *key != "class").map(replicas).collect::<Answer<_>>().map(Some)
}

#[cfg(test)]
mod tests {
    use super::super::double::{ADDRESS, Double};
    use super::*;

    const NETWORK: &str = "org.apache.cassandra.locator.NetworkTopologyStrategy";

    fn one(datacenter: &str, replicas: u32) -> Replication {
        BTreeMap::from([(datacenter.to_owned(), replicas)])
    }

    #[tokio::test]
    async fn every_keyspace_with_replicas_is_listed() {
        let path = "GET /api/v0/ops/keyspace/replication?keyspaceName";
        let double =
            Double::answers("GET /api/v0/ops/keyspace", 200, r#"["system","shop","old","dropped","every"]"#).await;
        double.also(&format!("{path}=system"), 200, r#"{"class":"org.apache.cassandra.locator.LocalStrategy"}"#);
        double.also(&format!("{path}=shop"), 200, &format!(r#"{{"class":"{NETWORK}","dc1":"3","dc2":"3/1"}}"#));
        double.also(
            &format!("{path}=old"),
            200,
            r#"{"class":"org.apache.cassandra.locator.SimpleStrategy","replication_factor":"2"}"#,
        );
        double.also(&format!("{path}=dropped"), 404, "Keyspace 'dropped' does not exist");
        double.also(&format!("{path}=every"), 200, r#"{"class":"x.EverywhereStrategy"}"#);
        let found = double.api().keyspaces(ADDRESS).await.expect("it is an answer");
        let shop = Replication::from([("dc1".to_owned(), 3), ("dc2".to_owned(), 3)]);
        let expected = [("old".to_owned(), one(SIMPLE, 2)), ("shop".to_owned(), shop)];
        assert_eq!(found, BTreeMap::from(expected));
    }

    #[tokio::test]
    async fn one_keyspace_that_cannot_be_read_fails_them_all() {
        let path = "GET /api/v0/ops/keyspace/replication?keyspaceName=shop";
        for (status, body) in
            [(500, "Internal connection to Cassandra closed"), (200, r#"{"class":"x","dc1":"three"}"#)]
        {
            let double = Double::answers("GET /api/v0/ops/keyspace", 200, r#"["shop"]"#).await;
            double.also(path, status, body);
            let failure = double.api().keyspaces(ADDRESS).await.expect_err("nothing is concluded from it");
            assert!(matches!(failure, Failure::Refused { .. }), "{failure:?}");
        }
    }

    #[tokio::test]
    async fn an_alteration_is_sent_as_the_server_reads_it() {
        let double = Double::answers("POST /api/v0/ops/keyspace/alter", 200, "OK").await;
        double.api().alter(ADDRESS, "system_auth", &one("dc1", 3)).await.expect("it is done");
        let body =
            r#"{"keyspace_name":"system_auth","replication_settings":[{"dc_name":"dc1","replication_factor":3}]}"#;
        assert_eq!(double.bodies(), [body]);
        for wrong in [Replication::new(), one(SIMPLE, 3)] {
            assert!(matches!(double.api().alter(ADDRESS, "k", &wrong).await, Err(Failure::Refused { .. })));
        }
        assert_eq!(double.bodies().len(), 1, "what would be taken for all datacenters is not sent");
        let refused = "Failed to execute method NodeOps.alterKeyspace";
        let double = Double::answers("POST /api/v0/ops/keyspace/alter", 500, refused).await;
        let failure = double.api().alter(ADDRESS, "k", &one("nowhere", 3)).await;
        assert_eq!(failure, Err(Failure::Refused { status: 500, text: refused.to_owned() }));
    }
}
