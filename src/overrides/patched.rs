//! An object with the overrides that meet it, and the places in their patches.

use serde_json::{Map, Value};

use super::changes::{Change, changes};
use crate::cluster::Cluster;
use crate::diagnostic::Route;
use crate::kubernetes::schema::Schema;
use crate::kubernetes::strategic_merge::{Refusal, merged};
use crate::render::Resource;
use crate::topology::Override;

/// An object before and after its overrides.
pub(super) struct Patched<'o> {
    pub(super) kind: &'static str,
    pub(super) before: Value,
    pub(super) after: Value,
    pub(super) schema: Schema,
    /// What is different.
    pub(super) changes: Vec<Change>,
    /// The overrides that changed something.
    pub(super) effective: Vec<usize>,
    /// Position and patch of each override, in the order in which they are applied.
    patches: Vec<(usize, &'o Map<String, Value>)>,
}

/// A place in the patch of an override.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The position of the override.
    pub(super) index: usize,
    /// The way in its patch.
    pub(super) route: Route,
    /// How far the patch goes along the way that was asked for.
    depth: usize,
    /// Whether the patch writes exactly the value that was asked for.
    pub(super) is_exact: bool,
}

/// Applies overrides to an object; or the position of the one that cannot be applied, and why.
pub(super) fn patched<'o>(
    cluster: &Cluster,
    resource: &Resource,
    overrides: &[(usize, &'o Override)],
) -> Result<Patched<'o>, (usize, Refusal)> {
    let (api_version, kind) = resource.kind();
    let schema = Schema::of_kind(cluster.kubernetes, api_version, kind).expect("every rendered kind has a schema");
    let before = serde_json::to_value(resource).expect("an object is JSON");
    let (mut after, mut effective) = (before.clone(), Vec::new());
    for (index, written) in overrides {
        let next = merged(&after, &written.patch, schema).map_err(|refusal| (*index, refusal))?;
        effective.extend((next != after).then_some(*index));
        after = next;
    }
    let changes = changes(&before, &after, schema);
    let patches = overrides.iter().map(|(index, written)| (*index, &written.patch)).collect();
    Ok(Patched { kind, before, after, schema, changes, effective, patches })
}

impl Patched<'_> {
    /// Where the patches write a value: the deepest place that leads to it, of the last override if several do.
    pub(super) fn place(&self, way: &[String]) -> Place {
        let places = self.patches.iter().map(|(index, patch)| place(*index, patch, way, self.schema));
        places.max_by_key(|place| place.depth).expect("an object is compared only if an override meets it")
    }

    /// Where the patches write exactly this value.
    pub(super) fn exact_place(&self, way: &[String]) -> Option<Place> {
        Some(self.place(way)).filter(|place| place.is_exact)
    }
}

fn place(index: usize, patch: &Map<String, Value>, way: &[String], schema: Schema) -> Place {
    let mut here = Place { index, route: Route::root(), depth: 0, is_exact: false };
    let Some((first, rest)) = way.split_first() else { return here };
    let Some(mut value) = patch.get(first) else { return here };
    let mut schema = schema.field(first);
    (here.route, here.depth) = (here.route.key(first), 1);
    for step in rest {
        let below = match value {
            Value::Object(map) => map.get(step).map(|value| (here.route.key(step), value)),
            Value::Array(items) => {
                let is_meant = |(index, item): &(usize, &Value)| leads_to(schema, item, *index, step);
                items.iter().enumerate().find(is_meant).map(|(index, item)| (here.route.index(index), item))
            }
            _ => None,
        };
        let Some((route, found)) = below else { break };
        schema = match value {
            Value::Array(_) => schema.and_then(Schema::item),
            _ => schema.and_then(|schema| schema.field(step)),
        };
        (here.route, here.depth, value) = (route, here.depth + 1, found);
    }
    here.is_exact = here.depth == way.len();
    here
}

/// Whether an element of a patch is the element that a step names. An element of a patch need not have all keys.
fn leads_to(schema: Option<Schema>, item: &Value, index: usize, step: &str) -> bool {
    let named = schema.map_or_else(|| format!("[{index}]"), |schema| schema.step(item, index));
    let merge_key = |step: &str| step.split(", ").next().map(|it| it.trim_matches(['[', ']']).to_owned());
    named == step || schema.and_then(Schema::keys).is_some() && merge_key(&named) == merge_key(step)
}
