//! What a pod finds in /config: rendered files in, filled in by the gate's own script for an address of this machine, out
//! as a folder. Called for every configuration that Cassandra is to read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::gate::world::{write, write_program};

/// The founder of a ring of one: it starts wherever its data may lie.
const POD: &str = "shop-dc1-r1-sts-0";
const ALL_PODS: &str = "shop-dc1-all-pods-service";
const ADDRESS: &str = "127.0.0.1";

/// Whether a file of the ConfigMap is read by Cassandra, or is one of the scripts that fill those in.
pub(super) fn is_needed(name: &str) -> bool {
    ["cassandra.yaml", "cassandra-rackdc.properties"].contains(&name) || name.strip_suffix(".sh").is_some()
}

/// Runs the gate in a folder, which becomes the root of the pod, and returns the folder with its result. Volumes of
/// Cassandra lie below the root too.
pub(super) fn configured(root: &Path, names: (&str, &str), files: &BTreeMap<String, String>) -> PathBuf {
    for (name, text) in files {
        write(&root.join("etc/cassc/config").join(name), text);
    }
    let order = root.join("etc/cassc/start-order");
    write(&order.join("start-order"), &format!("{POD} {ALL_PODS} shop-dc1-service\n"));
    write(&order.join("seeds"), &format!("{POD}.{ALL_PODS}\n"));
    write(&order.join("founder"), "yes\n");
    write(&root.join("etc/cassandra/cassandra.yaml"), "of the image\n");
    // Every name has an address, but nobody is ready; and no time is spent on looking.
    let getent = format!("#!/bin/sh\n[ \"$2\" = shop-dc1-service ] || echo {ADDRESS} STREAM\n");
    write_program(&root.join("bin/getent"), &getent);
    write_program(&root.join("bin/sleep"), "#!/bin/sh\n");
    for folder in ["config", "var/lib/cassandra"] {
        fs::create_dir_all(root.join(folder)).expect("the folder can be made");
    }
    let mut gate = Command::new("sh");
    gate.arg(root.join("etc/cassc/config/gate.sh")).env_clear().env("CASSC_ROOT", root);
    gate.env("PATH", format!("{}:/usr/bin:/bin", root.join("bin").display()));
    gate.envs([("POD_NAME", POD), ("POD_IP", ADDRESS), ("BROADCAST_RPC_ADDRESS", ADDRESS), ("CONTROL_NAME", "none")]);
    gate.envs([("CASSC_NAMESPACE", "cass"), ("CASSC_CLAIMS", "server-data"), ("CASSC_STATE", "shop-state")]);
    let output = gate.env("DATACENTER_NAME", names.0).env("RACK_NAME", names.1).output().expect("there is a shell");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let configuration = root.join("config");
    move_volumes(&configuration.join("cassandra.yaml"), root);
    configuration
}

/// The volumes of a pod are mounted below /var/lib, where a test may not write.
fn move_volumes(path: &Path, root: &Path) {
    let text = fs::read_to_string(path).expect("the gate wrote it");
    let volumes = format!("{}/var/lib/", root.display());
    write(path, &text.replace("/var/lib/", &volumes));
}
