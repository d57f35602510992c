//! Which connections nodes open and accept, encrypted or plain: between nodes and with clients. Called by the rules about
//! switching encryption on and off while a cluster runs.

use cassc_ring::release::Minor;

use super::effective::Effective;

/// What a node sends to its peers and accepts from them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Internode {
    /// `internode_encryption`: none, dc, rack or all.
    pub(super) mode: String,
    /// Whether both kinds are accepted in any mode.
    pub(super) optional: bool,
    /// Whether 4.0 and later listen for 3.11, which speaks on a port of its own when it encrypts.
    legacy_port: bool,
    /// Whether it is 3.11.
    pub(super) is_3_11: bool,
}

impl Internode {
    /// What is configured. `optional` counts as off unless it is written: without it Cassandra looks whether
    /// there is a keystore (`EncryptionOptions.applyConfig`), which cannot be seen from here.
    pub(super) fn of(minor: Minor, effective: &Effective) -> Self {
        // 3.11 still takes the name of before 1.2 (`DatabaseDescriptor.applyEncryptionContext`).
        let old_name = minor == Minor::V3_11 && effective.get("encryption_options").is_some();
        let options = if old_name { "encryption_options" } else { "server_encryption_options" };
        let name = |name: &str| format!("{options}.{name}");
        let legacy = ["enable_legacy_ssl_storage_port", "legacy_ssl_storage_port_enabled"];
        Self {
            mode: effective.text(&name("internode_encryption")).unwrap_or_else(|| "none".to_owned()),
            optional: effective.is_on(&name("optional")),
            legacy_port: legacy.iter().any(|key| effective.is_on(&name(key))),
            is_3_11: minor == Minor::V3_11,
        }
    }

    fn sends_plain(&self) -> bool {
        self.mode != "all"
    }

    fn sends_encrypted(&self) -> bool {
        self.mode != "none"
    }

    /// `dc` and `rack` accept both kinds, for the peers that they do not encrypt to
    /// (`ServerEncryptionOptions.applyConfig`).
    fn accepts_plain(&self) -> bool {
        self.mode != "all" || self.optional
    }

    fn accepts_encrypted_from(&self, other: &Self) -> bool {
        let port = !other.is_3_11 || self.is_3_11 || self.legacy_port;
        port && (self.mode != "none" || self.optional)
    }

    /// Whether a node with this configuration accepts every connection that one with the other configuration opens.
    pub(super) fn accepts(&self, other: &Self) -> bool {
        (!other.sends_plain() || self.accepts_plain())
            && (!other.sends_encrypted() || self.accepts_encrypted_from(other))
    }
}

/// Which connections of clients a node accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clients {
    /// Nothing that is encrypted.
    Plain,
    /// Whatever they like.
    Either,
    /// Only what is encrypted.
    Encrypted,
    /// Only what is encrypted and brings a certificate.
    Certified,
}

impl Clients {
    /// What is configured, with the same care for `optional`; 3.11 looks at it only when encryption is
    /// enabled.
    pub(super) fn of(minor: Minor, effective: &Effective) -> Self {
        let enabled = effective.is_on("client_encryption_options.enabled");
        let optional = effective.is_on("client_encryption_options.optional");
        let certified = effective.is_on("client_encryption_options.require_client_auth");
        match (enabled, optional) {
            (true, false) if certified => Self::Certified,
            (true, false) => Self::Encrypted,
            (true, true) => Self::Either,
            (false, true) if minor > Minor::V3_11 => Self::Either,
            (false, _) => Self::Plain,
        }
    }

    /// In words, for labels.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Plain => "unencrypted only",
            Self::Either => "encrypted or unencrypted",
            Self::Encrypted => "encrypted only",
            Self::Certified => "client certificate required",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(mode: &str, optional: bool) -> Internode {
        Internode { mode: mode.to_owned(), optional, legacy_port: false, is_3_11: false }
    }

    fn accept_each_other(one: &Internode, other: &Internode) -> bool {
        one.accepts(other) && other.accepts(one)
    }

    #[test]
    fn the_way_to_encryption_and_back_leads_through_nodes_that_accept_both() {
        let way = [node("none", false), node("none", true), node("all", true), node("all", false)];
        for steps in way.windows(2) {
            assert!(accept_each_other(&steps[0], &steps[1]), "{steps:?}");
        }
        assert!(
            !accept_each_other(&way[0], &way[3])
                && !accept_each_other(&way[0], &way[2])
                && !accept_each_other(&way[1], &way[3])
        );
        assert!(
            !accept_each_other(&node("none", false), &node("dc", false))
                && !accept_each_other(&node("dc", false), &node("all", false))
        );
        assert!(
            accept_each_other(&node("dc", false), &node("all", true))
                && accept_each_other(&node("none", true), &node("dc", false))
        );
    }

    #[test]
    fn encrypted_3_11_is_heard_on_its_old_port_only() {
        let old = Internode { is_3_11: true, ..node("all", false) };
        assert!(!node("all", false).accepts(&old) && old.accepts(&node("all", false)));
        assert!(Internode { legacy_port: true, ..node("all", false) }.accepts(&old));
    }
}
