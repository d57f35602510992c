//! Addresses of pods: a new one for each, or one that was given back.

use std::rc::Rc;

use crate::chance::Chooser;

/// The addresses of all Kubernetes clusters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Addresses {
    n_given: u32,
    returned: Vec<Rc<str>>,
    /// Whether an address that was given back is given out first.
    pub(crate) are_reused: bool,
    /// Who gets which address next, by name.
    pub(crate) reserved: Vec<(String, Rc<str>)>,
}

impl Addresses {
    /// An address for a pod.
    pub(crate) fn give(&mut self, chooser: &mut Chooser, pod: &str) -> Rc<str> {
        if let Some(position) = self.reserved.iter().position(|(name, _)| name == pod) {
            let (_, address) = self.reserved.swap_remove(position);
            self.returned.retain(|it| *it != address);
            return address;
        }
        let is_kept = |address: &Rc<str>| self.reserved.iter().any(|(_, it)| it == address);
        let free: Vec<usize> = (0..self.returned.len()).filter(|at| !is_kept(&self.returned[*at])).collect();
        if self.are_reused && !free.is_empty() && (chooser.is_list() || chooser.percent(60)) {
            let chosen = usize::try_from(chooser.below(free.len() as u64)).unwrap_or(0);
            return self.returned.swap_remove(free[chosen]);
        }
        self.n_given += 1;
        format!("10.{}.{}.{}", self.n_given >> 16, (self.n_given >> 8) & 255, self.n_given & 255).into()
    }

    /// Takes an address back.
    pub(crate) fn take_back(&mut self, address: Rc<str>) {
        self.returned.push(address);
    }
}
