//! A cluster that stood in the selection and does not any more: were it passed over, Argo CD would prune its Services
//! while its pods run. However it vanished, nothing is rendered until a person has decided.

use std::fs;

use super::fixture::{Fixture, SHOP};
use super::server::{Request, generated};

fn till() -> String {
    SHOP.replace("name: shop, namespace: cassandra", "name: till, namespace: tills")
}

/// Two clusters with their locks, each in a folder of its own below `clusters`.
fn two_folders() -> Fixture {
    let fixture = Fixture::new();
    fixture.write("clusters/a/shop.yaml", SHOP).write("clusters/b/till.yaml", &till());
    for (folder, name) in [("a", "shop"), ("b", "till")] {
        let arguments = format!("render {folder}/{name}.yaml -o {folder} --lock-only");
        assert!(fixture.cassc(&arguments).status.success(), "{arguments}");
    }
    fixture
}

/// Two clusters with their locks in the folder of the Application.
fn one_folder() -> Fixture {
    let fixture = Fixture::shop();
    fixture.write("clusters/till.yaml", &till()).lock("till.yaml");
    fixture
}

#[test]
fn a_topology_that_is_no_text_any_more_is_told_and_not_passed_over() {
    let request = Request::new("clusters");
    let fixture = one_folder();
    assert!(generated(fixture.path(), &request).is_ok());
    let path = fixture.path().join("clusters/till.yaml");
    let mut bytes = fs::read(&path).expect("it is there");
    bytes.extend(b"# Gr\xf6\xdfe\n");
    fs::write(&path, bytes).expect("it can be written");
    let told = generated(fixture.path(), &request).expect_err("a cluster would vanish");
    assert!(told.contains("E001") && told.contains("till.yaml is not valid UTF-8"), "{told}");
}

#[test]
fn a_topology_that_became_something_else_is_the_end_of_its_cluster() {
    let request = Request::new("clusters");
    for text in ["", "# kind: CassandraTopology\n", "kind: ConfigMap\n", "kind: Kassandra\napiVersion: v1\n"] {
        let fixture = one_folder();
        fixture.write("clusters/till.yaml", text);
        let told = generated(fixture.path(), &request).expect_err("a cluster would vanish");
        assert!(told.contains("E360") && told.contains("till"), "{text:?}: {told}");
    }
}

#[test]
fn a_lock_below_the_selection_whose_topology_is_gone_holds_everything_back() {
    for (application, file) in [("clusters", "."), ("", "clusters"), ("clusters", "*/*.yaml"), ("", "./clusters/")] {
        let fixture = two_folders();
        let request = Request::new(application).with(&[("file", file)]);
        assert!(generated(fixture.path(), &request).is_ok(), "{application} {file}");
        fixture.remove("clusters/b/till.yaml");
        let told = generated(fixture.path(), &request).expect_err("a cluster would vanish");
        assert!(told.contains("E360") && told.contains("till"), "{file}: {told}");
        let other = Request::new("clusters").with(&[("file", "a/shop.yaml")]);
        assert!(generated(fixture.path(), &other).is_ok(), "another Application's cluster is of no concern");
    }
}

/// Rendered files show that the cluster is deployed, and a broken lock that there was one.
#[test]
fn no_first_install_beside_rendered_files_or_with_a_broken_lock() {
    for first_install in ["true", "false"] {
        let request = Request::new("clusters").with(&[("first-install", first_install)]);
        let fixture = Fixture::new();
        fixture.write("clusters/shop.yaml", SHOP).rendered("shop.yaml -o .");
        let lock = fs::read_to_string(fixture.path().join("clusters/shop/cassc.lock")).expect("it was rendered");
        for (text, told) in
            [("", "is empty"), (&lock[..lock.len() / 2], "is cut off"), ("[]", "is not a lock of cassc")]
        {
            fixture.write("clusters/shop/cassc.lock", text);
            let read = generated(fixture.path(), &request).expect_err("it is not known what is deployed");
            assert!(read.contains(told) && read.contains("git checkout HEAD -- shop/cassc.lock"), "{read}");
        }
        fixture.remove("clusters/shop/cassc.lock");
        let read = generated(fixture.path(), &request).expect_err("it is not known what is deployed");
        assert!(read.contains("shop/cassc.lock is missing, and rendered files stand there (shop/base/"), "{read}");
    }
}

/// Whatever bears the name of a lock says that there was one.
#[test]
fn no_first_install_where_something_stands_in_the_place_of_the_lock() {
    let request = Request::new("clusters").with(&[("first-install", "true")]);
    let places: [fn(&Fixture) -> &Fixture; 4] = [
        |fixture| fixture.write("clusters/x/shop/cassc.lock", "{}").link("clusters/shop", "x/shop"),
        |fixture| fixture.write("clusters/shop/README", "").link("clusters/shop/cassc.lock", "nowhere"),
        |fixture| fixture.write("clusters/shop/cassc.lock/README", ""),
        |fixture| fixture.write("clusters/shop", "a file"),
    ];
    for place in places {
        let fixture = Fixture::new();
        fixture.write("clusters/shop.yaml", SHOP);
        assert!(generated(fixture.path(), &request).is_ok());
        place(&fixture);
        let told = generated(fixture.path(), &request).expect_err("the cluster may be an old one");
        assert!(told.contains("shop/cassc.lock is there"), "{told}");
    }
}
