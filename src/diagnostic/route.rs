//! The way to a value inside a document, as rules name it: `spec.datacenters[0].racks[1].name`.
//! Rules use routes; only [`crate::parse`] uses byte offsets.

use std::fmt;

/// One step of a [`Route`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Into the value of a key of a map.
    Key(String),
    /// Into an element of a list, counted from 0.
    Index(usize),
}

/// The way from a document's root to a value. The empty route is the root itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route(Vec<Step>);

impl Route {
    /// The root of the document.
    pub(crate) fn root() -> Self {
        Self::default()
    }

    /// A route through keys only, written with dots: `Route::of("spec.cassandra.version")`.
    pub fn of(keys: &str) -> Self {
        Self(keys.split('.').map(|key| Step::Key(key.to_owned())).collect())
    }

    /// This route, one key further.
    pub(crate) fn key(&self, key: &str) -> Self {
        self.then(Step::Key(key.to_owned()))
    }

    /// This route, one list element further.
    pub(crate) fn index(&self, index: usize) -> Self {
        self.then(Step::Index(index))
    }

    /// This route and then every step of the other one.
    pub(crate) fn join(&self, rest: &Route) -> Self {
        Self(self.0.iter().chain(&rest.0).cloned().collect())
    }

    /// The steps from the root.
    pub(crate) fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The route without its last step; `None` for the root.
    pub(crate) fn parent(&self) -> Option<Self> {
        let (_, parent) = self.0.split_last()?;
        Some(Self(parent.to_vec()))
    }

    /// The key that the route ends in; `None` for the root and for list elements.
    pub(crate) fn last_key(&self) -> Option<&str> {
        match self.0.last()? {
            Step::Key(key) => Some(key),
            Step::Index(_) => None,
        }
    }

    fn then(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Self(steps)
    }
}

impl From<Vec<Step>> for Route {
    fn from(steps: Vec<Step>) -> Self {
        Self(steps)
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) if key.is_empty() || key.contains(['.', '[', ' ']) => write!(f, "[{key:?}]")?,
                Step::Key(key) if position == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_read_like_the_document() {
        let rack = Route::of("spec.datacenters").index(0).key("racks").index(1).key("name");
        assert_eq!(rack.to_string(), "spec.datacenters[0].racks[1].name");
        let label = Route::of("metadata.labels").key("example.com/team");
        assert_eq!(label.to_string(), "metadata.labels[\"example.com/team\"]");
        assert_eq!(Route::root().to_string(), "");
    }
}
