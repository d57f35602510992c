//! What became another value between a deployed cluster and the wanted one, those racks and datacenters together that
//! changed alike: a change at one line of a topology is complained about once. Called by the rules.

use cassc_wording::{joined, quoted};

use super::effective::Effective;
use super::{At, Pair, Scope, Transition};
use crate::cluster::{Cluster, Datacenter, Rack};

/// A value that changed, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Changed<'t, V> {
    /// What it was.
    pub before: V,
    /// The new value.
    pub after: V,
    /// Everything that changed like this; at least one.
    scopes: Vec<Scope<'t>>,
    /// The same, with a datacenter in the place of all its racks.
    summed_up: Vec<Scope<'t>>,
}

impl<'t, V> Changed<'t, V> {
    /// Where a field of it is written; the first place, where there are several.
    pub(crate) fn at<'s>(&self, field: &'s str, in_lock: &'s str) -> At<'s>
    where
        't: 's,
    {
        let named = if let [one] = self.summed_up[..] { one } else { Scope::Cluster };
        At { scope: self.scopes[0], named, field, in_lock }
    }

    /// The first place that changed.
    pub(crate) fn scope(&self) -> Scope<'t> {
        self.scopes[0]
    }

    /// Everything that changed, for messages: "rack `r1` of `dc1`", "racks `r1` and `r2` of `dc1`", "`dc1` and `dc2`".
    pub(crate) fn whose(&self) -> String {
        let mut by_datacenter: Vec<(&str, Vec<&str>)> = Vec::new();
        for scope in &self.summed_up {
            let (datacenter, rack) = match *scope {
                Scope::Cluster => continue,
                Scope::Datacenter(datacenter) => (datacenter, None),
                Scope::Rack(datacenter, rack) => (datacenter, Some(rack)),
            };
            match by_datacenter.iter_mut().find(|(name, _)| *name == datacenter) {
                Some((_, racks)) => racks.extend(rack),
                None => by_datacenter.push((datacenter, rack.into_iter().collect())),
            }
        }
        let words = by_datacenter.iter().map(|(datacenter, racks)| match &racks[..] {
            [] => format!("`{datacenter}`"),
            [rack] => format!("rack `{rack}` of `{datacenter}`"),
            racks => format!("racks {} of `{datacenter}`", quoted(racks)),
        });
        joined(&words.collect::<Vec<_>>())
    }
}

impl<'t> Transition<'t> {
    /// The racks that exist before and after and in which a value changed.
    pub(crate) fn changed_racks<V: PartialEq>(
        &self,
        value: impl Fn(&'t Cluster, &'t Datacenter, &'t Rack) -> V,
    ) -> Vec<Changed<'t, V>> {
        let of_rack = |(datacenter, rack): (Pair<'t, Datacenter>, Pair<'t, Rack>)| {
            let before = value(self.before, datacenter.before, rack.before);
            let after = value(self.after, datacenter.after, rack.after);
            (Scope::Rack(&datacenter.after.name, &rack.after.name), before, after)
        };
        self.summed_up(grouped(self.racks().into_iter().map(of_rack)))
    }

    /// The racks with nodes before and after in which something in `cassandra.yaml` changed.
    pub(super) fn changed_config<V: PartialEq>(&self, value: impl Fn(&Effective) -> V) -> Vec<Changed<'t, V>> {
        self.changed_config_of(|_, effective| value(effective))
    }

    /// The same, for what depends on the cluster too.
    pub(super) fn changed_config_of<V: PartialEq>(
        &self,
        value: impl Fn(&Cluster, &Effective) -> V,
    ) -> Vec<Changed<'t, V>> {
        let of_rack = |(datacenter, rack): (Pair<'t, Datacenter>, Pair<'t, Rack>)| {
            let of = |cluster, datacenter, rack| value(cluster, &Effective::of(cluster, datacenter, rack));
            let both = rack.before.nodes > 0 && rack.after.nodes > 0;
            both.then(|| {
                let scope = Scope::Rack(&datacenter.after.name, &rack.after.name);
                let before = of(self.before, datacenter.before, rack.before);
                (scope, before, of(self.after, datacenter.after, rack.after))
            })
        };
        self.summed_up(grouped(self.racks().into_iter().filter_map(of_rack)))
    }

    /// Puts a datacenter in the place of all its racks.
    fn summed_up<V>(&self, mut groups: Vec<Changed<'t, V>>) -> Vec<Changed<'t, V>> {
        for group in &mut groups {
            for Pair { after, .. } in self.datacenters() {
                let of_datacenter = |scope: &Scope<'_>| matches!(scope, Scope::Rack(name, _) if *name == after.name);
                let first = group.summed_up.iter().position(of_datacenter);
                let count = group.summed_up.iter().filter(|scope| of_datacenter(scope)).count();
                if let Some(first) = first.filter(|_| count == after.racks.len()) {
                    group.summed_up[first] = Scope::Datacenter(&after.name);
                    group.summed_up.retain(|scope| !of_datacenter(scope));
                }
            }
        }
        groups
    }

    /// The datacenters that exist before and after and in which a value changed.
    pub(crate) fn changed_datacenters<V: PartialEq>(&self, value: impl Fn(&'t Datacenter) -> V) -> Vec<Changed<'t, V>> {
        let of_datacenter = |Pair { before, after }: Pair<'t, Datacenter>| {
            (Scope::Datacenter(&after.name), value(before), value(after))
        };
        grouped(self.datacenters().into_iter().map(of_datacenter))
    }
}

fn grouped<'t, V: PartialEq>(values: impl Iterator<Item = (Scope<'t>, V, V)>) -> Vec<Changed<'t, V>> {
    let mut groups: Vec<Changed<'t, V>> = Vec::new();
    for (scope, before, after) in values.filter(|(_, before, after)| before != after) {
        match groups.iter_mut().find(|group| group.before == before && group.after == after) {
            Some(group) => {
                group.scopes.push(scope);
                group.summed_up.push(scope);
            }
            None => groups.push(Changed { before, after, scopes: vec![scope], summed_up: vec![scope] }),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_alike_is_named_together() {
        let value = |scope, before, after| (scope, before, after);
        let groups = grouped(
            [
                value(Scope::Rack("dc1", "r1"), 1, 2),
                value(Scope::Rack("dc1", "r2"), 1, 1),
                value(Scope::Rack("dc1", "r3"), 1, 2),
                value(Scope::Rack("dc2", "r1"), 1, 2),
                value(Scope::Rack("dc2", "r2"), 3, 2),
            ]
            .into_iter(),
        );
        let whose: Vec<String> = groups.iter().map(Changed::whose).collect();
        assert_eq!(whose, ["racks `r1` and `r3` of `dc1` and rack `r1` of `dc2`", "rack `r2` of `dc2`"]);
    }
}
