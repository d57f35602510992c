//! The program in the cluster of a lock.

use std::collections::BTreeSet;

use cassc_ring::desired::Role;
use cassc_ring::operation::Operation;
use cassc_ring::ring_names;

use super::pod::image;
use super::reaper::reaper;
use super::{Fault, Valid, amounts, each, field, is, label, optional, shown, subdomain, text};
use crate::cluster::Steps;
use crate::diagnostic::Step;
use crate::topology::{MOST_OPERATIONS, bad_values, is_role_name, is_token, misfits, schedule_fault};

/// Holds the program to what the rules hold it to.
pub(super) fn steps(steps: &Steps) -> Valid {
    let Steps {
        image: of_step,
        requests,
        limits,
        schedule,
        cleanup: _,
        stopped: _,
        generates_superuser: _,
        roles,
        operations,
        reaper: of_reaper,
    } = steps;
    field("image", image(of_step))?;
    field("requests", amounts(requests))?;
    field("limits", amounts(limits))?;
    optional("schedule", schedule.as_ref(), |it| is(it, schedule_fault(it).is_none(), "five fields of cron"))?;
    each("roles", roles, role)?;
    field("roles", distinct("name", roles.iter().map(|role| role.name.as_str())))?;
    if operations.len() > MOST_OPERATIONS {
        let what = format!("has {} entries (expected at most {MOST_OPERATIONS})", operations.len());
        return field("operations", Err(Fault::new(what)));
    }
    each("operations", operations, operation)?;
    field("operations", distinct("id", operations.iter().map(|operation| operation.id.as_str())))?;
    optional("reaper", of_reaper.as_ref(), reaper)
}

/// What an operation is held to whatever the ring is like; what it is about may be gone since.
fn operation(operation: &Operation) -> Valid {
    field("id", label(&operation.id))?;
    optional("datacenter", operation.datacenter.as_ref(), |it| label(it))?;
    optional("rack", operation.rack.as_ref(), |it| {
        is(it, ring_names::fault("rack", it).is_none(), "a rack in Cassandra")
    })?;
    optional("from", operation.from.as_ref(), |it| {
        is(it, ring_names::fault("datacenter", it).is_none(), "a datacenter in Cassandra")
    })?;
    each("pods", &operation.pods, |it| label(it))?;
    optional("token", operation.token.as_ref(), |it| text(it))?;
    optional("retry", operation.retry.as_ref(), |it| text(it).and(is(it, is_token(it), "a text on one line")))?;
    if let Some(bad) = bad_values(operation).into_iter().next() {
        return field(bad.field.name(), Err(Fault::new(format!("is wrong: {} (expected {})", bad.what, bad.expected))));
    }
    match misfits(operation).into_iter().next() {
        Some(misfit) => field("kind", Err(Fault::new(format!("does not go with the fields: {}", misfit.what)))),
        None => Ok(()),
    }
}

fn role(Role { name, superuser: _, login: _, secret, generated: _ }: &Role) -> Valid {
    field("name", text(name).and(is(name, is_role_name(name), "the name of a role")))?;
    field("secret", subdomain(secret))
}

fn distinct<'n>(key: &str, names: impl Iterator<Item = &'n str>) -> Valid {
    let mut seen = BTreeSet::new();
    let again = names.enumerate().find(|(_, name)| !seen.insert(*name));
    let Some((index, name)) = again else { return Ok(()) };
    let fault = Fault::new(format!("is {} (expected one that stands there once)", shown(name)));
    Err(fault.within(Step::Key(key.to_owned())).within(Step::Index(index)))
}
