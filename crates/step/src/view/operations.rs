//! Operations: what the topology asks for, beside what is remembered of each.

use std::collections::BTreeMap;

use cassc_ring::Ring;
use cassc_settle::record::Record;

use super::Operation;
use crate::log::time;

/// The declared operations in their order, then those that ran and are declared no more, by id.
pub(super) fn operations(ring: &Ring, records: &BTreeMap<String, Record>) -> Vec<Operation> {
    let declared = ring.steps.iter().flat_map(|steps| &steps.operations);
    let wanted = declared.clone().map(|it| operation(&it.id, it.kind.name(), it.suspend, records.get(&it.id)));
    let former = records.iter().filter(|(id, _)| declared.clone().all(|it| it.id != **id));
    wanted.chain(former.map(|(id, record)| operation(id, record.content.kind.name(), false, Some(record)))).collect()
}

fn operation(id: &str, kind: &str, suspend: bool, record: Option<&Record>) -> Operation {
    let state = match record {
        Some(record) if record.ended.is_some() => "done",
        Some(record) if !record.failed.is_empty() => "failed",
        _ if suspend => "suspended",
        Some(_) => "runs",
        None => "waits",
    };
    Operation {
        id: id.to_owned(),
        kind: kind.to_owned(),
        state,
        done: record.map_or(0, |record| record.done),
        nodes: record.map(|record| record.done + record.todo.len() + record.left_out),
        since: record.map(|record| time(record.since)),
        ended: record.and_then(|record| record.ended).map(time),
        failed: record.iter().flat_map(|it| &it.failed).map(|(pod, it)| (pod.clone(), it.message.clone())).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_operation_stands_as_it_is_declared_and_remembered() {
        let declared = json!([
            {"id": "a", "kind": "cleanup"}, {"id": "b", "kind": "flush"}, {"id": "c", "kind": "repair", "suspend": true},
            {"id": "d", "kind": "repair"},
        ]);
        let ring = super::super::nodes::tests::ring(&declared);
        let records = json!({
            "a": {"content": {"id": "", "kind": "cleanup"}, "since": 1, "ended": 2, "done": 3},
            "b": {"content": {"id": "", "kind": "flush"}, "since": 1, "todo": ["p-1"], "done": 1, "failed": {"p-1": {"message": "m"}}},
            "z": {"content": {"id": "", "kind": "drain"}, "since": 1, "todo": ["p-1", "p-2"], "leftOut": 1},
        });
        let records: BTreeMap<String, Record> = serde_json::from_value(records).expect("they are records");
        let told = operations(&ring, &records);
        let short: Vec<_> = told.iter().map(|it| (it.id.as_str(), it.state, it.done, it.nodes)).collect();
        let expected = [
            ("a", "done", 3, Some(3)),
            ("b", "failed", 1, Some(2)),
            ("c", "suspended", 0, None),
            ("d", "waits", 0, None),
            ("z", "runs", 0, Some(3)),
        ];
        assert_eq!(short, expected);
        assert_eq!((told[1].failed["p-1"].as_str(), told[4].kind.as_str()), ("m", "drain"));
    }
}
