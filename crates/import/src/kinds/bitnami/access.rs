//! Users, encryption and services.

use serde_json::Value;

use super::{Values, optional, text};
use crate::draft::{Draft, datacenter, spec};
use crate::report::Refusal;

/// Superuser, encryption and the service for clients.
pub(super) fn write(draft: &mut Draft, values: &Values<'_>) -> Result<(), Refusal> {
    superuser(draft, values)?;
    encryption(draft, values);
    service(draft, values)
}

/// The chart has one superuser; its password stands in a Secret under `cassandra-password`, its name in the values.
fn superuser(draft: &mut Draft, values: &Values<'_>) -> Result<(), Refusal> {
    let user = values.keys(&["dbUser", "user"]);
    let name = text(&user)?.unwrap_or_else(|| "cassandra".to_owned());
    let secret = values.keys(&["dbUser", "existingSecret"]);
    let password = values.keys(&["dbUser", "password"]);
    let what = format!(
        "create the Secret of the superuser with the keys `username` ({name}) and `password`, from `cassandra-password` of the \
         chart's Secret; with `steps`, `generate: true` makes a new one for a new ring"
    );
    draft.ask(Some(&user), &spec(&["auth", "superuser", "secretName"]), &what);
    if secret.value().is_some_and(|value| value.as_str() != Some("")) {
        draft.lose(
            &secret,
            "named a Secret with the key `cassandra-password`",
            "create one with `username` and `password`, and name it in `auth.superuser.secretName`",
        );
    }
    if text(&password)?.is_some() {
        draft.lose(
            &password,
            "had the password of the superuser in the file",
            "put it into the Secret, and change it if the file is in Git: the topology never holds passwords",
        );
    }
    Ok(())
}

/// The chart takes keystores with passwords.
fn encryption(draft: &mut Draft, values: &Values<'_>) {
    let is_on = |value: &Value| !matches!(value, Value::Null | Value::Bool(false)) && value != "none" && value != "";
    let of_ring = [["tls", "internodeEncryption"], ["cluster", "internodeEncryption"]];
    let of_clients = [["tls", "clientEncryption"], ["cluster", "clientEncryption"]];
    for (keys, what) in
        of_ring.map(|keys| (keys, "between nodes")).into_iter().chain(of_clients.map(|keys| (keys, "of clients")))
    {
        let at = values.keys(&keys);
        match at.value() {
            Some(value) if is_on(value) => {
                let did = format!("encrypted the connections {what}, with keystores from a Secret");
                let instead = "set up certificates for the topology before it serves or joins anything: nodes without them are \
                               refused";
                draft.lose(&at, &did, instead);
            }
            Some(_) => draft.meet(&at, "no encryption, as with cassc where nothing is written"),
            None => {}
        }
    }
}

/// The chart's service has one address, for all pods.
fn service(draft: &mut Draft, values: &Values<'_>) -> Result<(), Refusal> {
    let of = |key: &str| values.keys(&["service", key]);
    let to = datacenter(0).key("services").key("cql");
    match text(&of("type"))?.as_deref() {
        Some("ClusterIP") => draft.carry(&of("type"), &to.key("type"), "ClusterIP"),
        Some("LoadBalancer") => {
            draft.carry(&of("type"), &to.key("type"), "LoadBalancer");
            if let Some(ranges) =
                optional::<Vec<String>>(&of("loadBalancerSourceRanges"))?.filter(|ranges| !ranges.is_empty())
            {
                draft.carry(&of("loadBalancerSourceRanges"), &to.key("loadBalancerSourceRanges"), ranges);
            }
            if let Some(policy) = text(&of("externalTrafficPolicy"))? {
                draft.carry(&of("externalTrafficPolicy"), &to.key("externalTrafficPolicy"), policy);
            }
        }
        Some("NodePort") => node_port(draft, values)?,
        Some(other) => {
            let did = format!("made a service of the type {other}");
            draft.lose(&of("type"), &did, "write `services.cql.type` or `nodePort` of the datacenter");
        }
        None => {
            draft.differ(&to, "clients find the ready pods by the headless service `<cluster>-<datacenter>-service`");
        }
    }
    crate::pods::metadata::metadata(draft, &of("annotations"), &to.key("annotations"));
    let headless = values.keys(&["service", "headless", "annotations"]);
    crate::pods::metadata::metadata(draft, &headless, &datacenter(0).key("services").key("allPods").key("annotations"));
    Ok(())
}

fn node_port(draft: &mut Draft, values: &Values<'_>) -> Result<(), Refusal> {
    let at = values.keys(&["service", "nodePorts", "cql"]);
    let to = datacenter(0).key("nodePort").key("native");
    match text(&at)?.and_then(|text| text.parse::<u32>().ok()) {
        Some(port) => {
            draft.change(&at, &to, port, "Cassandra listens on the port itself, and announces the worker's address");
        }
        None => draft.decide(Some(&at), &to, "the port of the workers, such as 30942"),
    }
    Ok(())
}
