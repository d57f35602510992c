//! Locks, directories and earlier topologies on the disk.

use super::scratch::{Scratch, topology};

fn names(pairs: &[&str], gone: &[&str]) -> (Vec<String>, Vec<String>) {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    (owned(pairs), owned(gone))
}

fn shop_and_web() -> Scratch {
    let scratch = Scratch::new();
    for name in ["shop", "web"] {
        let file = format!("clusters/{name}.yaml");
        scratch.write(&file, topology(name, 3)).lock(&file, "deploy/eu");
    }
    scratch
}

const SHOP: &str = "shop of 3: lock, no text, /r/clusters/shop.yaml Stands";
const WEB: &str = "web of 3: lock, no text, /r/clusters/web.yaml Stands";

#[test]
fn locks_are_found_in_the_directory_of_a_cluster_and_in_those_above() {
    let scratch = shop_and_web();
    for against in ["deploy/eu/shop/cassc.lock", "deploy/eu/shop", "deploy/eu/shop/"] {
        assert_eq!(scratch.told(against, &["clusters"]), [SHOP], "{against}");
    }
    for against in ["deploy/eu", "deploy", "."] {
        assert_eq!(scratch.told(against, &["clusters"]), [SHOP, WEB], "{against}");
    }
}

#[test]
fn a_lock_elsewhere_is_a_copy() {
    let scratch = shop_and_web();
    std::fs::copy(scratch.path.join("deploy/eu/shop/cassc.lock"), scratch.path.join("old.json")).expect("a copy");
    assert_eq!(scratch.told("old.json", &["clusters"]), ["shop of 3: lock, no text, nowhere Unknown"]);
    scratch.write("clusters/shop.yaml", topology("store", 3));
    assert_eq!(scratch.names("old.json", &["clusters/shop.yaml"]), names(&["shop"], &[]));
}

#[test]
fn a_file_that_is_gone_or_moved_or_renamed_is_seen_beside_its_lock() {
    let scratch = shop_and_web();
    scratch.remove("clusters/web.yaml");
    assert_eq!(scratch.names("deploy", &["clusters"]), names(&["shop"], &["web"]));
    scratch.write("clusters/sub/web.yaml", topology("web", 3));
    assert_eq!(scratch.names("deploy", &["clusters"]), names(&["shop", "web"], &[]));
    scratch.write("clusters/shop.yaml", topology("store", 3));
    assert_eq!(scratch.names("deploy", &["clusters"]), names(&["shop", "web"], &[]));
    assert_eq!(scratch.names("deploy", &["clusters/sub/web.yaml"]), names(&["web"], &[]));
}

#[test]
fn earlier_topologies_are_compared_file_by_file() {
    let scratch = Scratch::new();
    scratch.write("old/shop.yaml", topology("shop", 3)).write("old/eu/web.yaml", topology("web", 3));
    scratch.write("old/last.yaml", topology("last", 3));
    scratch.write("new/shop.yaml", topology("store", 3)).write("new/eu/web.yaml", topology("web", 6));
    assert_eq!(scratch.names("old", &["new"]), names(&["web", "shop"], &["last"]));
    assert_eq!(scratch.names("old/shop.yaml", &["new/shop.yaml"]), names(&["shop"], &[]));
    assert_eq!(scratch.names("old", &["new/eu/web.yaml"]), names(&["web"], &[]));
}

#[test]
fn a_topology_in_json_is_no_lock() {
    let scratch = Scratch::new();
    let json = r#"{"apiVersion": "cassc/v1alpha1", "kind": "CassandraTopology", "metadata": {"name": "shop"}, "spec": {
        "cassandra": {"version": "4.1.9"}, "resources": {"limits": {"memory": "8Gi"}}, "storage": {"size": "10Gi"},
        "datacenters": [{"name": "dc1", "nodes": 2}]}}"#;
    scratch.write("shop.json", json);
    assert_eq!(scratch.told("shop.json", &["shop.json"]), ["shop of 2: no lock, document 0, /r/shop.json Gone"]);
}

#[test]
fn a_lock_from_standard_input_is_paired_by_name() {
    let scratch = shop_and_web();
    let path = scratch.path.join("deploy/eu/shop/cassc.lock");
    let text = std::fs::read_to_string(&path).expect("the lock is there");
    scratch.write("deploy/eu/shop/cassc.lock", text.replace("../../clusters/shop.yaml", "<stdin>"));
    assert_eq!(scratch.told("deploy", &["-"])[0], "shop of 3: lock, no text, nowhere Unknown");
    assert_eq!(scratch.names("deploy", &["clusters/shop.yaml"]), names(&["shop"], &[]));
}
