//! What a plugin is asked before it renders: whether a folder is one of its own, and which parameters there are.

use std::fs;

use serde_json::Value;

use super::clusters;
use super::fixture::{Fixture, SHOP};
use super::server::{Request, run};

#[test]
fn topologies_are_discovered_however_broken_and_nothing_else_is() {
    let discovered = |change: &dyn Fn(&Fixture)| {
        let fixture = Fixture::new();
        fixture.write("clusters/.keep", "");
        change(&fixture);
        let ran = run("find", fixture.path(), &clusters());
        assert!(ran.status.success() && ran.stderr.is_empty(), "discovery never fails: {}", ran.stderr);
        ran.stdout
    };
    let with = |path: &'static str, text: &'static str| discovered(&move |fixture| _ = fixture.write(path, text));
    assert_eq!(with("clusters/shop.yaml", SHOP), "shop.yaml\n");
    assert_eq!(with("clusters/shop.yml", "kind: CassandraTopology\nspec: [\n"), "shop.yml\n");
    assert_eq!(with("clusters/shop.yaml", "kind: CassandraTopology\nspec: {a: b: c}\n\t\u{0}"), "shop.yaml\n");
    assert_eq!(with("clusters/eu/shop.yaml", SHOP), "", "below is another Application");
    assert_eq!(with("other/shop.yaml", SHOP), "");
    assert_eq!(with("clusters/.shop.yaml", SHOP), "");
    assert_eq!(with("clusters/notes.txt", SHOP), "");
    assert_eq!(with("clusters/service.yaml", "kind: Service\n"), "");
    assert_eq!(with("clusters/broken.yaml", "kind: [\n"), "");
    assert_eq!(discovered(&|_| {}), "", "an empty folder");
    let rendered = |fixture: &Fixture| {
        fixture.write("shop.yaml", SHOP).rendered("../shop.yaml -o .");
    };
    assert_eq!(discovered(&rendered), "", "a rendered tree is applied as it is");
    let binary = |fixture: &Fixture| {
        fs::write(fixture.path().join("clusters/a.yaml"), [0xff, 0xfe, 0, 1]).expect("it can be written");
        fixture
            .link("clusters/b.yaml", "nowhere")
            .link("clusters/c.yaml", "c.yaml")
            .link("clusters/d.yaml", "/etc/hostname");
    };
    assert_eq!(discovered(&binary), "", "what cannot be read is passed over");
}

#[test]
fn discovery_looks_at_what_generate_would_render() {
    let fixture = Fixture::new();
    fixture.write("clusters/eu/shop.yaml", SHOP);
    let found = |file| run("find", fixture.path(), &clusters().with(&[("file", file)])).stdout;
    assert_eq!(found("eu/shop.yaml"), "eu/shop.yaml\n");
    assert_eq!(found("eu"), "eu/shop.yaml\n");
    assert_eq!(found("*/*.yaml"), "eu/shop.yaml\n");
    assert_eq!(found("us"), "");
    assert_eq!(found("../clusters/eu"), "");
    let garbage = Request { parameters: Some("{]".to_owned()), ..Request::new("clusters/eu") };
    assert_eq!(run("find", fixture.path(), &garbage).stdout, "shop.yaml\n", "generate then says what is wrong with it");
}

#[test]
fn parameters_are_announced_without_anything_of_the_application() {
    let announced = |request: &Request| {
        let ran = run("dynamic", Fixture::new().path(), request);
        assert!(ran.status.success(), "{}", ran.stderr);
        ran.stdout
    };
    let text = announced(&clusters());
    let garbage = Request { parameters: Some("garbage".to_owned()), ..clusters() };
    assert_eq!(announced(&garbage), text);
    let list: Vec<Value> = serde_json::from_str(&text).expect("a list of JSON");
    assert_eq!(
        list.iter().map(|it| it["name"].as_str().expect("a name is text")).collect::<Vec<_>>(),
        ["file", "dialect", "warnings", "first-install", "kube-cluster"]
    );
    for parameter in list {
        for (field, is_right) in [
            ("title", parameter["title"].is_string()),
            ("tooltip", parameter["tooltip"].is_string()),
            ("required", parameter["required"] == false),
            ("itemType", parameter["itemType"].is_string()),
            ("collectionType", parameter["collectionType"] == "string"),
            ("string", parameter["string"].is_string()),
        ] {
            assert!(is_right, "{field} of {parameter}");
        }
    }
}
