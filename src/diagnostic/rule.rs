//! A rule: what a code stands for. The functions that find what it complains about stand in the tables of
//! [`crate::check`] and [`crate::transition`]; [`crate::catalogue`] lists every rule.

use super::{Diagnostic, Label, Severity};

/// A rule. Codes are never reused or renumbered.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// `E…` for errors, `W…` for warnings.
    pub code: &'static str,
    /// The name of the rule, for people who cannot remember codes.
    pub name: &'static str,
    /// One line: what is complained about.
    pub summary: &'static str,
    /// Why the rule exists and how to satisfy it; Markdown, printed by `cassc explain`.
    pub explain: &'static str,
}

impl Rule {
    /// Errors begin with `E`.
    pub(crate) fn severity(&self) -> Severity {
        if self.code.starts_with('E') { Severity::Error } else { Severity::Warning }
    }

    /// A complaint of this rule; the label is the place that it is reported at. A message is one line, whatever is
    /// in the names that it quotes.
    pub(crate) fn complain(&self, message: impl Into<String>, at: Label) -> Diagnostic {
        let shown = |c: char| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() };
        let message: String = message.into().chars().map(shown).collect();
        Diagnostic::new(self.code, self.severity(), message, at)
    }
}
