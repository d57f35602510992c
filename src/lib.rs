//! cassc compiles one description of a Cassandra cluster into every Kubernetes object that an operator would have
//! created. The data takes one straight path:
//!
//! 1. [`parse`] reads the text twice over one tree: into a [`topology::CassandraTopology`] (exactly what was written) and
//!    into places (where it was written).
//! 2. [`check`] runs the table of rules over all topologies, each as a [`subject`]; every complaint is collected as a
//!    [`diagnostic::Diagnostic`].
//! 3. [`mod@resolve`] fills every default and builds every name, and keeps what must not move of the deployed one: a
//!    [`cluster::Cluster`]. It cannot fail.
//! 4. [`render`] builds the typed Kubernetes objects, with the [`text`] inside ConfigMaps from `templates/`. What only they
//!    tell of the [`overrides`] of a topology is complained about in 2. Of no cluster are the admission policies of [`guard`].
//! 5. [`deliver`] gives each object its file, as [`yaml`] in the folder of its stage ([`stages`]), and gives the delivery
//!    tool what it needs: a [`file_tree::FileTree`]. A [`lock`] records what was rendered.
//! 6. [`transition`] judges the change from the deployed cluster to this one, with rules like those of [`check`];
//!    [`catalogue`] has the rules of both, by code.
//! 7. [`plan`] compares what is rendered on both sides and orders what will happen: a [`plan::Plan`].
//! 8. [`report`] prints diagnostics and plans, for people under their own lines and for programs.
//! 9. [`emit`] makes a directory or a stream of the files; [`diff`] compares them with what stands there.
//!
//! [`deployed`] reads what is deployed, from a lock, a directory ([`folder`]) or the merge base in [`git`], and finds the
//! cluster that each topology was; [`fleet`] takes every cluster of a run through 3 to 7; [`adopt`] compares a topology with a
//! cluster that Cass Operator runs; [`cli`] is what the user calls.
//! Rules ask [`kubernetes`] what is valid there, and [`sizing`] what fits. Only `parse::source`, [`deployed`], [`emit`],
//! [`folder`], [`git`], [`cli`] and `paths` touch the world. Same input, same bytes.
//!
//! Below, each module uses only those above it (`golden/architecture.rs` holds it). A module that needs one below stands
//! in the wrong place, or does two things.

mod paths;

pub mod diagnostic;
pub mod topology;
pub mod yaml;

pub mod parse;

pub mod kubernetes;
pub(crate) mod sizing;
pub mod stages;
pub mod subject;

pub mod cluster;

pub mod check;

pub mod resolve;

pub mod file_tree;
pub mod lock;
pub mod text;

pub mod render;

pub mod guard;

pub mod overrides;

pub mod deliver;

pub mod transition;

pub mod catalogue;

pub mod plan;

pub mod report;

pub mod folder;
pub(crate) mod git;

pub mod deployed;

pub mod emit;

pub(crate) mod diff;

pub(crate) mod fleet;

pub(crate) mod adopt;

pub mod cli;

use catalogue::{Warnings, settle};
use check::{Checked, Checkup};
use cluster::Cluster;
use diagnostic::Diagnostic;
use parse::source::Source;
use parse::{Parsed, Text};
use topology::Dialect;

/// What the user may choose beside the topology.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Overrides `spec.delivery.dialect` of every topology.
    pub dialect: Option<Dialect>,
    /// What becomes of warnings.
    pub warnings: Warnings,
}

/// What comes out of compiling.
#[derive(Debug)]
pub struct Compilation {
    /// The texts that were read; complaints point into them.
    pub texts: Vec<Text>,
    /// All diagnostics, in the order of the texts.
    pub complaints: Vec<Diagnostic>,
    /// How many topologies were read.
    pub topologies: usize,
    /// The topologies that were accepted, in the order of the texts; none when a complaint is an error.
    pub accepted: Vec<Checked>,
}

impl Compilation {
    /// The clusters with the name of their source, as if none was deployed. Each is resolved when it is asked for, so
    /// that a fleet is never in memory as a whole.
    pub fn clusters(&self) -> impl Iterator<Item = (&str, Cluster)> {
        self.accepted.iter().map(|checked| (self.source(checked), resolved(checked, None)))
    }

    /// The name of the source of a topology.
    pub fn source(&self, parsed: &Parsed) -> &str {
        &self.texts[parsed.document.text].name
    }
}

/// The cluster of an accepted topology. `previous` is the same cluster as recorded in its lock: it keeps what must not
/// move (seeds, the generation of defaults, restart tokens), and the generation of its steps continues from there.
pub fn resolved(checked: &Checked, previous: Option<&Cluster>) -> Cluster {
    let cluster = resolve::resolve(checked, previous);
    Cluster { generation: render::next_generation(previous, &cluster), ..cluster }
}

/// Compiles texts: reads and checks them; [`Compilation::clusters`] resolves what was accepted. [`deliver::arrange`]
/// makes the files of each.
pub fn compile(sources: Vec<Source>, options: Options) -> Compilation {
    let mut reading = parse::parse(sources);
    if let Some(dialect) = options.dialect {
        let of_doubtful = reading.doubtful.iter_mut().flat_map(|doubtful| &mut doubtful.readings);
        for parsed in reading.parsed.iter_mut().chain(of_doubtful) {
            parsed.topology.spec.delivery.override_dialect(dialect);
        }
    }
    let texts = std::mem::take(&mut reading.texts);
    let topologies = reading.parsed.len();
    let settled = |parsed: &[Parsed], found| settle(parsed, found, options.warnings);
    let Checkup { complaints, accepted } = check::check(reading, overrides::complaints, settled);
    let complaints = complaints.into_iter().map(|complaint| parse::with_cause(&texts, complaint)).collect();
    Compilation { complaints: report::sorted(&texts, complaints), topologies, texts, accepted }
}
