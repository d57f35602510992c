//! Patches of the rendered objects, as the lock keeps them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::BTreeMap;
use crate::topology::Override;

/// The patches by what they change: `StatefulSet` for all objects of a kind, `StatefulSet/shop-dc1-r1-sts` for one. The plan
/// compares two of these key by key, so that a change of a patch is told by the field of the object.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Overrides(BTreeMap<String, Map<String, Value>>);

impl Overrides {
    /// Whether nothing is overridden.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The patches of an object in the order in which they are applied: the one of its kind, then its own.
    pub fn of<'o>(&'o self, kind: &str, name: &str) -> impl Iterator<Item = &'o Map<String, Value>> + use<'o> {
        [kind.to_owned(), format!("{kind}/{name}")].into_iter().filter_map(|target| self.0.get(&target))
    }

    /// Each patch behind what it changes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Map<String, Value>)> {
        self.0.iter().map(|(target, patch)| (target.as_str(), patch))
    }
}

/// E530 refused two patches of the same objects.
impl<'t> FromIterator<&'t Override> for Overrides {
    fn from_iter<I: IntoIterator<Item = &'t Override>>(written: I) -> Self {
        let target = |it: &Override| match &it.name {
            Some(name) => format!("{}/{name}", it.kind),
            None => it.kind.clone(),
        };
        Self(written.into_iter().map(|it| (target(it), it.patch.clone())).collect())
    }
}
