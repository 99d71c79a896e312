//! Datagrams that the link drops before the kernel has them.

use crate::harness::{measured, scenario};

#[test]
fn batches_of_datagrams_go_through_the_link_too() {
    let more = "transport = { kind = \"udp\", write = \"batch\" }\nlink = { drop = \"5%\" }\n";
    let load = "messages = 200\nin-flight = 20\ntimeout = \"100ms\"\nwarmup = \"0ms\"\n";
    let document = measured(&scenario("\"raw\"", load, more));
    let cell = document.cell();
    assert_eq!(cell.request("lost"), cell.fault("request", "drop", "injected"));
    assert!(cell.request("lost") > 0, "{}", cell.complaints());
    cell.is_explained();
}
