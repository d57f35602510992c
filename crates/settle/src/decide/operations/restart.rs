//! Pods restart, one at a time, under the guards of the rolling restart. Each that existed when the operation began restarts once.

use super::super::roll;
use super::Next;
use crate::action::Action;
use crate::record::Record;
use crate::situation::Situation;

pub(super) fn next(situation: &Situation<'_>, record: &Record) -> Next {
    if roll::is_rolling(situation) {
        return Next::Nothing; // `roll` says why it does not go on; a pod that restarts takes the new template
    }
    let Some(name) = record.next(|_| true) else { return Next::Nothing };
    let is_meant = |pod: &&crate::observed::Pod| record.pods.get(name) == Some(&pod.uid) && !pod.is_deleting;
    match situation.pod(name).filter(is_meant) {
        Some(pod) => Next::unless(roll::not_now(situation, name), || Action::Evict {
            pod: name.clone(),
            uid: pod.uid.clone(),
            why: "an operation asks for it",
        }),
        None => Next::Wait(vec![situation.pod_not_ready(name)]),
    }
}
