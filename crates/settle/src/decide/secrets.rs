//! Secrets with random passwords, where the topology asks for them and there are none. They are never overwritten.

use super::Next;
use crate::action::Action;
use crate::situation::Situation;

/// The role of the superuser, as Cass Operator names it (`<cluster>-superuser`).
fn superuser(situation: &Situation<'_>) -> String {
    format!("{}-superuser", situation.site.cluster)
}

pub(super) fn next(situation: &Situation<'_>) -> Next {
    let steps = situation.steps();
    let superuser = steps.generates_superuser.then(|| (situation.ring.superuser_secret.clone(), superuser(situation)));
    let roles = steps.roles.iter().filter(|role| role.generated).map(|role| (role.secret.clone(), role.name.clone()));
    let missing =
        superuser.into_iter().chain(roles).find(|(name, _)| !situation.seen.objects.secrets.contains_key(name));
    match missing {
        Some((name, username)) => Next::Act(Action::CreateSecret { name, username }),
        None => Next::Nothing,
    }
}
