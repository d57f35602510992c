//! E421: a garbage collector that the JDK of the image does not have.

use cassc_cassandra::image;
use cassc_cassandra::jvm::COLLECTORS;
use cassc_ring::release::Release;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E421",
    name: "garbage-collector",
    summary: "the JDK of the image does not have the garbage collector",
    explain: "\
The published images have JDK 8 for Cassandra 3.11, JDK 11 for 4.0 and 4.1, and JDK 17 for 5.0. CMS was removed in JDK 14, ZGC
is new in JDK 11, and the builds of JDK 8 have no Shenandoah. The JVM does not start with a collector that it does not have.
With your own `image` this is not checked.

Write `gc: G1`, which all of them have.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let cassandra = &subject.spec().cassandra;
    let Ok(release) = cassandra.version.parse::<Release>() else { return };
    if cassandra.image.is_some() {
        return;
    }
    let jdk = image::jdk(release.minor);
    for (level, jvm) in subject.jvms() {
        let Some(Err(unavailable)) = jvm.gc.map(|collector| collector.available(jdk)) else { continue };
        let message =
            format!("{} is not available in JDK {jdk}, which Cassandra {release} uses", unavailable.collector);
        let at = subject.value(level.route().key("cassandra").key("jvm").key("gc"), unavailable.reason);
        let version = subject.value(Route::of("spec.cassandra.version"), format!("image with JDK {jdk}"));
        let available = COLLECTORS.iter().filter(|collector| collector.available(jdk).is_ok());
        let available: Vec<String> = available.map(ToString::to_string).collect();
        let complaint = RULE.complain(message, at).label(version).expected(available.join(", "));
        complaints.push(complaint.help("write `gc: G1`"));
    }
}
