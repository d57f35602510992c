//! E530: overrides that cannot be applied, or that change nothing. What needs the rendered objects is found by
//! [`crate::overrides`].

use std::collections::BTreeMap;

use cassc_wording::nearest;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::overrides::{LONGEST_PATCHES, MOST_OVERRIDES, length};
use crate::topology::{OVERRIDDEN_KINDS, Override};

pub(crate) const RULE: Rule = Rule {
    code: "E530",
    name: "override-without-effect",
    summary: "an override cannot be applied, or changes nothing",
    explain: "\
An override patches one rendered object (`name`) or all objects of a kind (`all: true`). One that meets no object, or that
leaves every object as it is, does not do what its author expected: a name or a field is misspelt, a version of cassc renders
something else, or the value is the default by now.

The patch is a strategic merge patch: maps merge, `null` deletes, lists of elements with a merge key (containers and volumes by
`name`, mounts by `mountPath`, ports by number) merge element by element, other lists are replaced. `$patch: delete` deletes an
element, `$patch: replace` replaces a list or a map; other directives are not supported.

`cassc render` prints the objects with their names. Names of ConfigMaps that end in a hash change with their content: write
`all: true` for them. All patches of a topology together may have 32 KiB, and there may be 50 of them; a file may hold 1,000
topologies with overrides.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let overrides = &subject.spec().overrides;
    if let Some(complaint) = too_many(subject, overrides) {
        complaints.push(complaint);
        return;
    }
    let mut seen: BTreeMap<(&str, Option<&str>), Route> = BTreeMap::new();
    for (index, written) in overrides.iter().enumerate() {
        let route = Route::of("spec.overrides").index(index);
        complaints.extend(kind_fault(subject, written, &route));
        complaints.extend(target_fault(subject, written, &route));
        if written.patch.is_empty() {
            let complaint = RULE.complain("the patch of an override is empty", subject.value(route.key("patch"), ""));
            complaints.push(complaint.help("write what is to be different, or remove the override"));
        }
        let target = (written.kind.as_str(), written.name.as_deref());
        if let Some(other) = seen.insert(target, route.clone()) {
            let whom =
                written.name.as_deref().map_or("all objects of this kind".to_owned(), |name| format!("`{name}`"));
            let message = format!("two overrides are for {whom} (`{}`)", written.kind);
            let complaint = RULE.complain(message, subject.value(route.key("kind"), "second"));
            let complaint = complaint.label(subject.value(other.key("kind"), "first"));
            complaints.push(complaint.help("merge the two patches into one"));
        }
    }
}

fn too_many(subject: &Subject<'_>, overrides: &[Override]) -> Option<Diagnostic> {
    let at = || subject.value(Route::of("spec.overrides"), "");
    if overrides.len() > MOST_OVERRIDES {
        let complaint = RULE.complain(format!("the topology has {} overrides", overrides.len()), at());
        return Some(complaint.expected(format!("at most {MOST_OVERRIDES}")));
    }
    let bytes = overrides.iter().map(|it| length(&it.patch)).fold(0, usize::saturating_add);
    (bytes > LONGEST_PATCHES).then(|| {
        let complaint = RULE.complain(format!("the patches of the overrides have {bytes} bytes"), at());
        complaint.expected(format!("at most {LONGEST_PATCHES} together"))
    })
}

fn kind_fault(subject: &Subject<'_>, written: &Override, route: &Route) -> Option<Diagnostic> {
    let kind = written.kind.as_str();
    if OVERRIDDEN_KINDS.contains(&kind) {
        return None;
    }
    let complaint = RULE.complain(format!("cassc renders no `{kind}`"), subject.value(route.key("kind"), ""));
    let complaint = complaint.expected(format!("one of {}", OVERRIDDEN_KINDS.join(", ")));
    Some(match (kind, nearest(kind, OVERRIDDEN_KINDS)) {
        ("Pod", _) => complaint.help("pods come from the StatefulSets: patch `spec.template` of a `StatefulSet`"),
        (_, Some(near)) => complaint.help(format!("did you mean `{near}`?")),
        (_, None) => complaint,
    })
}

fn target_fault(subject: &Subject<'_>, written: &Override, route: &Route) -> Option<Diagnostic> {
    match (&written.name, written.all) {
        (Some(_), false) | (None, true) => None,
        (Some(_), true) => {
            let complaint = RULE.complain("an override has both `name` and `all`", subject.key(route.key("all"), ""));
            Some(complaint.help("remove one of the two"))
        }
        (None, false) => {
            let complaint = RULE.complain("an override names no object", subject.value(route.key("kind"), ""));
            Some(complaint.help("write `name: …`, or `all: true` for all objects of the kind"))
        }
    }
}
