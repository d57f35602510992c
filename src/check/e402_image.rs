//! E402: an image that is no image reference, or that is not the same tomorrow.

use super::image::{floating, read};
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E402",
    name: "image",
    summary: "an image is no reference, or has neither a fixed tag nor a digest",
    explain: "\
A node that is restarted by a drained worker pulls its image again. With `latest`, or without a tag, it may come
back with another version of Cassandra than its neighbors, which no pull request showed, and sooner or later with
SSTables that the others cannot read.

Write a fixed tag or a digest, such as `registry.example.com/cass-management-api:4.1.9-ubi`.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let spec = subject.spec();
    let images = [
        ("spec.cassandra.image", spec.cassandra.image.as_deref()),
        ("spec.systemLogger.image", spec.system_logger.image.as_deref()),
    ];
    for (route, image) in images.into_iter().filter_map(|(route, image)| Some((route, image?))) {
        let at = |text: &str| subject.value(Route::of(route), text);
        let complaint = match read(image) {
            Err(fault) => {
                let complaint = RULE.complain(format!("`{}` is no image", image.escape_debug()), at(fault));
                Some(complaint.expected("a repository and a tag, such as registry.example.com/name:1.2.3"))
            }
            Ok(reference) => floating(reference).map(|fault| {
                let complaint = RULE.complain(format!("the image `{image}` is not fixed"), at(fault));
                complaint.expected("a fixed tag, or a digest")
            }),
        };
        complaints.extend(complaint);
    }
}
