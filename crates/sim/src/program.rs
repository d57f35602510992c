//! The program itself, as a simulation runs it.

use std::rc::Rc;

use cassc_settle::action::Reason;
use cassc_settle::guard::Guards;
use cassc_settle::settle::{Verdict, settle};
use cassc_settle::situation::Site;

use crate::simulation::Program;
use crate::step::Step;
use crate::world::End;

/// `cassc-step settle`, with these guards.
pub fn settling(guards: Guards) -> Program {
    Rc::new(move |step: Step| {
        let site = step.site();
        Box::pin(async move { end(settle(&step, &site, guards).await) })
    })
}

fn end(verdict: Verdict) -> End {
    match verdict {
        Verdict::Done(_) => End::Done,
        Verdict::Refused(reasons) => End::Refused(words(&reasons)),
        Verdict::GaveUp(reasons) => End::Failed(words(&reasons)),
        Verdict::Interrupted => End::Failed(Vec::new()),
    }
}

/// Code and object of each reason; the sentence may have numbers in it that change.
fn words(reasons: &[Reason]) -> Vec<String> {
    let about = |reason: &Reason| reason.about.as_deref().map(|about| format!(" {about}")).unwrap_or_default();
    reasons.iter().map(|reason| format!("{}{}", reason.code, about(reason))).collect()
}

impl Step {
    /// Where the program is told that it runs.
    pub fn site(&self) -> Site {
        let (cluster, kube_cluster) = self.place();
        Site { cluster, kube_cluster, generation: None }
    }
}
