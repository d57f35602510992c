//! E502: invalid labels and annotations.

use std::collections::BTreeMap;

use super::written::{Carrier, annotations, labels};
use crate::diagnostic::{Diagnostic, Rule};
use crate::kubernetes::syntax::{is_annotation_key, is_label_key, is_label_value};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E502",
    name: "metadata-syntax",
    summary: "a label or an annotation is invalid",
    explain: "\
The API server refuses every object with an invalid label, in the middle of a sync: some objects are updated and others are not.

A key has at most 63 letters, digits, `-`, `_` and `.`, optionally after a DNS name and `/`. The value of a label has the same
form or is empty. The value of an annotation is any text. All annotations of an object have at most 256 KiB.",
};

/// The most that keys and values of an object's annotations may have, in bytes (`TotalAnnotationSizeLimitB` in
/// apimachinery's `pkg/api/validation/objectmeta.go`).
const MOST_ANNOTATIONS: usize = 256 * 1024;
const VALUE: &str = "at most 63 letters, digits, `-`, `_` and `.`, starting and ending with a letter or digit";
const KEY: &str =
    "at most 63 letters, digits, `-`, `_` and `.`, optionally after a DNS name and `/`, such as `example.com/team`";

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for map in labels(subject) {
        for (key, value) in map.entries {
            if !is_label_key(key) {
                let message = format!("`{}` is not a valid label key", shown(key));
                complaints.push(RULE.complain(message, subject.key(map.route.key(key), "")).expected(KEY));
            } else if !is_label_value(value) {
                let message = format!("`{}` is not a valid label value", shown(value));
                let complaint = RULE.complain(message, subject.value(map.route.key(key), "")).expected(VALUE);
                complaints.push(complaint.help("correct the value, or write an annotation instead"));
            }
        }
    }
    let of_objects = size(&subject.topology.metadata.annotations);
    for map in annotations(subject) {
        for key in map.entries.keys().filter(|key| !is_annotation_key(key)) {
            let message = format!("`{}` is not a valid annotation key", shown(key));
            complaints.push(RULE.complain(message, subject.key(map.route.key(key), "")).expected(KEY));
        }
        let own = size(map.entries);
        let total = if map.carrier == Carrier::Service { of_objects + own } else { own };
        if total > MOST_ANNOTATIONS && own > 0 {
            let message = format!("the annotations of an object have {total} bytes");
            let at = subject.key(map.route.clone(), "");
            complaints
                .push(RULE.complain(message, at).expected(format!("at most {MOST_ANNOTATIONS} bytes per object")));
        }
    }
}

fn size(annotations: &BTreeMap<String, String>) -> usize {
    annotations.iter().map(|(key, value)| key.len() + value.len()).sum()
}

/// A text shortened to 80 characters.
fn shown(text: &str) -> String {
    let escaped: String = text.chars().take(80).flat_map(char::escape_debug).collect();
    if text.chars().count() > 80 { format!("{escaped}…") } else { escaped }
}
