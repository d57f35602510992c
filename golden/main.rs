//! The one test binary beside the unit tests: what cassc writes, judged by goldens and by programs that nobody here wrote.

mod readers;
mod real_tool;
