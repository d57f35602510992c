//! `cassc explain`: why a rule exists and how to satisfy it.

use std::fmt::Write as _;

use cassc_wording::nearest;
use clap::Args;

use super::{Ending, Failure, print};
use crate::catalogue::{rule, rules};
use crate::diagnostic::Rule;

/// Explain a rule by its code, such as E101; without a code, list all rules.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The code or the name of a rule.
    code: Option<String>,
}

pub(super) fn run(explain: &Explain) -> Result<Ending, Failure> {
    let text = match &explain.code {
        None => listing(),
        Some(code) => match rule(code) {
            Some(rule) => explanation(rule),
            None => return Err(Failure::Usage(unknown(code))),
        },
    };
    print(&text)?;
    Ok(Ending::Done)
}

fn listing() -> String {
    rules().into_iter().fold(String::new(), |mut text, rule| {
        writeln!(text, "{}  {}", rule.code, rule.summary).expect("writing to a String cannot fail");
        text
    })
}

fn explanation(rule: &Rule) -> String {
    format!("{} ({}): {}\n\n{}\n", rule.code, rule.name, rule.summary, rule.explain)
}

fn unknown(code: &str) -> String {
    let near = nearest(code, rules().into_iter().flat_map(|rule| [rule.code, rule.name]));
    let hint = near.map_or_else(|| "`cassc explain` lists all".to_owned(), |near| format!("did you mean `{near}`?"));
    format!("there is no rule `{code}`; {hint}")
}
