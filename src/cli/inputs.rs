//! What all verbs that read topologies share: the arguments, reading, and compiling.

use std::io::{self, IsTerminal};

use clap::{Args, ValueEnum};

use super::complaints::Complaining;
use super::progress::during;
use super::selection::Selection;
use super::{Failure, message};
use crate::catalogue::Warnings;
use crate::diagnostic::Severity;
use crate::parse::source::{Source, SourceError, read_all, read_all_there_are};
use crate::topology::Dialect;
use crate::{Compilation, Options, compile};

/// The topologies and how to judge them.
#[derive(Debug, Args)]
pub(super) struct Inputs {
    /// Topology files, folders, globs, or `-` for standard input.
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,
    /// Treat warnings as errors.
    #[arg(long, value_name = "WHAT")]
    deny: Option<Denied>,
    /// Render for this delivery tool instead of `spec.delivery.dialect`.
    #[arg(long, value_name = "DIALECT")]
    dialect: Option<DialectArgument>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Denied {
    Warnings,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum DialectArgument {
    /// Argo CD.
    Argocd,
    /// Flux.
    Flux,
    /// `kubectl apply -k`.
    Plain,
}

impl DialectArgument {
    pub(super) fn dialect(self) -> Dialect {
        match self {
            Self::Argocd => Dialect::Argocd,
            Self::Flux => Dialect::Flux,
            Self::Plain => Dialect::Plain,
        }
    }
}

impl Inputs {
    /// Reads and compiles all inputs, and prints what is wrong with them; when they are refused, programs too, and
    /// the result is `None`. Else the verb reports to programs, when it has all diagnostics.
    pub(super) fn compile(&self, complaining: &Complaining<'_>) -> Result<Option<Compilation>, Failure> {
        self.compile_some(Selection::All, complaining)
    }

    /// The same with a part of the inputs.
    pub(super) fn compile_some(
        &self,
        selection: Selection<'_>,
        complaining: &Complaining<'_>,
    ) -> Result<Option<Compilation>, Failure> {
        let warnings = if self.deny.is_some() { Warnings::Deny } else { Warnings::Show };
        let dialect = self.dialect.map(DialectArgument::dialect);
        let compile = || {
            let sources = self.read(selection)?;
            Ok::<_, Failure>(compile(selection.of(sources), Options { dialect, warnings }))
        };
        let compilation = if self.is_typed() { compile() } else { during("reading topologies", compile) }?;
        complaining.tell(&compilation.texts, &compilation.complaints);
        let refused = compilation.complaints.iter().any(|complaint| complaint.severity == Severity::Error);
        let finds_nothing = compilation.topologies == 0 && !selection.may_be_empty();
        if refused || finds_nothing {
            complaining.report(&compilation.texts, &compilation.complaints)?;
        }
        if refused {
            return Ok(None);
        }
        if finds_nothing {
            message(&format!("error: {}\n", self.nothing()));
            return Ok(None);
        }
        Ok(Some(compilation))
    }

    /// Whether the user types a topology.
    fn is_typed(&self) -> bool {
        self.inputs.iter().any(|input| input == "-") && io::stdin().is_terminal()
    }

    fn read(&self, selection: Selection<'_>) -> Result<Vec<Source>, SourceError> {
        if selection.may_be_empty() { read_all_there_are(&self.inputs) } else { read_all(&self.inputs) }
    }

    /// The message about inputs without a topology.
    pub(super) fn nothing(&self) -> String {
        format!("no CassandraTopology in {}", self.inputs.join(", "))
    }

    /// The inputs as the user named them.
    pub(super) fn names(&self) -> &[String] {
        &self.inputs
    }
}
