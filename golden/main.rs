//! The one test binary of cassc: what comes out, compared with what stands in this folder. `UPDATE_GOLDEN=1 cargo test`
//! rewrites the expected files; a reviewer reads what changed.
#![expect(clippy::disallowed_methods, clippy::panic, reason = "tests read files and fail")]

mod compare;
mod diagnostics;
