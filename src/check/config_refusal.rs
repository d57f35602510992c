//! Something that Cassandra refuses about the settings of a rack. Made by the files beside this one, one per kind; the rule
//! about combinations makes a complaint of it.

use super::settings::Setting;
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

/// Something that Cassandra refuses.
pub(super) struct Refusal<'s> {
    /// Tells refusals of the same settings apart.
    pub(super) topic: Option<&'static str>,
    /// What is wrong.
    pub(super) message: String,
    /// The settings that have a part in it, with a few words for each.
    pub(super) settings: Vec<(&'s Setting, String)>,
    /// What was expected.
    pub(super) expected: Option<String>,
    /// What to do.
    pub(super) help: Option<String>,
}

impl<'s> Refusal<'s> {
    /// A refusal of settings, the main one first.
    pub(super) fn new(message: impl Into<String>, settings: &[&'s Setting]) -> Self {
        let settings = settings.iter().map(|setting| (*setting, String::new())).collect();
        Self { topic: None, message: message.into(), settings, expected: None, help: None }
    }

    /// The same refusal, saying what to do.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// A complaint of a rule. It stands where the innermost setting is written.
    pub(super) fn complaint(mut self, rule: &Rule, subject: &Subject<'_>) -> Option<Diagnostic> {
        self.settings.sort_by_key(|(setting, _)| std::cmp::Reverse(setting.level));
        let mut labels = self.settings.into_iter().map(|(setting, text)| subject.value(setting.route.clone(), text));
        let mut complaint = rule.complain(self.message, labels.next()?);
        complaint = labels.fold(complaint, Diagnostic::label);
        complaint.expected = self.expected;
        complaint.help = self.help;
        Some(complaint)
    }
}
