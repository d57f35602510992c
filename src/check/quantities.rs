//! Every amount that a topology writes. Called by the rules about resources and storage.

use crate::diagnostic::Route;
use crate::subject::Subject;
use crate::topology::merge::Level;
use crate::topology::{
    GATE_LIMITS, GATE_REQUESTS, REAPER_LIMITS, REAPER_REQUESTS, Rack, Reaper, ResourceTable, Resources, STEP_LIMITS,
    STEP_REQUESTS, SYSTEM_LOGGER_LIMITS, SYSTEM_LOGGER_REQUESTS,
};

/// A quantity as written.
#[derive(Clone, Debug)]
pub(super) struct WrittenQuantity<'t> {
    /// Its place in the topology.
    pub(super) route: Route,
    /// The resource, such as `cpu`; `storage` for volumes.
    pub(super) resource: &'t str,
    /// The text, not yet parsed.
    pub(super) text: &'t str,
}

/// Every map of requests and limits, with its place: those of Cassandra at every level that writes any, then those of
/// cassc's other containers.
pub(super) fn resources<'t>(subject: &Subject<'t>) -> Vec<(Route, &'t Resources)> {
    let written = subject.resources().into_iter().filter(|(_, resources)| resources.is_written());
    let levels = written.map(|(level, resources)| (level.route().key("resources"), resources));
    let helpers = helpers(subject).into_iter().map(|helper| (helper.route, helper.written));
    levels.chain(helpers).collect()
}

/// Requests and limits of one of cassc's other containers.
pub(super) struct Helper<'t> {
    /// Their place.
    pub(super) route: Route,
    /// As written.
    pub(super) written: &'t Resources,
    /// The default requests.
    pub(super) requests: ResourceTable,
    /// The default limits.
    pub(super) limits: ResourceTable,
}

/// cassc's containers other than Cassandra.
pub(super) fn helpers<'t>(subject: &Subject<'t>) -> Vec<Helper<'t>> {
    let steps = subject.spec().steps.as_ref().map(|steps| Helper {
        route: Route::of("spec.steps.resources"),
        written: &steps.resources,
        requests: STEP_REQUESTS,
        limits: STEP_LIMITS,
    });
    let reaper = subject.spec().repair.reaper.as_ref().map(reaper);
    helpers_of_pods(subject).into_iter().chain(steps).chain(reaper).collect()
}

/// Reaper, in the pods of Cassandra or beside them.
pub(super) fn reaper(reaper: &Reaper) -> Helper<'_> {
    Helper {
        route: Route::of("spec.repair.reaper.resources"),
        written: &reaper.resources,
        requests: REAPER_REQUESTS,
        limits: REAPER_LIMITS,
    }
}

/// Those in the pods of Cassandra: system logger and gate.
pub(super) fn helpers_of_pods<'t>(subject: &Subject<'t>) -> [Helper<'t>; 2] {
    let spec = subject.spec();
    [
        Helper {
            route: Route::of("spec.systemLogger.resources"),
            written: &spec.system_logger.resources,
            requests: SYSTEM_LOGGER_REQUESTS,
            limits: SYSTEM_LOGGER_LIMITS,
        },
        Helper {
            route: Route::of("spec.gate.resources"),
            written: &spec.gate.resources,
            requests: GATE_REQUESTS,
            limits: GATE_LIMITS,
        },
    ]
}

/// Every request and every limit.
pub(super) fn requests_and_limits<'t>(subject: &Subject<'t>) -> Vec<WrittenQuantity<'t>> {
    let maps = resources(subject).into_iter().flat_map(|(route, resources)| {
        [(route.key("requests"), &resources.requests), (route.key("limits"), &resources.limits)]
    });
    maps.flat_map(|(route, quantities)| {
        quantities.iter().map(move |(resource, text)| WrittenQuantity { route: route.key(resource), resource, text })
    })
    .collect()
}

/// All sizes of volumes: `size` and `expandTo` of the data volume at every level, additional claims, and `emptyDir` limits.
pub(super) fn sizes<'t>(subject: &Subject<'t>) -> Vec<WrittenQuantity<'t>> {
    let spec = subject.spec();
    let of_data = |route: Route, size: &'t Option<String>, expand_to: &'t Option<String>| {
        [(route.key("size"), size.as_deref()), (route.key("expandTo"), expand_to.as_deref())]
    };
    let cluster = of_data(Route::of("spec.storage"), &spec.storage.size, &spec.storage.expand_to);
    let datacenters = spec.datacenters.iter().enumerate().flat_map(|(index, datacenter)| {
        let route = Level::Datacenter(index).route().key("storage");
        of_data(route, &datacenter.storage.size, &datacenter.storage.expand_to)
    });
    let is_written = |rack: &Rack| rack.storage.size.is_some() || rack.storage.expand_to.is_some();
    let racks = subject.racks.iter().filter(|place| is_written(place.rack)).flat_map(|place| {
        let storage = &place.rack.storage;
        of_data(place.level().route().key("storage"), &storage.size, &storage.expand_to)
    });
    let volumes = spec.storage.additional_volumes.iter().enumerate().flat_map(|(index, volume)| {
        let route = Route::of("spec.storage.additionalVolumes").index(index);
        let claim = volume.claim.as_ref().map(|claim| claim.size.as_str());
        let scratch = volume.empty_dir.as_ref().and_then(|scratch| scratch.size_limit.as_deref());
        [(route.key("claim").key("size"), claim), (route.key("emptyDir").key("sizeLimit"), scratch)]
    });
    let reaper = spec.repair.reaper.as_ref().and_then(|reaper| reaper.volume.as_ref());
    let reaper = reaper.map(|volume| (Route::of("spec.repair.reaper.volume.size"), Some(volume.size.as_str())));
    let written = cluster.into_iter().chain(datacenters).chain(racks).chain(volumes).chain(reaper);
    written.filter_map(|(route, text)| Some(WrittenQuantity { route, resource: "storage", text: text? })).collect()
}
