//! What all verbs that read topologies share: the arguments, reading, and compiling.

use clap::{Args, ValueEnum};

use super::complaints::Complaining;
use super::{Failure, talk};
use crate::check::Warnings;
use crate::diagnostic::Severity;
use crate::parse::source::{Source, read_all, read_all_there_are};
use crate::topology::Dialect;
use crate::{Compilation, Options, compile};

/// The topologies and how to judge them.
#[derive(Debug, Args)]
pub(super) struct Inputs {
    /// Topology files, folders, globs, or `-` for standard input.
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,
    /// Treats warnings as errors.
    #[arg(long, value_name = "WHAT")]
    deny: Option<Denied>,
    /// The tool that applies the output, whatever the topologies say.
    #[arg(long, value_name = "DIALECT")]
    dialect: Option<DialectArgument>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Denied {
    Warnings,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum DialectArgument {
    /// Argo CD: sync waves.
    Argocd,
    /// Flux: a folder per stage.
    Flux,
    /// `kubectl apply -k`.
    Plain,
}

impl Inputs {
    /// Reads and compiles all inputs, and tells people what is wrong with them; when they are refused, programs too, and
    /// the result is `None`. Else the verb reports to programs, when it knows what more there is to complain about.
    pub(super) fn compile(&self, complaining: &Complaining<'_>) -> Result<Option<Compilation>, Failure> {
        let Some(compilation) = self.compile_sources(read_all(&self.inputs)?, complaining)? else { return Ok(None) };
        if compilation.topologies == 0 {
            complaining.report(&compilation.texts, &compilation.complaints)?;
            talk(&format!("error: {}\n", self.nothing()));
            return Ok(None);
        }
        Ok(Some(compilation))
    }

    /// The same where something deployed is at hand: folders without a topology are then the end of its clusters, and
    /// `judge` refuses them where there are none.
    pub(super) fn compile_beside_deployed(
        &self,
        complaining: &Complaining<'_>,
    ) -> Result<Option<Compilation>, Failure> {
        self.compile_sources(read_all_there_are(&self.inputs)?, complaining)
    }

    /// What there is to say about inputs without a topology.
    pub(super) fn nothing(&self) -> String {
        format!("no CassandraTopology in {}", self.inputs.join(", "))
    }

    fn compile_sources(
        &self,
        sources: Vec<Source>,
        complaining: &Complaining<'_>,
    ) -> Result<Option<Compilation>, Failure> {
        let warnings = if self.deny.is_some() { Warnings::Deny } else { Warnings::Show };
        let dialect = self.dialect.map(|dialect| match dialect {
            DialectArgument::Argocd => Dialect::Argocd,
            DialectArgument::Flux => Dialect::Flux,
            DialectArgument::Plain => Dialect::Plain,
        });
        let compilation = compile(sources, Options { dialect, warnings });
        complaining.tell(&compilation.texts, &compilation.complaints);
        if compilation.complaints.iter().any(|complaint| complaint.severity == Severity::Error) {
            complaining.report(&compilation.texts, &compilation.complaints)?;
            return Ok(None);
        }
        Ok(Some(compilation))
    }

    /// The inputs as the user named them.
    pub(super) fn names(&self) -> &[String] {
        &self.inputs
    }
}
