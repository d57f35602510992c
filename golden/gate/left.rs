//! Volumes of nodes that left the ring: Cassandra notes it in system.local, and the gate reads the note.

use super::world::World;
use super::{FIRST_SEED, SECOND, THIRD_SEED, comma};

impl World {
    /// Cassandra noted its place in the ring, in an SSTable of system.local as 4.1.10 and 5.0.9 write them. What was noted
    /// later has a larger `time`, and comes first by name: names have no order where they are UUIDs.
    fn noted(self, folder: &str, time: u64, words: &str) -> Self {
        let path = format!("{folder}/system/local-7ad54392bcdd35a684174e047860b377/nb-{}-big-Data.db", 99 - time);
        self.file(&path, &format!("(\0\0\0\0\u{5}local\u{7f}\0\u{1}\0$\u{12}\u{13}\0\u{8}\u{e}{words}\u{1}k"))
    }
}

/// Where the topology keeps the tables of these tests.
const DATA: &str = "var/lib/cassandra/data";

#[test]
fn a_node_that_left_the_ring_does_not_start_and_names_its_claims() {
    for place in ["NEEDS_BOOTSTRAP", "DECOMMISSIONED"] {
        let left = || World::new(SECOND).all_ready().noted(DATA, 9, "COMPLETED").noted(DATA, 10, place);
        let words = "this node left the ring";
        left().check(|run| run.waits(&[words]));
        left().with_marker().check(|run| {
            let command = "kubectl -n cass delete pvc/server-data-shop-dc1-r2-sts-0 pvc/commit-log-shop-dc1-r2-sts-0 \
                pod/shop-dc1-r2-sts-0 --wait=false";
            run.waits(&[words, command]);
            assert_eq!(run.connections, Vec::<String>::new());
        });
        left().with_marker().noted(DATA, 11, "a row without the column").check(|run| run.waits(&[words]));
        left().state(&format!("replace.{SECOND}"), "10.0.0.9").check(|run| run.waits(&[words]));
        left().state(&format!("bootstrapped.{SECOND}"), "true").check(|run| run.waits(&[words]));
        let disks = "data_file_directories:\n- /disk one\n- \"/disk2\"\n";
        let spread = World::new(SECOND).configured("data_file_directories:\n- /var/lib/cassandra/data\n", disks);
        let spread = spread.with_marker().noted("disk2", 9, "COMPLETED").noted("disk one", 10, place);
        spread.check(|run| run.waits(&[words]));
    }
}

#[test]
fn what_cassandra_noted_last_decides_whether_a_node_left() {
    let member = || World::new(SECOND).without_names().with_marker();
    for (before, last) in [
        ("DECOMMISSIONED", "COMPLETED"),
        ("NEEDS_BOOTSTRAP", "COMPLETED"),
        ("COMPLETED", "COMPLETED\tand a cluster named DECOMMISSIONED"),
    ] {
        member().noted(DATA, 9, before).noted(DATA, 10, last).check(|run| run.slept(0));
    }
    let joining = World::new(SECOND).all_ready().remembers("joining").noted(DATA, 9, "IN_PROGRESS");
    joining.check(|run| run.started_with(&comma(&[FIRST_SEED, THIRD_SEED])));
}
