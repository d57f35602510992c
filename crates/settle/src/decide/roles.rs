//! The superuser and the declared roles, from their Secrets; another Secret sets them anew. The role `cassandra` is locked.

use cassc_ring::desired::Role;

use super::Next;
use super::secrets::REAPER_ROLE;
use crate::action::{Action, Reason};
use crate::situation::Situation;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    if situation.ring.steps.is_none() || !situation.state.memory.initialized || situation.is_deserted() {
        return Next::Nothing;
    }
    let Some(asked) = situation.anybody() else {
        return Next::Wait(vec![Reason::of_ring("NoAnswer", "no node that is up answers")]);
    };
    let mut waits = Vec::new();
    for role in std::iter::once(superuser(situation)).chain(situation.steps().roles).chain(reapers(situation)) {
        match situation.seen.objects.secrets.get(&role.secret) {
            Some(secret) if !secret.is_complete => waits.push(missing(&role, "has no username and password")),
            None => waits.push(missing(&role, "does not exist")),
            Some(secret) if situation.state.memory.roles.get(&role.secret) != Some(&secret.version) => {
                let (version, asked) = (secret.version.clone(), asked.to_owned());
                return Next::Act(Action::PutRole { role, version, asked });
            }
            Some(_) => {}
        }
    }
    if !waits.is_empty() {
        return Next::Wait(waits);
    }
    lock(situation, asked)
}

fn missing(role: &Role, what: &str) -> Reason {
    Reason::about("SecretMissing", &role.secret, format!("the Secret {} {what}", role.secret))
}

/// The superuser; its name is the `username` of its Secret.
fn superuser(situation: &Situation<'_>) -> Role {
    let steps = situation.steps();
    let secret = situation.ring.superuser_secret.clone();
    Role { name: String::new(), superuser: true, login: true, secret, generated: steps.generates_superuser }
}

/// Reaper's role. The Job that makes its keyspace makes the role, too, and gives it its rights; it runs once, and so another
/// password in the Secret is set here. Rights stay as they are.
fn reapers(situation: &Situation<'_>) -> Option<Role> {
    let secret = situation.ring.steps.as_ref()?.reaper.as_ref()?.role_secret.clone()?;
    Some(Role { name: REAPER_ROLE.to_owned(), superuser: false, login: true, secret, generated: true })
}

/// Takes the role `cassandra` away from those who know its password, once another superuser can log in.
fn lock(situation: &Situation<'_>, asked: &str) -> Next {
    if situation.state.memory.default_role_locked {
        return Next::Nothing;
    }
    match &situation.seen.roles {
        Some(Ok(roles)) if roles.iter().any(|role| role.superuser && role.login && role.name != "cassandra") => {
            Next::Act(Action::LockDefaultRole { asked: asked.to_owned() })
        }
        Some(Ok(_)) => Next::Nothing, // the only superuser is that role: somebody named it in the Secret
        _ => Next::Wait(vec![Reason::of_ring("NoAnswer", "no node says which roles there are")]),
    }
}
