//! W405: an additional container whose image is not the same tomorrow.

use super::image::{floating, read};
use super::written::{called, containers};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W405",
    name: "image-floating",
    summary: "the image of an additional container has neither a fixed tag nor a digest",
    explain: "\
Without a fixed tag the container changes whenever a pod happens to be restarted on a worker that pulls again: pods
of one rack run different programs, and no pull request showed it.

Write a fixed tag or a digest.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for written in containers(subject) {
        let Some(image) = written.container.image.as_deref() else { continue };
        let Some(fault) = read(image).map_or_else(Some, floating) else { continue };
        let message = format!("the image of {} is not fixed", called(&written));
        let at = subject.value(written.route.key("image"), fault);
        complaints.push(RULE.complain(message, at).expected("a fixed tag, or a digest"));
    }
}
