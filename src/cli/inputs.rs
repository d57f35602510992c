//! What all verbs that read topologies share: the arguments, reading, compiling, and saying what is wrong.

use std::io::IsTerminal;

use clap::{Args, ValueEnum};

use super::{Failure, talk};
use crate::check::Warnings;
use crate::diagnostic::{Diagnostic, Severity};
use crate::parse::Text;
use crate::parse::source::{Source, read_all, read_all_there_are};
use crate::report::{Colors, human, short, summary};
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

/// How complaints are shown, for the verbs that print nothing else in several formats.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct ComplaintFormat {
    /// How complaints are shown.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Denied {
    Warnings,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// With the source under each complaint.
    Human,
    /// One line per complaint.
    Short,
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
    /// Reads and compiles all inputs, and says what is wrong with them. `None` when they are refused.
    pub(super) fn compile(&self, format: Format) -> Result<Option<Compilation>, Failure> {
        let compilation = self.compile_sources(read_all(&self.inputs)?, format);
        if compilation.as_ref().is_some_and(|compilation| compilation.topologies == 0) {
            talk(&format!("error: {}\n", self.nothing()));
            return Ok(None);
        }
        Ok(compilation)
    }

    /// The same where something deployed is at hand: folders without a topology are then the end of its clusters, and
    /// `judge` refuses them where there are none.
    pub(super) fn compile_beside_deployed(&self, format: Format) -> Result<Option<Compilation>, Failure> {
        Ok(self.compile_sources(read_all_there_are(&self.inputs)?, format))
    }

    /// What there is to say about inputs without a topology.
    pub(super) fn nothing(&self) -> String {
        format!("no CassandraTopology in {}", self.inputs.join(", "))
    }

    fn compile_sources(&self, sources: Vec<Source>, format: Format) -> Option<Compilation> {
        let warnings = if self.deny.is_some() { Warnings::Deny } else { Warnings::Show };
        let dialect = self.dialect.map(|dialect| match dialect {
            DialectArgument::Argocd => Dialect::Argocd,
            DialectArgument::Flux => Dialect::Flux,
            DialectArgument::Plain => Dialect::Plain,
        });
        let compilation = compile(sources, Options { dialect, warnings });
        tell(&compilation.texts, &compilation.complaints, format);
        let refused = compilation.complaints.iter().any(|complaint| complaint.severity == Severity::Error);
        (!refused).then_some(compilation)
    }

    /// The inputs as the user named them.
    pub(super) fn names(&self) -> &[String] {
        &self.inputs
    }
}

/// Says what is wrong.
pub(super) fn tell(texts: &[Text], complaints: &[Diagnostic], format: Format) {
    let Some(summary) = summary(complaints) else { return };
    match format {
        Format::Short => talk(&short(texts, complaints)),
        Format::Human => {
            let colors = if std::io::stderr().is_terminal() { Colors::Ansi } else { Colors::Plain };
            talk(&format!("{}\n{summary}\n", human(texts, complaints, colors)));
        }
    }
}
