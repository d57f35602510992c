//! What a container may ask for: the names of resources, and what the amount of each is counted in. Called by the rules
//! about resources and storage, and by the reader of locks.

use super::quantity::{Quantity, QuantityError};
use super::syntax::is_label_key;

/// The resources that every container may have.
pub(crate) const RESOURCES: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];

/// What an amount is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Thousandths of a core.
    Millis,
    /// Bytes.
    Bytes,
    /// Pieces of an extended resource.
    Pieces,
}

/// What a resource is counted in; an unknown name without a domain is taken for bytes, as most misspelt ones are.
pub(crate) fn counted(resource: &str) -> Counted {
    match resource {
        "cpu" => Counted::Millis,
        _ if resource.contains('/') => Counted::Pieces,
        _ => Counted::Bytes,
    }
}

/// The amount in what its resource is counted in, at most what the API server can hold (a signed 64-bit number).
pub(crate) fn amount(resource: &str, text: &str) -> Result<u64, QuantityError> {
    let quantity: Quantity = text.parse()?;
    let amount = if counted(resource) == Counted::Millis { quantity.millis()? } else { quantity.bytes()? };
    if amount > i64::MAX.unsigned_abs() { Err(QuantityError::TooLarge(text.to_owned())) } else { Ok(amount) }
}

/// The size of the pages of a `hugepages-2Mi`, in bytes; `None` for any other resource, and where it names no size.
pub(crate) fn page_size(resource: &str) -> Option<u64> {
    let size: Quantity = resource.strip_prefix("hugepages-")?.parse().ok()?;
    size.bytes().ok().filter(|bytes| *bytes > 0)
}

/// Whether containers may have a resource of that name, after `validateContainerResourceName` in Kubernetes' `pkg/apis/core/validation`.
pub(crate) fn is_resource(name: &str) -> bool {
    let extended = name.contains('/') && !name.starts_with("requests.") && is_label_key(name);
    RESOURCES.contains(&name) || page_size(name).is_some() || extended
}
