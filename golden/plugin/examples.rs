//! The files of `examples/argocd`, as Argo CD and Kubernetes will read them.

use std::fs;

use serde_json::{Value, json};

use super::fixture::Fixture;
use super::server::{Request, command, generated};
use crate::compare::repository;
use crate::hygiene;
use crate::pod_security::broken_controls;
use crate::readers::{PYTHON_PROBE, read_by_python};
use crate::real_tool::is_here;
use crate::strict_schema::{faults, good_stateful_set};

fn text(name: &str) -> String {
    fs::read_to_string(repository(&format!("examples/argocd/{name}"))).expect("the example is there")
}

/// The only document of an example; `None` where nobody can read it.
fn document(name: &str) -> Option<Value> {
    if !is_here("python3", &PYTHON_PROBE) {
        return None;
    }
    let documents = read_by_python("CSafeLoader", &text(name));
    assert_eq!(documents.as_array().map(Vec::len), Some(1));
    Some(documents[0].clone())
}

/// The server ignores fields that it does not know, so a slip would go unnoticed.
#[test]
fn the_configuration_of_the_plugin_has_exactly_the_fields_that_the_server_reads() {
    let Some(plugin) = document("plugin.yaml") else { return };
    let expected = json!({
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "ConfigManagementPlugin",
        "metadata": {"name": "cassc"},
        "spec": {
            "discover": {"find": {"command": command("find")}},
            "generate": {"command": command("generate")},
            "parameters": {"dynamic": {"command": command("dynamic")}},
        },
    });
    assert_eq!(plugin, expected);
    assert_eq!(command("generate"), ["cassc", "argocd", "generate"]);
    assert_eq!(command("find"), ["cassc", "argocd", "discover"]);
    assert_eq!(command("dynamic"), ["cassc", "argocd", "parameters"]);
}

/// The sidecar in a pod that has the volumes of the repo-server, framed as an object that the schemas know.
fn repo_server(patch: &Value) -> Value {
    let mut template = patch["spec"]["template"].clone();
    let volumes = template["spec"]["volumes"].as_array_mut().expect("the patch adds a volume");
    volumes.extend(["var-files", "plugins"].map(|name| json!({"name": name, "emptyDir": {}})));
    let mut object = good_stateful_set();
    object["spec"]["template"] = template;
    object
}

#[test]
fn the_sidecar_is_valid_and_restricted() {
    let Some(patch) = document("repo-server-patch.yaml") else { return };
    assert_eq!((&patch["kind"], &patch["metadata"]["name"]), (&json!("Deployment"), &json!("argocd-repo-server")));
    let object = repo_server(&patch);
    assert_eq!(faults(&object), Vec::<String>::new());
    assert_eq!(hygiene::faults(&object), Vec::<String>::new());
    assert_eq!(broken_controls(&object["spec"]["template"]), Vec::<&str>::new());
    let sidecar = &object["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(sidecar["securityContext"]["readOnlyRootFilesystem"], true);
    assert_eq!(
        (&sidecar["securityContext"]["runAsUser"], &sidecar["command"]),
        (&json!(999), &json!(["/var/run/argocd/argocd-cmp-server"]))
    );
    let mounts = |name: &str| {
        let mounts = sidecar["volumeMounts"].as_array().expect("the server needs three volumes");
        mounts.iter().find(|mount| mount["name"] == name).map(|mount| mount["mountPath"].clone())
    };
    assert_eq!(mounts("var-files"), Some(json!("/var/run/argocd")));
    assert_eq!(mounts("plugins"), Some(json!("/home/argocd/cmp-server/plugins")));
    assert_eq!(mounts("cassc-tmp"), Some(json!("/tmp")), "the repo-server's own /tmp is called `tmp`");
}

#[test]
fn the_application_of_the_example_is_rendered() {
    let Some(application) = document("application.yaml") else { return };
    let (source, plugin) = (&application["spec"]["source"], document("plugin.yaml").expect("it was read above"));
    assert_eq!(source["plugin"]["name"], plugin["metadata"]["name"], "a version would be part of the name");
    let path = source["path"].as_str().expect("an Application has a path");
    let parameters = Some(source["plugin"]["parameters"].to_string());
    let request = Request { parameters, ..Request::new(path) };
    let printed = generated(Fixture::shop().path(), &request).expect("the example's parameters are right");
    assert!(printed.contains("kind: StatefulSet\n"));
}

#[test]
fn the_image_has_what_the_other_files_name() {
    let (dockerfile, manifest) =
        (text("Dockerfile"), fs::read_to_string(repository("Cargo.toml")).expect("it is there"));
    let rust = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'));
    let rust = rust.expect("the manifest names the oldest Rust");
    assert!(dockerfile.contains(&format!("FROM rust:{rust}-alpine")), "the image builds with Rust {rust}");
    assert!(dockerfile.contains("cargo build --profile dist --locked") && manifest.contains("\n[profile.dist]"));
    assert!(dockerfile.contains("COPY --from=build /source/target/dist/cassc "));
    assert!(dockerfile.contains("COPY examples/argocd/plugin.yaml /home/argocd/cmp-server/config/plugin.yaml\n"));
    assert!(dockerfile.contains(" /usr/local/bin/cassc\n") && dockerfile.contains("\nUSER 999:999\n"));
    assert!(dockerfile.contains("ENTRYPOINT [\"/var/run/argocd/argocd-cmp-server\"]"));
}
