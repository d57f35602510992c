//! The program in the cluster of a lock.

use std::collections::BTreeSet;

use cassc_ring::desired::Role;

use super::pod::image;
use super::{Fault, Valid, amounts, each, field, is, optional, shown, subdomain, text};
use crate::cluster::Steps;
use crate::diagnostic::Step;
use crate::topology::{is_role_name, schedule_fault};

/// Holds the program to what the rules hold it to.
pub(super) fn steps(steps: &Steps) -> Valid {
    let Steps { image: of_step, requests, limits, schedule, cleanup: _, stopped: _, generates_superuser: _, roles } =
        steps;
    field("image", image(of_step))?;
    field("requests", amounts(requests))?;
    field("limits", amounts(limits))?;
    optional("schedule", schedule.as_ref(), |it| is(it, schedule_fault(it).is_none(), "five fields of cron"))?;
    each("roles", roles, role)?;
    field("roles", distinct(roles))
}

fn role(Role { name, superuser: _, login: _, secret, generated: _ }: &Role) -> Valid {
    field("name", text(name).and(is(name, is_role_name(name), "the name of a role")))?;
    field("secret", subdomain(secret))
}

fn distinct(roles: &[Role]) -> Valid {
    let mut seen = BTreeSet::new();
    let again = roles.iter().enumerate().find(|(_, role)| !seen.insert(&role.name));
    let Some((index, role)) = again else { return Ok(()) };
    let fault = Fault::new(format!("is {} (expected a name that no other role has)", shown(&role.name)));
    Err(fault.within(Step::Key("name".to_owned())).within(Step::Index(index)))
}
