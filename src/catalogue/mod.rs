//! Every rule by its code: those about texts, about topologies and about changes. `cassc explain`, the reports and the
//! documentation read it. What `spec.accept` may name is judged here too, for it may name all of them.

mod acceptance;

pub use acceptance::{Warnings, settle};

use crate::diagnostic::Rule;
use crate::{check, overrides, parse, transition};

/// Every rule, sorted by code: errors, then warnings.
pub fn rules() -> Vec<&'static Rule> {
    let mut rules: Vec<&Rule> = all().collect();
    rules.sort_by_key(|rule| rule.code);
    rules
}

/// The rule of a code, in upper or lower case, or of a name.
pub fn rule(code_or_name: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code.eq_ignore_ascii_case(code_or_name) || rule.name == code_or_name)
}

fn all() -> impl Iterator<Item = &'static Rule> {
    let transitions = transition::rules().map(|(rule, _)| rule);
    let topologies = parse::RULES.iter().chain(check::rules()).chain(overrides::RULES);
    topologies.chain(transitions).chain(acceptance::RULES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_unique_and_of_the_right_form() {
        let rules = rules();
        for pair in rules.windows(2) {
            assert!(pair[0].code < pair[1].code, "{} is there twice", pair[0].code);
        }
        for rule in &rules {
            let number = &rule.code[1..];
            assert!(number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit()), "{}", rule.code);
            assert!(!rule.summary.ends_with('.') && rule.explain.trim().ends_with('.'), "{}", rule.code);
            assert_eq!(rules.iter().filter(|it| it.name == rule.name).count(), 1, "{}", rule.name);
        }
    }

    #[test]
    fn the_tables_are_sorted_by_code() {
        let transitions = transition::rules().map(|(rule, _)| rule);
        for codes in [codes(parse::RULES), codes(check::rules()), codes(transitions), codes(acceptance::RULES)] {
            assert!(codes.is_sorted(), "{codes:?}");
        }
    }

    fn codes(rules: impl IntoIterator<Item = &'static Rule>) -> Vec<&'static str> {
        rules.into_iter().map(|rule| rule.code).collect()
    }
}
