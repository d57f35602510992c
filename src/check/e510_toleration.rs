//! E510: invalid tolerations.

use cassc_wording::nearest;
use k8s_openapi::api::core::v1::Toleration;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::syntax::{is_label_key, is_label_value};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E510",
    name: "toleration",
    summary: "a toleration is invalid",
    explain: "\
The API server accepts a StatefulSet with an invalid toleration, but refuses all its pods.

`operator` is `Equal` (with an optional `value`) or `Exists` (without `value`). Without `key` only `Exists` is allowed. `effect`
is `NoSchedule`, `PreferNoSchedule`, `NoExecute` or not written. `tolerationSeconds` is allowed only with `NoExecute`.",
};

const OPERATORS: [&str; 2] = ["Equal", "Exists"];
const EFFECTS: [&str; 3] = ["NoExecute", "NoSchedule", "PreferNoSchedule"];

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (level, scheduling) in subject.schedulings() {
        let route = level.route().key("scheduling").key("tolerations");
        for (index, toleration) in scheduling.tolerations.iter().flatten().enumerate() {
            complaints.extend(judge(subject, toleration, &route.index(index)));
        }
    }
}

/// After `ValidateTolerations` in Kubernetes' `pkg/apis/core/validation/validation.go`. The operators `Lt` and `Gt` are
/// disabled in every supported release.
fn judge(subject: &Subject<'_>, toleration: &Toleration, route: &Route) -> Vec<Diagnostic> {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let (key, operator) = (text(&toleration.key), text(&toleration.operator));
    let (value, effect) = (text(&toleration.value), text(&toleration.effect));
    let complain = |message: String, field: &str| RULE.complain(message, subject.value(route.key(field), ""));
    let mut complaints = Vec::new();
    if !key.is_empty() && !is_label_key(&key) {
        let message = format!("`{}` is not a valid taint key", key.escape_debug());
        complaints.push(complain(message, "key").expected("a key such as `example.com/dedicated`"));
    }
    if !operator.is_empty() && !OPERATORS.contains(&operator.as_str()) {
        complaints.push(unknown(
            complain(format!("unknown operator `{}`", operator.escape_debug()), "operator"),
            &operator,
            &OPERATORS,
        ));
    } else if key.is_empty() && operator != "Exists" {
        let message = "a toleration without a key needs the operator `Exists`".to_owned();
        complaints
            .push(complain(message, "operator").help("add `key`, or write `operator: Exists` to tolerate every taint"));
    } else if operator == "Exists" && !value.is_empty() {
        let message = "a toleration with the operator `Exists` must not have a value".to_owned();
        complaints.push(complain(message, "value").help("remove `value`, or write `operator: Equal`"));
    } else if !is_label_value(&value) {
        let message = format!("`{}` is not a valid taint value", value.escape_debug());
        complaints.push(complain(message, "value").expected("at most 63 letters, digits, `-`, `_` and `.`"));
    }
    if !effect.is_empty() && !EFFECTS.contains(&effect.as_str()) {
        complaints.push(unknown(
            complain(format!("unknown effect `{}`", effect.escape_debug()), "effect"),
            &effect,
            &EFFECTS,
        ));
    } else if toleration.toleration_seconds.is_some() && effect != "NoExecute" {
        let message = "`tolerationSeconds` needs the effect `NoExecute`".to_owned();
        complaints.push(
            complain(message, "tolerationSeconds").help("write `effect: NoExecute`, or remove `tolerationSeconds`"),
        );
    }
    complaints
}

fn unknown(complaint: Diagnostic, word: &str, known: &[&str]) -> Diagnostic {
    let complaint = complaint.expected(format!("one of {}", known.join(", ")));
    match nearest(word, known.iter().copied()) {
        Some(near) => complaint.help(format!("did you mean `{near}`?")),
        None => complaint,
    }
}
