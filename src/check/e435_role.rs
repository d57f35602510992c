//! E435: roles with invalid or equal names, or with the same Secret.

use std::collections::BTreeMap;

use cassc_ring::names;

use crate::diagnostic::{Diagnostic, Label, Route, Rule};
use crate::kubernetes::syntax::is_subdomain;
use crate::subject::Subject;
use crate::topology::{DEFAULT_ROLE, LONGEST_ROLE_NAME, Role, is_role_name};

pub(super) const RULE: Rule = Rule {
    code: "E435",
    name: "role",
    summary: "a role of `auth.roles` has an invalid name, the name of another role, or the Secret of another role",
    explain: "\
Each role of `auth.roles` is created with the `username` and the `password` of a Secret of its own. Two roles with one Secret would
be one role in Cassandra. `cassandra` is the role that every new cluster has, with a password that everybody knows: it is locked
once the superuser exists. A superuser whose Secret is generated is called `<metadata.name>-superuser`.

Write a name on one line, without spaces at its ends, that no other role has. The Secret is `<metadata.name>-role-<name>` by default;
write `secretName` where that is not a valid name of a Secret, such as for a role with `_` in its name.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let auth = &subject.spec().auth;
    let cluster = &subject.topology.metadata.name;
    let route = |index: usize| Route::of("spec.auth.roles").index(index);
    let mut named: BTreeMap<&str, Label> = BTreeMap::new();
    let mut secrets: BTreeMap<String, Option<Label>> = BTreeMap::new();
    secrets.insert(superuser_secret(subject), None);
    for (index, role) in auth.roles.iter().enumerate() {
        let name = || subject.value(route(index).key("name"), "");
        if let Some(fault) = fault_of_name(subject, role) {
            complaints
                .push(RULE.complain(fault, name()).help("write another name, on one line, without spaces at its ends"));
            continue;
        }
        if let Some(first) = named.insert(&role.name, subject.value(route(index).key("name"), "first role")) {
            let message = format!("two roles have the name `{}`", role.name);
            complaints.push(RULE.complain(message, name()).label(first).help("use a different name for one of them"));
            continue;
        }
        let secret = role.secret_name.clone().unwrap_or_else(|| names::role_secret(cluster, &role.name));
        if role.secret_name.is_none() && !is_subdomain(&secret) {
            let message =
                format!("the Secret of the role `{}` would be `{secret}`, which is not a valid name", role.name);
            complaints.push(RULE.complain(message, name()).help("write `secretName`"));
            continue;
        }
        let place = if role.secret_name.is_some() { "secretName" } else { "name" };
        let at = |words| subject.value(route(index).key(place), words);
        if let Some(first) = secrets.insert(secret.clone(), Some(at("first role"))) {
            let message = match &first {
                Some(_) => format!("two roles have the Secret `{secret}`"),
                None => format!("the role `{}` has the Secret of the superuser, `{secret}`", role.name),
            };
            complaints.push(RULE.complain(message, at("")).labels(first).help("use a Secret for each"));
        }
    }
}

fn superuser_secret(subject: &Subject<'_>) -> String {
    let written = subject.spec().auth.superuser.secret_name.clone();
    written.unwrap_or_else(|| names::superuser_secret(&subject.topology.metadata.name))
}

fn fault_of_name(subject: &Subject<'_>, role: &Role) -> Option<String> {
    let is_superuser =
        subject.spec().auth.superuser.generate && role.name == names::superuser_secret(&subject.topology.metadata.name);
    match role.name.as_str() {
        "" => Some("the name of a role is empty".to_owned()),
        DEFAULT_ROLE => Some(format!("`{DEFAULT_ROLE}` is Cassandra's default role")),
        name if is_superuser => Some(format!("`{name}` is the superuser")),
        name if name.len() > LONGEST_ROLE_NAME => {
            Some(format!("the name of a role is longer than {LONGEST_ROLE_NAME} bytes"))
        }
        name if !is_role_name(name) => Some(format!("`{}` is not a valid name of a role", name.escape_debug())),
        _ => None,
    }
}
