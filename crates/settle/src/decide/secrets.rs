//! Secrets with random passwords, where the topology asks for them and there are none. They are never overwritten.

use cassc_ring::reaper::Reaper;

use super::Next;
use crate::action::Action;
use crate::situation::Situation;

/// Reaper's role in Cassandra.
pub(super) const REAPER_ROLE: &str = "reaper";

pub(super) fn next(situation: &Situation<'_>) -> Next {
    let steps = situation.steps();
    let superuser = steps.generates_superuser.then(|| (situation.ring.superuser_secret.clone(), superuser(situation)));
    let roles = steps.roles.iter().filter(|role| role.generated).map(|role| (role.secret.clone(), role.name.clone()));
    let reaper = steps.reaper.iter().flat_map(|reaper| of_reaper(situation, reaper));
    let all = superuser.into_iter().chain(roles).chain(reaper);
    match all.into_iter().find(|(name, _)| !situation.seen.objects.secrets.contains_key(name)) {
        Some((name, username)) => Next::Act(Action::CreateSecret { name, username }),
        None => Next::Nothing,
    }
}

/// The role of the superuser, as Cass Operator names it (`<cluster>-superuser`).
fn superuser(situation: &Situation<'_>) -> String {
    format!("{}-superuser", situation.site.cluster)
}

/// Reaper's Secrets with their user names. Its login and what signs its tokens are of the Reaper of one Kubernetes cluster; the role
/// is one of the whole ring, so that only one program makes its password.
fn of_reaper(situation: &Situation<'_>, reaper: &Reaper) -> Vec<(String, String)> {
    let login = reaper.generates_ui_secret.then(|| (reaper.ui_secret.clone(), "reaper".to_owned()));
    let token = (reaper.token_secret.clone(), "token".to_owned());
    let role = reaper.role_secret.clone().filter(|_| situation.reaper().is_some());
    login.into_iter().chain([token]).chain(role.map(|name| (name, REAPER_ROLE.to_owned()))).collect()
}
