//! Ports on the workers, and their network.

use serde_json::Value;

use crate::documents::At;
use crate::draft::Draft;
use crate::path::Path;
use crate::pods::Others;
use crate::report::Refusal;

/// `networking`.
pub(in crate::kinds) fn networking(draft: &mut Draft, at: &At<'_>, datacenter: &Path) -> Result<(), Refusal> {
    let fields: Option<Others> = at.read()?;
    for (key, value) in fields.unwrap_or_default() {
        let field = at.key(&key);
        match key.as_str() {
            _ if value.is_null() => {}
            "hostNetwork" if value == Value::Bool(true) => {
                draft.carry(&field, &datacenter.key("pod").key("hostNetwork"), true);
            }
            "hostNetwork" => draft.meet(&field, "the default"),
            "nodePort" => node_port(draft, &field, &value, datacenter),
            _ => draft.lose(&field, "cassc does not know this field", "look it up in the operator's documentation"),
        }
    }
    Ok(())
}

/// `nodePort`: the CQL port is carried; nodes talk to each other in the network of the pods.
fn node_port(draft: &mut Draft, at: &At<'_>, value: &Value, datacenter: &Path) {
    let ports = value.as_object().into_iter().flatten().filter(|(_, port)| port.as_u64() != Some(0));
    let mut has_native = false;
    for (key, port) in ports {
        let field = at.key(key);
        match key.as_str() {
            "native" => {
                has_native = true;
                draft.carry(&field, &datacenter.key("nodePort").key("native"), port);
            }
            "nativeSSL" => draft.lose(
                &field,
                "opens a second CQL port with TLS on every worker",
                "use one port with `client_encryption_options`, and `nodePort.native`",
            ),
            _ => draft.lose(
                &field,
                "moves the port between nodes, and opens it on every worker",
                "reach the pods of other Kubernetes clusters directly: cassc keeps the ports 7000 and 7001",
            ),
        }
    }
    if !has_native {
        draft.lose(
            at,
            "opens the ports of Cassandra on every worker",
            "write `nodePort.native`, a port from 30000 to 32767",
        );
    }
}
