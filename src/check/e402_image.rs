//! E402: an invalid image reference, or an image without a fixed tag or digest.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::image::{floating, read};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E402",
    name: "image",
    summary: "an image reference is invalid, or has neither a fixed tag nor a digest",
    explain: "\
A pod that moves to another worker pulls its image again. With `latest`, or without a tag, it may start a different version of
Cassandra than the other nodes, without any pull request, and write SSTables that the other nodes cannot read.

Write a fixed tag or a digest, such as `registry.example.com/cass-management-api:4.1.9-ubi`.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let spec = subject.spec();
    let images = [
        ("spec.cassandra.image", spec.cassandra.image.as_deref()),
        ("spec.systemLogger.image", spec.system_logger.image.as_deref()),
        ("spec.repair.reaper.image", spec.repair.reaper.as_ref().and_then(|reaper| reaper.image.as_deref())),
        ("spec.steps.image", spec.steps.as_ref().and_then(|steps| steps.image.as_deref())),
    ];
    for (route, image) in images.into_iter().filter_map(|(route, image)| Some((route, image?))) {
        let at = |text: &str| subject.value(Route::of(route), text);
        let complaint = match read(image) {
            Err(fault) => {
                let message = format!("`{}` is not a valid image reference", image.escape_debug());
                let complaint = RULE.complain(message, at(fault));
                Some(complaint.expected("a repository and a tag, such as registry.example.com/name:1.2.3"))
            }
            Ok(reference) => floating(reference).map(|fault| {
                let complaint = RULE.complain(format!("the image `{image}` has no fixed tag"), at(fault));
                complaint.expected("a fixed tag or a digest")
            }),
        };
        complaints.extend(complaint);
    }
}
