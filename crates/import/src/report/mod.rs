//! The report: what happened to each field, in four lists for each topology; what was refused; which documents were
//! passed over.

mod markdown;
mod text;

use std::fmt;

use serde::Serialize;

pub use self::markdown::markdown;
pub use self::text::text;

/// The whole report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// One for each topology.
    pub imported: Vec<ImportedTopology>,
    /// What no topology was made of.
    pub refused: Vec<Refusal>,
    /// Documents of other kinds.
    #[serde(rename = "passedOver")]
    pub passed_over: Vec<PassedOver>,
}

/// What became of the fields of a topology's resources.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportedTopology {
    /// Its file.
    pub file: String,
    /// The resources that it was made of, such as `CassandraDatacenter dc1`.
    pub resources: Vec<String>,
    /// The four lists.
    #[serde(flatten)]
    pub lists: Lists,
}

/// What happened to each field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lists {
    /// Values that a person must write: each stands in the topology as `TODO`, or must be looked at before it is used.
    #[serde(rename = "toDecide")]
    pub to_decide: Vec<ToDecide>,
    /// Fields of the resource that say something that the topology does not say.
    #[serde(rename = "notCarried")]
    pub not_carried: Vec<NotCarried>,
    /// Values that were computed, or that say the same in other words.
    pub changed: Vec<Changed>,
    /// Fields whose value stands in the topology as it was.
    pub carried: Vec<Carried>,
}

/// Where a field of a resource stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The name of the text.
    pub file: String,
    /// Its line, from 1; `None` where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The resource, such as `CassandraDatacenter dc1`.
    pub resource: String,
    /// The path of the field; empty for the whole resource.
    pub field: String,
}

/// A value that a person must write or look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToDecide {
    /// The field of the resource that is the reason, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Place>,
    /// The field of the topology.
    pub to: String,
    /// What is to be decided.
    pub what: String,
}

/// A field of the resource that the topology says nothing of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotCarried {
    /// The field.
    pub from: Place,
    /// What it did.
    pub did: String,
    /// What to do instead.
    pub instead: String,
}

/// A value of the topology that is no copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// The field that it comes from; `None` for what the operator does where the resource is silent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Place>,
    /// The field of the topology; `None` where none is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Why.
    pub why: String,
}

/// A field that is carried as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Carried {
    /// The field.
    pub from: Place,
    /// The field of the topology.
    pub to: String,
}

/// What no topology can be made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The field that is the reason.
    pub at: Place,
    /// Why.
    pub message: String,
    /// The way out.
    pub help: String,
}

/// A document of another kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PassedOver {
    /// The name of its text.
    pub file: String,
    /// Its kind; empty where it has none.
    pub kind: String,
    /// Its name; empty where it has none.
    pub name: String,
}

impl Report {
    /// Whether a field was lost, or a resource: what `--strict` fails for.
    pub fn has_losses(&self) -> bool {
        !self.refused.is_empty() || self.imported.iter().any(|imported| !imported.lists.not_carried.is_empty())
    }

    /// Whether somebody must write a value before the topologies can be rendered.
    pub fn has_questions(&self) -> bool {
        self.imported.iter().any(|imported| !imported.lists.to_decide.is_empty())
    }
}

impl fmt::Display for Place {
    /// `shop.yaml:12`, without the field.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        self.line.map_or(Ok(()), |line| write!(formatter, ":{line}"))
    }
}
