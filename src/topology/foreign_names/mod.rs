//! Names of other tools and what they are called here: those of Kubernetes' pods, of Cass Operator's `CassandraDatacenter`, of
//! K8ssandra, of CassKop, and of Bitnami's Helm chart. Called by the reader for unknown fields, and by the rule about
//! unknown keys of `cassandra.yaml`.

mod names;
mod tasks;

use self::Here::{Field, Fixed, Missing};

/// What became of a name.
#[derive(Clone, Copy, Debug)]
enum Here {
    /// A field of the topology: its path, and what to know about it; may be empty.
    Field(&'static str, &'static str),
    /// cassc decides it itself: what it does.
    Fixed(&'static str),
    /// cassc does not have it: what to do instead.
    Missing(&'static str),
}

/// A row: names, the fields that they are looked for in (none: in any), and what became of them.
type Row = (&'static [&'static str], &'static [&'static str], Here);

/// All rows.
fn rows() -> impl Iterator<Item = &'static Row> + Clone {
    names::ROWS.iter().chain(tasks::ROWS)
}

/// The objects of the language. In others, such as a container, the fields are those of Kubernetes, and only rows that name
/// the object count.
const OBJECTS: [&str; 20] = [
    "",
    "metadata",
    "spec",
    "kubernetes",
    "cassandra",
    "config",
    "jvm",
    "resources",
    "storage",
    "datacenters",
    "racks",
    "scheduling",
    "pod",
    "services",
    "disruptionBudget",
    "auth",
    "systemLogger",
    "managementApi",
    "rollout",
    "delivery",
];

/// What datacenters and racks have as the cluster has it below `spec`.
const INHERITED: [&str; 7] = [
    "scheduling",
    "storage.class",
    "storage.size",
    "storage.accessMode",
    "resources",
    "cassandra.config",
    "cassandra.jvm",
];

/// What became of a name that is not a field of `parent`, the key of the object that it stands in (empty for the document):
/// what to tell the user. `None` for a name that no other tool has.
pub(crate) fn elsewhere(name: &str, parent: &str) -> Option<String> {
    let has_name = |row: &&Row| row.0.contains(&name);
    let of_parent = rows().filter(has_name).find(|row| row.1.contains(&parent));
    let anywhere = || rows().filter(has_name).find(|row| row.1.is_empty() && OBJECTS.contains(&parent));
    let (_, _, here) = of_parent.or_else(anywhere)?;
    Some(here.help(parent))
}

/// A path as it reads from the object of a key: the rest of it in that object, and the whole of it elsewhere.
fn seen_from<'p>(parent: &str, path: &'p str) -> &'p str {
    let (beginning, field) = path.rsplit_once('.').unwrap_or(("", path));
    let object = beginning.rsplit('.').next().unwrap_or_default().trim_end_matches("[]");
    let below_spec = path.strip_prefix("spec.").unwrap_or(path);
    let is_inherited = INHERITED.iter().any(|it| below_spec.starts_with(it));
    match parent {
        "datacenters" | "racks" if is_inherited => below_spec,
        _ if !parent.is_empty() && object == parent => field,
        _ => path,
    }
}

impl Here {
    fn help(self, parent: &str) -> String {
        match self {
            Field(path, "") => format!("here it is `{}`", seen_from(parent, path)),
            Field(path, how) => format!("here it is `{}`: {how}", seen_from(parent, path)),
            Fixed(what) => format!("it cannot be chosen: {what}"),
            Missing(instead) => format!("cassc does not have it: {instead}"),
        }
    }

    /// The path of the field, if it is one.
    #[cfg(test)]
    fn path(self) -> Option<&'static str> {
        match self {
            Field(path, _) => Some(path),
            Fixed(_) | Missing(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::topology::json_schema;

    fn follow<'s>(root: &'s Value, mut node: &'s Value) -> &'s Value {
        loop {
            let reference = |node: &'s Value| node.get("$ref").and_then(Value::as_str);
            let of_variants =
                |node: &'s Value| node.get("anyOf")?.as_array()?.iter().find(|it| it.get("$ref").is_some());
            let Some(name) = reference(node).or_else(|| of_variants(node).and_then(reference)) else { return node };
            node = root.pointer(name.trim_start_matches('#')).expect("a definition");
        }
    }

    /// The fields of the object at a path such as `spec.datacenters[].racks`.
    fn at<'s>(root: &'s Value, path: &str) -> Option<&'s Value> {
        path.split('.').filter(|step| !step.is_empty()).try_fold(root, |node, step| {
            let found = follow(root, node).get("properties")?.get(step.trim_end_matches("[]"))?;
            if step.ends_with("[]") { follow(root, found).get("items") } else { Some(found) }
        })
    }

    #[test]
    fn every_field_that_is_named_exists() {
        let schema: Value = serde_json::from_str(&json_schema()).expect("a schema");
        assert!(at(&schema, "spec.nowhere").is_none());
        for (names, _, here) in rows() {
            let Some(path) = here.path() else { continue };
            assert!(at(&schema, path).is_some(), "{names:?}: {path}");
            for path in here.help("").split('`').skip(1).step_by(2).filter(|it| it.starts_with("spec.")) {
                assert!(at(&schema, path).is_some(), "{names:?}: {path}");
            }
        }
    }

    #[test]
    fn names_are_told_as_seen_from_where_they_stand() {
        for (name, parent, help) in [
            ("storageClassName", "storage", "here it is `class`"),
            ("storageClassName", "spec", "here it is `spec.storage.class`"),
            ("storageClassName", "datacenters", "here it is `storage.class`"),
            ("storageClassName", "claim", "here it is `class`"),
            ("size", "datacenters", "here it is `nodes`: the nodes of all racks together"),
            ("tolerations", "racks", "here it is `scheduling.tolerations`: in the form of Kubernetes"),
            (
                "podManagementPolicy",
                "spec",
                "it cannot be chosen: all pods start at once, and a gate in each pod orders them",
            ),
        ] {
            assert_eq!(elsewhere(name, parent).as_deref(), Some(help), "{name} of {parent}");
        }
        for (name, parent) in [("tolerations", "containers"), ("nodez", "datacenters"), ("size", "config")] {
            assert_eq!(elsewhere(name, parent), None, "{name} of {parent}");
        }
    }

    #[test]
    fn no_name_stands_in_two_rows_for_the_same_field_and_none_is_a_field_there() {
        let schema: Value = serde_json::from_str(&json_schema()).expect("a schema");
        let mut seen = BTreeSet::new();
        for (names, parents, _) in rows() {
            let parents = if parents.is_empty() { &["*"][..] } else { parents };
            for (name, parent) in names.iter().flat_map(|name| parents.iter().map(move |parent| (name, parent))) {
                assert!(seen.insert((*name, *parent)), "{name} of {parent} stands there twice");
            }
        }
        for path in
            INHERITED.into_iter().flat_map(|path| ["datacenters[]", "datacenters[].racks[]"].map(|at| (at, path)))
        {
            assert!(at(&schema, &format!("spec.{}.{}", path.0, path.1)).is_some(), "{path:?}");
        }
        for (parent, path) in [("spec", "spec"), ("datacenters", "spec.datacenters[]"), ("storage", "spec.storage")] {
            let object = follow(&schema, at(&schema, path).expect("an object"));
            for (name, _) in object["properties"].as_object().expect("fields") {
                assert!(!seen.contains(&(name, parent)), "{name} is a field of {parent}");
            }
        }
        let n_names: usize = rows().map(|row| row.0.len()).sum();
        assert!(n_names > 130, "{n_names}");
    }
}
