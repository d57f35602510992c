//! W405: an additional container whose image has no fixed tag or digest.

use super::written::{called, containers};
use crate::diagnostic::{Diagnostic, Rule};
use crate::kubernetes::image::{floating, read};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W405",
    name: "image-floating",
    summary: "the image of an additional container has neither a fixed tag nor a digest",
    explain: "\
Without a fixed tag the container may change whenever a worker pulls the image again: pods of one rack run different versions,
without any pull request.

Write a fixed tag or a digest.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for written in containers(subject) {
        let Some(image) = written.container.image.as_deref() else { continue };
        let Some(fault) = read(image).map_or_else(Some, floating) else { continue };
        let message = format!("the image of {} has no fixed tag", called(&written));
        let at = subject.value(written.route.key("image"), fault);
        complaints.push(RULE.complain(message, at).expected("a fixed tag or a digest"));
    }
}
