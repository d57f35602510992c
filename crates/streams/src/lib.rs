//! Whether standard output was open when the program started. Rust opens `/dev/null` for a standard stream that is closed
//! before `main` runs (`library/std/src/sys/pal/unix/mod.rs`, `sanitize_standard_fds`), so that `program >&-` seems to
//! write everything. The C runtime calls the functions of one section of the program earlier than that.

use std::sync::atomic::{AtomicBool, Ordering};

static WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether standard output was open when the program started. Always true where that cannot be found out.
pub fn output_was_open() -> bool {
    !WAS_CLOSED.load(Ordering::Relaxed)
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
mod before_main {
    use std::sync::atomic::Ordering;

    #[expect(unsafe_code, reason = "the section holds addresses of functions without a result, and this is one")]
    #[used]
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
    #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
    static FIRST: extern "C" fn() = look;

    /// One system call and one store: nothing else is ready before `main`.
    extern "C" fn look() {
        let is_closed = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err();
        super::WAS_CLOSED.store(is_closed, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_output_of_a_test_is_open() {
        assert!(super::output_was_open());
    }
}
