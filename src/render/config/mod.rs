//! The files of the hashed ConfigMap that a pod template refers to: what Cassandra reads, and the scripts that run around
//! it. A rack comes in, file names with their texts go out; called by the renderer of the StatefulSets.

mod cassandra_yaml;
mod jvm;
mod logging;
mod scripts;

use std::collections::BTreeMap;

use crate::cluster::{Cluster, Datacenter, Rack};
use crate::text::plain_file;

/// Datacenter and rack, for the gate to fill in.
const RACKDC_PROPERTIES: &str = plain_file!("cassandra/cassandra-rackdc.properties");

/// File name → text. Depends on the settings of the rack and never on its name, so that racks with the same settings
/// get the same files, and with them the same ConfigMap.
///
/// There is no `cassandra-env.sh` among them: the image's own stays, because the entry point of the Management API
/// appends its agent to it (`docker-entrypoint.sh`), and it takes heap and garbage collection log from the option files
/// when they say something about them (apache/cassandra conf/cassandra-env.sh).
pub fn files(cluster: &Cluster, datacenter: &Datacenter, rack: &Rack) -> BTreeMap<String, String> {
    let minor = cluster.version.minor;
    let mut files = BTreeMap::from([
        ("cassandra.yaml".to_owned(), cassandra_yaml::text(cluster, datacenter, rack)),
        ("cassandra-rackdc.properties".to_owned(), RACKDC_PROPERTIES.to_owned()),
        ("logback.xml".to_owned(), logging::text(minor, &cluster.logging)),
    ]);
    files.extend(jvm::files(cluster, rack));
    files.extend(scripts::files());
    files
}
