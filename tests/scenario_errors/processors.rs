//! Lists of processors that cannot be read, or stand beside something that says otherwise.

use crate::support::{HEAD, one_error, valid};

#[test]
fn what_is_no_list_of_processors_is_shown_with_what_one_looks_like() {
    for (written, told) in [
        ("\"2-\"", "`2-` is neither a number from 0 to 1023 nor a range of them"),
        ("\"3-2\"", "`3-2` runs from the lower number to the higher"),
        ("\"1,1\"", "processor 1 is named twice"),
        ("\"0-3,2\"", "processor 2 is named twice"),
        ("\"\"", "a number is missing"),
        ("\"0-2000\"", "neither a number from 0 to 1023"),
        ("\"0-8:2\"", "neither a number"),
        ("-1", "neither a number"),
        ("5000", "neither a number"),
        ("[0, 1]", "takes numbers and ranges of processors, such as `\"2-3,6\"`"),
        ("true", "takes numbers and ranges of processors"),
    ] {
        let text = format!("{HEAD}cpu.server = {written}\n");
        one_error(&text, "5:14", &["cpu.server", told]);
    }
}

#[test]
fn a_list_and_a_placement_side_by_side_are_told_with_both() {
    let text = format!("{HEAD}[cpu]\nplacement = \"same\"\nclient = \"1\"\n");
    one_error(&text, "7:1", &["`cpu.placement`", "`cpu.client`", "remove one of the two"]);
}

#[test]
fn a_server_that_is_not_started_here_has_no_processors() {
    let text = format!("{HEAD}cpu.server = 1\n[server]\naddress = \"127.0.0.1:9\"\n");
    one_error(&text, "5:5", &["`cpu.server`", "`address`", "`taskset -c LIST`"]);
    valid(&format!("{HEAD}cpu.client = 1\n[server]\naddress = \"127.0.0.1:9\"\n"));
}

#[test]
fn a_list_may_be_an_axis_and_is_part_of_the_cells_name() {
    let scenario =
        valid(&format!("{HEAD}cpu.client = 1\n[matrix]\n\"cpu.server\" = [\"0\", \"2-3,6\"]\n"));
    let cells: Vec<_> =
        scenario.cells.iter().map(|cell| (&*cell.id, cell.settings.cpu.placed())).collect();
    assert_eq!(
        cells,
        [
            ("cpu.server=0", "server on 0, client on 1".to_owned()),
            ("cpu.server=2-3,6", "server on 2-3,6, client on 1".to_owned()),
        ]
    );
}
