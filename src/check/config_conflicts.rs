//! Combinations of settings that Cassandra refuses, apart from limits: one function each. Called by the rule about
//! combinations. The comment of each function names the versions whose real classes were seen to refuse it.

use std::collections::BTreeMap;

use cassc_cassandra::config_keys::{Duration, TimeUnit, Width};
use cassc_ring::release::Minor;
use serde_json::Value;

use super::config_refusal::Refusal;
use super::e420_heap::heap_of;
use super::settings::{Setting, Settings, amount, is, is_off, is_on};
use crate::topology::merge::NestedRack;

/// Every conflict in the settings of a rack.
pub(super) fn conflicts<'s>(place: &NestedRack<'_>, settings: &'s Settings, minor: Minor) -> Vec<Refusal<'s>> {
    let one = [
        commit_log(settings, minor),
        validations(place, settings),
        unsandboxed_functions(settings),
        scripted_functions(settings, minor),
        legacy_port(settings),
        disk_access(settings, minor),
        commit_log_access(settings),
        read_ahead(settings),
        snapshot_lifetime(settings),
        partitioner(place, settings),
        keyspace_replication(settings),
        message_size(place, settings),
        flush_writers(settings),
    ];
    one.into_iter().flatten().chain(tokens(settings)).chain(same_directories(settings)).collect()
}

fn is_positive(setting: &Setting) -> bool {
    amount(&setting.value).is_some_and(|value| value > 0.0)
}

/// `batch` and `group` refuse a sync period (cassc removes the one of its own cassandra.yaml). `periodic`, the default,
/// needs a period and refuses a batch window, which 5.0 no longer has. `group` needs its window, and `batch` too in 3.11.
/// Refused by 4.0.19, 4.1.10, 5.0.9.
fn commit_log(settings: &Settings, minor: Minor) -> Option<Refusal<'_>> {
    let sync = settings.get("commitlog_sync").filter(|sync| is(Some(sync), "batch") || is(Some(sync), "group"));
    let period = settings.get("commitlog_sync_period");
    let window = settings.get("commitlog_sync_batch_window_in_ms");
    match (sync, period) {
        (Some(sync), Some(period)) if is_positive(period) => Some(with_period(sync, period)),
        (Some(sync), _) => missing_window(sync, settings, minor),
        (None, Some(period)) if !is_positive(period) => {
            let message =
                format!("`commitlog_sync: periodic` needs a period, but `{}` is {}", period.name, period.written);
            Some(Refusal::new(message, &[period]).help("remove it, or write a period such as the default of 10 s"))
        }
        (None, _) => window.map(|window| {
            let message = format!("`commitlog_sync: periodic` has no `{}`", window.name);
            Refusal::new(message, &[window]).help("remove it, or write `commitlog_sync: batch`")
        }),
    }
}

fn with_period<'s>(sync: &'s Setting, period: &'s Setting) -> Refusal<'s> {
    let message = format!("`commitlog_sync: {}` has no `{}`", sync.written, period.name);
    Refusal::new(message, &[sync, period]).help(format!("remove `{}`", period.name))
}

fn missing_window<'s>(sync: &'s Setting, settings: &'s Settings, minor: Minor) -> Option<Refusal<'s>> {
    let name = match is(Some(sync), "group") {
        true if minor >= Minor::V4_1 => "commitlog_sync_group_window",
        true => "commitlog_sync_group_window_in_ms",
        false if minor == Minor::V3_11 => "commitlog_sync_batch_window_in_ms",
        false => return None,
    };
    let newest = if name.contains("group") { "commitlog_sync_group_window" } else { name };
    let window = settings.get(newest);
    if window.is_some_and(is_positive) {
        return None;
    }
    let settings: Vec<&Setting> = [Some(sync), window].into_iter().flatten().collect();
    let message = format!("`commitlog_sync: {}` needs `{name}`", sync.written);
    Some(Refusal::new(message, &settings).help(format!("add `{name}`, such as 10 ms")))
}

/// Refused by 4.0.19, 4.1.10, 5.0.9, unless a system property allows it.
fn validations<'s>(place: &NestedRack<'_>, settings: &'s Settings) -> Option<Refusal<'s>> {
    const PROPERTY: &str = "-Dcassandra.allow_unlimited_concurrent_validations=true";
    let (validations, compactors) = (settings.get("concurrent_validations")?, settings.get("concurrent_compactors"));
    let allowed =
        place.jvm_options().is_some_and(|options| options.value.iter().any(|option| option.trim() == PROPERTY));
    let (most, text) = match compactors.filter(|compactors| !compactors.value.is_null()) {
        Some(compactors) => (amount(&compactors.value)?, compactors.written.clone()),
        None => default_compactors(settings),
    };
    (amount(&validations.value)? > most && !allowed).then(|| {
        let message = format!(
            "`concurrent_validations` of {} is higher than `concurrent_compactors` of {text}",
            validations.written
        );
        let settings: Vec<&Setting> = [Some(validations), compactors].into_iter().flatten().collect();
        Refusal::new(message, &settings).help("lower `concurrent_validations` or raise `concurrent_compactors`")
    })
}

/// The largest default of `concurrent_compactors`: the smaller of disks and cores, at least 2 and at most 8
/// (`DatabaseDescriptor.applySimpleConfig`). The number of cores is not known here.
fn default_compactors(settings: &Settings) -> (f64, String) {
    let disks = settings.get("data_file_directories").map_or(1, |directories| paths(&directories.value).len());
    let compactors = u8::try_from(disks.clamp(2, 8)).expect("8 fits into a byte");
    (compactors.into(), format!("{compactors} (the default)"))
}

/// User-defined functions without their own threads run without a sandbox. Refused by 4.0.19, 4.1.10, 5.0.9.
fn unsandboxed_functions(settings: &Settings) -> Option<Refusal<'_>> {
    let threads = settings.get("user_defined_functions_threads_enabled").filter(|it| is_off(it))?;
    (!is_on(settings.get("allow_insecure_udfs"))).then(|| {
        let message = format!("`{}: {}` disables the sandbox of user-defined functions", threads.name, threads.written);
        Refusal::new(message, &[threads]).help("remove it")
    })
}

/// Refused by 5.0.9 (CASSANDRA-18252).
fn scripted_functions(settings: &Settings, minor: Minor) -> Option<Refusal<'_>> {
    let scripted = settings.get("scripted_user_defined_functions_enabled").filter(|it| is_on(Some(it)))?;
    (minor >= Minor::V5_0).then(|| {
        let message = format!("Cassandra {minor} no longer has functions in JavaScript");
        Refusal::new(message, &[scripted]).help("remove it")
    })
}

/// Refused by 4.0.19, 4.1.10, 5.0.9.
fn legacy_port(settings: &Settings) -> Option<Refusal<'_>> {
    let names = ["legacy_ssl_storage_port_enabled", "enable_legacy_ssl_storage_port"];
    let written = names.into_iter().find_map(|name| settings.get(&format!("server_encryption_options.{name}")));
    let legacy = written.filter(|it| is_on(Some(it)))?;
    let encryption = settings.get("server_encryption_options.internode_encryption");
    let none = encryption.is_none() || is(encryption, "none");
    none.then(|| {
        let message = format!("`{}` is enabled, but `internode_encryption` is `none`", legacy.name);
        let settings: Vec<&Setting> = [Some(legacy), encryption].into_iter().flatten().collect();
        Refusal::new(message, &settings).help(format!("write `internode_encryption`, or remove `{}`", legacy.name))
    })
}

/// Refused by 5.0.9; earlier minors do not have this value.
fn disk_access(settings: &Settings, minor: Minor) -> Option<Refusal<'_>> {
    let mode = settings.get("disk_access_mode").filter(|it| minor >= Minor::V5_0 && is(Some(it), "direct"))?;
    Some(Refusal::new("`disk_access_mode: direct` is not supported for data files", &[mode]).help("remove it"))
}

/// `mmap` and `direct` do not work with a compressed or encrypted commit log, `standard` only with one. Refused by 5.0.9.
fn commit_log_access(settings: &Settings) -> Option<Refusal<'_>> {
    let mode = settings.get("commitlog_disk_access_mode")?;
    let compression = settings.get("commitlog_compression").filter(|it| !it.value.is_null());
    let encryption = settings.get("transparent_data_encryption_options.enabled").filter(|it| is_on(Some(it)));
    let transformed = compression.or(encryption);
    let fits = match transformed {
        Some(_) => ["auto", "legacy", "standard"],
        None => ["auto", "mmap", "direct"],
    };
    let fits = fits.iter().any(|word| is(Some(mode), word)) || is(Some(mode), "legacy");
    (!fits).then(|| {
        let what =
            if transformed.is_some() { "a compressed or encrypted commit log" } else { "an uncompressed commit log" };
        let message = format!("`{}: {}` does not work with {what}", mode.name, mode.written);
        let settings: Vec<&Setting> = [Some(mode), transformed].into_iter().flatten().collect();
        Refusal::new(message, &settings).help("remove it, or write `auto`")
    })
}

/// Refused by 5.0.9.
fn read_ahead(settings: &Settings) -> Option<Refusal<'_>> {
    let size = settings.get("compressed_read_ahead_buffer_size")?;
    let bytes = amount(&size.value)?;
    (bytes > 0.0 && bytes < f64::from(256 * 1024)).then(|| {
        let message = format!("Cassandra does not start with `{}: {}`", size.name, size.written);
        Refusal { expected: Some("256KiB or more, or 0KiB to disable it".to_owned()), ..Refusal::new(message, &[size]) }
    })
}

/// The default of `memtable_cleanup_threshold` follows from the number of writers, and must be at least 0.01. Refused by
/// 3.11.19, 4.0.19, 4.1.10, 5.0.9.
fn flush_writers(settings: &Settings) -> Option<Refusal<'_>> {
    let writers = settings.get("memtable_flush_writers").filter(|writers| amount(&writers.value) > Some(99.0))?;
    let threshold = settings.get("memtable_cleanup_threshold").filter(|threshold| !threshold.value.is_null());
    threshold.is_none().then(|| {
        let message = format!("Cassandra does not start with `{}: {}`", writers.name, writers.written);
        Refusal { expected: Some("at most 99".to_owned()), ..Refusal::new(message, &[writers]) }
    })
}

/// Refused by 5.0.9; -1 disables the threshold.
fn keyspace_replication(settings: &Settings) -> Option<Refusal<'_>> {
    let most = settings.get("maximum_replication_factor_fail_threshold")?;
    let replicas = settings.get("default_keyspace_rf");
    let wanted = replicas.map_or(Some(1.0), |replicas| amount(&replicas.value))?;
    (is_positive(most) && wanted > amount(&most.value)?).then(|| {
        let message = format!("`{}` of {} is lower than `default_keyspace_rf` of {wanted}", most.name, most.written);
        let settings: Vec<&Setting> = [Some(most), replicas].into_iter().flatten().collect();
        Refusal::new(message, &settings).help(format!("lower `default_keyspace_rf` or raise `{}`", most.name))
    })
}

/// The default limit of request data in flight is a share of the heap (`applySimpleConfig`): a tenth for all clients, a
/// fortieth per address. A message must not be larger. Refused by 4.1.10, 5.0.9.
fn message_size<'s>(place: &NestedRack<'_>, settings: &'s Settings) -> Option<Refusal<'s>> {
    let size = settings.get("native_transport_max_message_size")?;
    let heap = heap_of(place)?;
    let shares = [("", 10), ("_per_ip", 40)];
    let exceeded = shares.into_iter().find(|(suffix, share)| {
        let name = format!("native_transport_max_request_data_in_flight{suffix}");
        let is_written = settings.get(&name).is_some_and(|written| !written.value.is_null());
        let most = amount(&Value::String(format!("{}B", heap.saturating_mul(1024 * 1024) / share)));
        !is_written && amount(&size.value) > most
    });
    exceeded.map(|(suffix, share)| {
        let limit = format!("native_transport_max_request_data_in_flight{suffix}");
        let message = format!(
            "`{}` of {} is higher than the default of `{limit}`, 1/{share} of the heap",
            size.name, size.written
        );
        Refusal::new(message, &[size]).help(format!("lower `{}`, or write a higher `{limit}`", size.name))
    })
}

/// Refused by 4.1.10, 5.0.9: the loader accepts any text, the start requires a duration.
fn snapshot_lifetime(settings: &Settings) -> Option<Refusal<'_>> {
    let lifetime = settings.get("auto_snapshot_ttl")?;
    let form = Duration { smallest: TimeUnit::Seconds, width: Width::Int, bare_seconds: false };
    let text = lifetime.value.as_str().map_or_else(|| lifetime.value.to_string(), str::to_owned);
    (!lifetime.value.is_null() && form.read(&text).is_none()).then(|| {
        let message = format!("`{}` is not a valid duration", lifetime.written);
        let expected = "a duration with a unit (s, m, h or d), such as 30d";
        Refusal { expected: Some(expected.to_owned()), ..Refusal::new(message, &[lifetime]) }
    })
}

/// Nodes with different partitioners cannot join one ring (`Gossiper`, every minor), so the key belongs at the cluster.
fn partitioner<'s>(place: &NestedRack<'_>, settings: &'s Settings) -> Option<Refusal<'s>> {
    let partitioner = settings.get("partitioner")?;
    let everywhere = place.spec.cassandra.config.get("partitioner").and_then(Value::as_str);
    let known = ["Murmur3Partitioner", "RandomPartitioner", "ByteOrderedPartitioner", "OrderPreservingPartitioner"];
    if !partitioner.written.contains('.') && !known.contains(&partitioner.written.as_str()) {
        let refusal = Refusal::new(format!("unknown partitioner `{}`", partitioner.written), &[partitioner]);
        return Some(Refusal { expected: Some("Murmur3Partitioner".to_owned()), ..refusal });
    }
    let short = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let wanted = everywhere.map_or_else(|| "Murmur3Partitioner".to_owned(), short);
    let here = short(partitioner.value.as_str()?);
    (here != wanted).then(|| {
        let message = format!("the ring has two partitioners: `{here}` here, `{wanted}` in other racks");
        Refusal::new(message, &[partitioner]).help("write `partitioner` once, at the cluster")
    })
}

/// `initial_token` must have `num_tokens` entries, and `num_tokens` must be written because cassandra.yaml has a default.
/// For `Murmur3Partitioner` each entry is a number. Refused by 4.0.19, 4.1.10, 5.0.9.
fn tokens(settings: &Settings) -> Option<Refusal<'_>> {
    let written = settings.get("initial_token")?;
    let tokens: Vec<String> = match &written.value {
        Value::String(text) => text.split(',').map(|token| token.trim().to_owned()).collect(),
        Value::Number(number) => vec![number.to_string()],
        _ => return None,
    };
    let number = settings.get("num_tokens");
    let expected = number.and_then(|number| amount(&number.value));
    let n_tokens = f64::from(u32::try_from(tokens.len()).ok()?);
    if expected.is_none_or(|expected| (n_tokens - expected).abs() > 0.5) {
        let message = match number {
            Some(number) => format!("`initial_token` has {n_tokens} tokens, but `num_tokens` is {}", number.written),
            None => "`initial_token` needs `num_tokens`".to_owned(),
        };
        let settings: Vec<&Setting> = [Some(written), number].into_iter().flatten().collect();
        return Some(Refusal::new(message, &settings).help(format!("write `num_tokens: {n_tokens}`")));
    }
    let murmur = settings.get("partitioner").is_none_or(|it| it.written.ends_with("Murmur3Partitioner"));
    let wrong = tokens.iter().find(|token| murmur && token.parse::<i64>().is_err())?;
    let refusal =
        Refusal::new(format!("`{}` is not a token of `Murmur3Partitioner`", wrong.escape_debug()), &[written]);
    Some(Refusal { expected: Some("a whole number of 64 bits".to_owned()), ..refusal })
}

/// The default directories (`conf/cassandra.yaml`, below the data volume).
const DIRECTORIES: [(&str, &str); 4] = [
    ("commitlog_directory", "/var/lib/cassandra/commitlog"),
    ("data_file_directories", "/var/lib/cassandra/data"),
    ("hints_directory", "/var/lib/cassandra/hints"),
    ("saved_caches_directory", "/var/lib/cassandra/saved_caches"),
];

/// The same directory for two keys. Refused by 4.0.19, 4.1.10, 5.0.9.
fn same_directories(settings: &Settings) -> Vec<Refusal<'_>> {
    let defaults = DIRECTORIES.into_iter().filter(|(name, _)| settings.get(name).is_none());
    let mut taken: BTreeMap<String, (&str, Option<&Setting>)> =
        defaults.map(|(name, path)| (path.to_owned(), (name, None))).collect();
    let names = DIRECTORIES.iter().map(|(name, _)| *name).chain(["local_system_data_file_directory"]);
    let mut refusals = Vec::new();
    for (name, setting) in names.filter_map(|name| Some((name, settings.get(name)?))) {
        for path in paths(&setting.value) {
            let Some((other, other_setting)) = taken.insert(path.clone(), (name, Some(setting))) else { continue };
            let message = format!("`{name}` and `{other}` are both `{path}`");
            let settings: Vec<&Setting> = [Some(setting), other_setting].into_iter().flatten().collect();
            refusals.push(Refusal::new(message, &settings).help("write a different directory for one of them"));
        }
    }
    refusals
}

fn paths(value: &Value) -> Vec<String> {
    let plain = |path: &str| {
        let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        format!("/{}", parts.join("/"))
    };
    match value {
        Value::String(path) => vec![plain(path)],
        Value::Array(paths) => paths.iter().filter_map(Value::as_str).map(plain).collect(),
        _ => Vec::new(),
    }
}
