//! The name of a field: `spec.racks[0].name`, in a resource as in a topology.

use std::fmt;

/// A step from a value to one in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// To the value of a key of a map.
    Key(String),
    /// To an element of a list, counted from 0.
    Index(usize),
}

/// The way from the root of a document to a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(Vec<Step>);

impl Path {
    /// The keys, from the root on.
    pub fn of(keys: &[&str]) -> Self {
        Self(keys.iter().map(|key| Step::Key((*key).to_owned())).collect())
    }

    /// The value of a key in the value of this path.
    pub fn key(&self, key: impl Into<String>) -> Self {
        self.with(Step::Key(key.into()))
    }

    /// An element of the list at this path.
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    /// One step further.
    pub fn with(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }

    /// The other path, from the value of this one.
    pub fn join(&self, other: &Self) -> Self {
        Self(self.0.iter().chain(&other.0).cloned().collect())
    }

    /// What of this path follows another one; `None` where that is no beginning of it.
    pub fn after(&self, beginning: &Self) -> Option<Self> {
        self.0.strip_prefix(beginning.0.as_slice()).map(|rest| Self(rest.to_vec()))
    }

    /// The steps from the root on.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The last key on the way; empty for the root.
    pub fn last_key(&self) -> &str {
        let key = |step: &'_ Step| matches!(step, Step::Key(_));
        match self.0.iter().rev().find(|step| key(step)) {
            Some(Step::Key(name)) => name,
            _ => "",
        }
    }

    /// The path of what this value stands in; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, steps) = self.0.split_last()?;
        Some(Self(steps.to_vec()))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(formatter, "[{index}]")?,
                Step::Key(key) if is_plain(key) && position == 0 => formatter.write_str(key)?,
                Step::Key(key) if is_plain(key) => write!(formatter, ".{key}")?,
                Step::Key(key) => write!(formatter, "[{key:?}]")?,
            }
        }
        Ok(())
    }
}

/// Whether a key can be told from the dots around it.
fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_it_is_written_elsewhere() {
        let path = Path::of(&["spec", "racks"]).index(1).key("nodeAffinityLabels").key("topology.kubernetes.io/zone");
        assert_eq!(path.to_string(), "spec.racks[1].nodeAffinityLabels[\"topology.kubernetes.io/zone\"]");
        assert_eq!(path.parent().expect("it has one").last_key(), "nodeAffinityLabels");
        assert_eq!(Path::default().to_string(), "");
    }
}
