//! The program in the cluster.

fn main() {}
