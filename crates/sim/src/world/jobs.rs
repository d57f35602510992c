//! The Job controller: starts an instance for each Job, and another one when that failed.

use crate::kube::JobObject;
use crate::queue::{MINUTE, SECOND};
use crate::world::{End, Event, World};

impl World {
    /// Creates a Job; one of that name stays as it is.
    pub(super) fn create_job(&mut self, kube: usize, name: &str) {
        if self.kubes[kube].jobs.contains_key(name) {
            return;
        }
        let uid = self.kubes[kube].new_version();
        let job = JobObject { uid, is_finished: false, failures: 0, instance: None };
        self.kubes[kube].jobs.insert(name.to_owned(), job);
        let delay = self.controllers_take(2 * SECOND, 10 * SECOND);
        self.after(delay, Event::StartJob(kube, name.to_owned()));
    }

    /// Deletes a Job, and ends what it runs.
    pub(super) fn delete_job(&mut self, kube: usize, name: &str) {
        let job = self.kubes[kube].jobs.remove(name);
        if let Some(instance) = job.and_then(|job| job.instance) {
            self.terminate(instance);
        }
    }

    /// Starts an instance for a Job that has none.
    pub(super) fn start_job(&mut self, kube: usize, name: &str) {
        let is_idle = self.kubes[kube].jobs.get(name).is_some_and(|job| !job.is_finished && job.instance.is_none());
        if is_idle {
            let instance = self.start_instance(kube, Some(name.to_owned()));
            if let Some(job) = self.kubes[kube].jobs.get_mut(name) {
                job.instance = Some(instance);
            }
        }
    }

    /// Has a Job run again some minutes after it ended, as a `CronJob` or a person does.
    pub(crate) fn run_again(&mut self, kube: usize) {
        let Some((name, job)) = self.kubes[kube].jobs.iter_mut().find(|(_, job)| job.is_finished) else { return };
        job.is_finished = false;
        let name = name.clone();
        self.after(3 * MINUTE, Event::StartJob(kube, name));
    }

    /// The instance of a Job ended: well, or another one follows after a while that grows from ten seconds to six minutes.
    pub(super) fn job_ended(&mut self, instance: usize) {
        let (kube, end) = (self.instances[instance].kube, self.instances[instance].end.clone());
        let Some(name) = self.instances[instance].job.clone() else { return };
        let Some(job) = self.kubes[kube].jobs.get_mut(&name).filter(|job| job.instance == Some(instance)) else {
            return;
        };
        job.instance = None;
        match end {
            Some(End::Done | End::Refused(_)) => job.is_finished = true,
            _ => {
                job.failures += 1;
                let delay = ((10 * SECOND) << job.failures.min(6)).min(6 * MINUTE);
                self.after(delay, Event::StartJob(kube, name));
            }
        }
    }
}
