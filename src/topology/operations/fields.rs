//! Which field goes with which kind of operation: one table, for the rule about topologies, for the reader of locks, and for
//! docs/operations.md.

use cassc_ring::operation::{Operation, OperationKind};
use cassc_wording::quoted;

/// A field that not every kind takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are the fields of an operation")]
pub enum Field {
    Datacenter,
    Rack,
    Pods,
    Keyspaces,
    Tables,
    From,
    Token,
    Snapshot,
    HostId,
    Concurrency,
}

/// What a kind takes beside `id`, `suspend` and `retry`.
#[derive(Clone, Copy, Debug)]
pub struct Takes {
    /// What it needs.
    pub needs: &'static [Field],
    /// Of these it needs one, and takes no two.
    pub one_of: &'static [Field],
    /// What may be written beside that.
    pub may: &'static [Field],
    /// Whether `pods` is one pod.
    pub one_pod: bool,
}

/// Something about the fields of an operation that does not go with its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// The field that is wrong; `None` where one is missing.
    pub field: Option<Field>,
    /// What is wrong, as a sentence.
    pub what: String,
    /// What to do.
    pub help: String,
}

impl Field {
    /// All of them, in the order of the topology.
    pub const EVERY: [Self; 10] = [
        Self::Datacenter,
        Self::Rack,
        Self::Pods,
        Self::Keyspaces,
        Self::Tables,
        Self::From,
        Self::Token,
        Self::Snapshot,
        Self::HostId,
        Self::Concurrency,
    ];

    /// What it is called in a topology.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Datacenter => "datacenter",
            Self::Rack => "rack",
            Self::Pods => "pods",
            Self::Keyspaces => "keyspaces",
            Self::Tables => "tables",
            Self::From => "from",
            Self::Token => "token",
            Self::Snapshot => "snapshot",
            Self::HostId => "hostId",
            Self::Concurrency => "concurrency",
        }
    }

    fn is_in(self, operation: &Operation) -> bool {
        match self {
            Self::Datacenter => operation.datacenter.is_some(),
            Self::Rack => operation.rack.is_some(),
            Self::Pods => !operation.pods.is_empty(),
            Self::Keyspaces => !operation.keyspaces.is_empty(),
            Self::Tables => !operation.tables.is_empty(),
            Self::From => operation.from.is_some(),
            Self::Token => operation.token.is_some(),
            Self::Snapshot => operation.snapshot.is_some(),
            Self::HostId => operation.host_id.is_some(),
            Self::Concurrency => operation.concurrency.is_some(),
        }
    }
}

impl Takes {
    const NOTHING: Self = Self { needs: &[], one_of: &[], may: &[], one_pod: false };

    /// What a kind takes.
    pub const fn of(kind: OperationKind) -> Self {
        use Field::{Concurrency, Datacenter, From, HostId, Keyspaces, Pods, Rack, Snapshot, Tables, Token};
        match kind {
            OperationKind::Cleanup
            | OperationKind::UpgradeSsTables
            | OperationKind::Scrub
            | OperationKind::Compact
            | OperationKind::Flush
            | OperationKind::GarbageCollect => {
                Self { may: &[Datacenter, Rack, Pods, Keyspaces, Tables, Concurrency], ..Self::NOTHING }
            }
            OperationKind::Repair => Self { may: &[Keyspaces, Tables], ..Self::NOTHING },
            OperationKind::Rebuild => {
                Self { needs: &[From], one_of: &[Datacenter, Pods], may: &[Rack], ..Self::NOTHING }
            }
            OperationKind::Restart => Self { may: &[Datacenter, Rack, Pods], ..Self::NOTHING },
            OperationKind::ReplaceNode => Self { needs: &[Pods], one_pod: true, ..Self::NOTHING },
            OperationKind::RemoveNode => Self { one_of: &[Pods, HostId], one_pod: true, ..Self::NOTHING },
            OperationKind::Snapshot => {
                Self { needs: &[Snapshot], may: &[Datacenter, Rack, Pods, Keyspaces, Concurrency], ..Self::NOTHING }
            }
            OperationKind::Move => Self { needs: &[Pods, Token], one_pod: true, ..Self::NOTHING },
            OperationKind::Drain => Self { needs: &[Pods], ..Self::NOTHING },
        }
    }

    /// All fields that it takes, in the order of the topology.
    pub fn fields(&self) -> impl Iterator<Item = Field> {
        let taken = |field: &Field| [self.needs, self.one_of, self.may].iter().any(|of| of.contains(field));
        Field::EVERY.into_iter().filter(taken)
    }
}

/// Names of fields in a sentence.
fn names(fields: &[Field]) -> Vec<&'static str> {
    fields.iter().map(|field| field.name()).collect()
}

/// What about the fields of an operation does not go with its kind, or not with each other.
pub(crate) fn misfits(operation: &Operation) -> Vec<Misfit> {
    let kind = operation.kind.name();
    let takes = Takes::of(operation.kind);
    let is_taken = |field: &Field| takes.fields().any(|it| it == *field);
    let written: Vec<Field> = Field::EVERY.into_iter().filter(|field| field.is_in(operation)).collect();
    let wrong = |field: Field, what: String, help: String| Misfit { field: Some(field), what, help };
    let strange = written.iter().filter(|field| !is_taken(field)).map(|field| {
        let name = field.name();
        let fields: Vec<Field> = takes.fields().collect();
        let known = quoted(&names(&fields));
        wrong(*field, format!("`{kind}` takes no `{name}`"), format!("remove it; `{kind}` takes {known}"))
    });
    let missing = takes.needs.iter().filter(|field| !field.is_in(operation)).map(|field| {
        let name = field.name();
        Misfit { field: None, what: format!("`{kind}` needs `{name}`"), help: format!("write `{name}`") }
    });
    let mut found: Vec<Misfit> = strange.chain(missing).collect();
    if !takes.one_of.is_empty() && !takes.one_of.iter().any(|field| field.is_in(operation)) {
        let either = names(takes.one_of).join("` or `");
        found.push(Misfit {
            field: None,
            what: format!("`{kind}` needs `{either}`"),
            help: format!("write `{either}`"),
        });
    }
    let others = [Field::Datacenter, Field::Rack, Field::HostId];
    if let Some(other) = others.into_iter().find(|it| is_taken(it) && it.is_in(operation) && !operation.pods.is_empty())
    {
        let (what, other) = (format!("`pods` and `{}` exclude each other", other.name()), other.name());
        found.push(wrong(Field::Pods, what, format!("remove `pods` or `{other}`")));
    }
    if takes.one_pod && operation.pods.len() > 1 {
        let what = format!("`{kind}` takes one pod, not {}", operation.pods.len());
        found.push(wrong(Field::Pods, what, "write an operation for each of them".to_owned()));
    }
    if is_taken(&Field::Tables) && !operation.tables.is_empty() && operation.keyspaces.len() != 1 {
        let what = format!("`tables` are those of one keyspace, not of {}", operation.keyspaces.len());
        found.push(wrong(Field::Tables, what, "write the keyspace of the tables in `keyspaces`".to_owned()));
    }
    if operation.concurrency == Some(0) {
        let help = "write 1 or more; to hold the operation back, write `suspend: true`".to_owned();
        found.push(wrong(Field::Concurrency, "`concurrency` is 0".to_owned(), help));
    }
    found
}
