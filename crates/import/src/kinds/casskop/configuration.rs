//! The configuration of Cassandra: `config` of `spec`, of a datacenter and of a rack.

use std::collections::BTreeSet;

use cassc_ring::release::Minor;
use serde_json::Value;

use super::datacenters::Site;
use super::{Part, optional};
use crate::builders::Builder;
use crate::documents::{At, Merge};
use crate::draft::{Draft, Node, datacenter, spec};
use crate::kinds::cass_operator::config::{Reading, authentication, files};
use crate::path::Path;
use crate::report::Refusal;

/// Who may log in where the resource says nothing, and why.
const SILENT: (&str, &str) = ("AllowAll", "CassKop's default, where the resource is silent; cassc's is Password");

/// The configuration of a datacenter. `minor` is unknown where somebody must write the version first.
pub(super) fn write(draft: &mut Draft, part: &Part<'_>, site: &Site<'_>, minor: Option<Minor>) -> Result<(), Refusal> {
    let Some(minor) = minor else {
        without_version(draft, part, site);
        return Ok(());
    };
    let to = datacenter(site.index);
    let resource = part.spec();
    let own = site.at.key("config");
    // CassKop 1 has no such field.
    let (shared, own) =
        if part.is_first() { (resource.key("none"), resource.key("none")) } else { (resource.key("config"), own) };
    let whole = shared.overlaid(Merge::Gabs, &own);
    let config = At::root(&whole);
    let builder = if part.is_first() { Builder::FirstCassKop } else { Builder::CassKop };
    files(draft, &config, Reading { minor, builder, datacenter: &to })?;
    authentication(draft, &config.key("cassandra-yaml"), SILENT);
    if !part.is_first() {
        for (index, rack) in site.racks.iter().enumerate() {
            of_rack(draft, &rack.at.key("config"), minor, &to.key("racks").index(index))?;
        }
    }
    tokens(draft, part, site, &to)
}

/// What a rack has of its own.
fn of_rack(draft: &mut Draft, at: &At<'_>, minor: Minor, to: &Path) -> Result<(), Refusal> {
    if at.value().is_none() {
        return Ok(());
    }
    files(draft, at, Reading { minor, builder: Builder::Silent, datacenter: to })?;
    for key in ["authenticator", "authorizer", "role_manager"] {
        let at = at.key("cassandra-yaml").key(key);
        if at.value().is_some() {
            draft.lose(
                &at,
                "chose how clients log in to the nodes of one rack",
                "write `auth.authenticator` for the cluster",
            );
        }
    }
    Ok(())
}

/// The nodes are new, so a number that nobody wrote need not stay. Racks of a datacenter must have the same (E415).
fn tokens(draft: &mut Draft, part: &Part<'_>, site: &Site<'_>, to: &Path) -> Result<(), Refusal> {
    let key = |path: &Path| path.key("cassandra").key("config").key("num_tokens");
    let at = site.at.key("numTokens");
    if part.is_first()
        && let Some(number) = optional::<u32>(&at)?
    {
        draft.carry(&at, &key(to), number);
    }
    let racks: Vec<Path> = (0..site.racks.len()).map(|index| key(&to.key("racks").index(index))).collect();
    let shared = draft.get(&key(to)).cloned();
    let numbers: BTreeSet<String> =
        racks.iter().map(|rack| format!("{:?}", draft.get(rack).or(shared.as_ref()).unwrap_or(&Node::Null))).collect();
    if numbers.len() > 1 {
        for rack in racks.iter().filter(|rack| draft.get(rack).is_some()).cloned().collect::<Vec<_>>() {
            draft.leave_out(
                &rack,
                "the racks of a datacenter have one number of tokens; the nodes are new, so the datacenter's will do",
            );
            prune(draft, &rack);
        }
    }
    let is_written = draft.get(&key(to)).is_some() || racks.iter().any(|rack| draft.get(rack).is_some());
    if !is_written {
        let before = if part.is_first() { "256 tokens" } else { "one token: its builder writes no number" };
        let why =
            format!("CassKop gives its nodes {before}; the nodes of this topology are new, and get cassc's number");
        draft.differ(&spec(&["cassandra", "config", "num_tokens"]), &why);
    }
    Ok(())
}

/// Takes out the maps around a value that is gone, where nothing else stands in them.
fn prune(draft: &mut Draft, gone: &Path) {
    let config = gone.parent();
    for map in [config.clone(), config.and_then(|config| config.parent())].into_iter().flatten() {
        if draft.get(&map).is_some_and(|node| node.len() == 0) {
            draft.leave_out(&map, "nothing stands in it");
        }
    }
}

fn without_version(draft: &mut Draft, part: &Part<'_>, site: &Site<'_>) {
    let racks = site.racks.iter().map(|rack| rack.at.key("config"));
    for at in [part.spec().key("config"), site.at.key("config")].into_iter().chain(racks) {
        if at.value().is_some_and(Value::is_object) {
            draft.lose(
                &at,
                "configured Cassandra, in keys that differ by version",
                "import again with the version in the tag of `cassandraImage`, or in `serverVersion`",
            );
        }
    }
    let config = part.spec().key("config");
    authentication(draft, &config.key("cassandra-yaml"), SILENT);
}
