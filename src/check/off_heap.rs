//! The memory outside the heap that the configuration of a rack names, and where it is written. Called by the rules about
//! memory.

use super::config_findings::minor;
use super::config_places::config_route;
use crate::diagnostic::Route;
use crate::sizing::{MAX_DIRECT_MEMORY, Memtables, NETTY_DIRECT_MEMORY, OffHeap, SETTINGS, heap_size, last_option};
use crate::subject::Subject;
use crate::topology::merge::{Level, NestedRack};

/// What the configuration of a rack names.
pub(super) struct OffHeapSettings {
    /// The amounts.
    pub(super) amounts: OffHeap,
    /// The settings that name them, the largest first.
    pub(super) settings: Vec<OffHeapSetting>,
}

/// A setting that takes memory outside the heap.
pub(super) struct OffHeapSetting {
    /// Its value.
    pub(super) route: Route,
    /// How much it takes, as a label.
    pub(super) label: String,
    /// Whether it is about direct buffers.
    pub(super) is_direct: bool,
    /// How much it takes in mebibytes, 0 where that follows from the heap.
    amount: u64,
}

/// What the configuration of a rack names; `None` where the version of Cassandra is not valid.
pub(super) fn off_heap(subject: &Subject<'_>, place: &NestedRack<'_>) -> Option<OffHeapSettings> {
    let options = place.jvm_options();
    let written = options.map_or(&[][..], |options| options.value);
    let amounts = OffHeap {
        management_heap: management_heap(place),
        ..OffHeap::of(minor(subject)?, |key| place.config_value(key).map(|merged| merged.value), written)
    };
    let of_keys = SETTINGS.into_iter().filter_map(|(newest, old)| {
        let (amount, is_direct) = taken(newest, &amounts)?;
        let (name, level) = [newest, old].into_iter().find_map(|name| Some((name, place.config_value(name)?.level)))?;
        let label = if amount > 0 { format!("{amount}Mi") } else { "a quarter of the heap".to_owned() };
        Some(OffHeapSetting { route: config_route(level).key(name), label, is_direct, amount })
    });
    let direct = [(MAX_DIRECT_MEMORY, amounts.direct_limit.unwrap_or_default()), (NETTY_DIRECT_MEMORY, amounts.netty)];
    let of_options = direct.into_iter().filter(|(_, amount)| *amount > 0).filter_map(|(begins, amount)| {
        let list = options?.level.route().key("cassandra").key("jvm").key("options");
        let route = list.index(last_option(written, begins)?);
        Some(OffHeapSetting { route, label: format!("{amount}Mi"), is_direct: true, amount })
    });
    let of_api = place.management_heap().zip(amounts.management_heap).map(|(merged, amount)| OffHeapSetting {
        route: management_heap_route(merged.level),
        label: format!("{amount}Mi for the Management API"),
        is_direct: false,
        amount,
    });
    let mut settings: Vec<OffHeapSetting> = of_keys.chain(of_options).chain(of_api).collect();
    settings.sort_by_key(|setting| std::cmp::Reverse(setting.amount));
    Some(OffHeapSettings { amounts, settings })
}

/// The heap of the Management API in mebibytes, if it is written and valid.
pub(super) fn management_heap(place: &NestedRack<'_>) -> Option<u64> {
    heap_size(place.management_heap()?.value).ok()
}

/// Where the heap of the Management API is written.
pub(super) fn management_heap_route(level: Level) -> Route {
    level.route().key("managementApi").key("heap")
}

/// What a setting takes in mebibytes, 0 where that follows from the heap, and whether these are direct buffers; `None` where
/// it takes nothing outside the heap.
fn taken(newest: &str, amounts: &OffHeap) -> Option<(u64, bool)> {
    let outside = amounts.memtables != Memtables::OnHeap;
    let direct_memtables = amounts.memtables == Memtables::Direct;
    let (amount, is_direct) = match newest {
        "memtable_allocation_type" if outside && amounts.memtable_space.is_none() => {
            return Some((0, direct_memtables));
        }
        "memtable_offheap_space" => (amounts.memtable_space.filter(|_| outside)?, direct_memtables),
        "file_cache_size" => (amounts.file_cache?, true),
        "networking_cache_size" => (amounts.networking_cache?, true),
        "row_cache_size" => (amounts.row_cache, false),
        "index_summary_capacity" => (amounts.index_summaries, false),
        "repair_session_space" => (amounts.merkle_trees, true),
        _ => return None,
    };
    (amount > 0).then_some((amount, is_direct))
}
