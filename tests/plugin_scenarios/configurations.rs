//! What a plugin says of its configurations stands at the value that is wrong, once.

use crate::c_compiler::shared_object;
use crate::harness::Bench;
use crate::support::{errors, is_one, one_error};

/// The scenario with this handler in line 4.
fn with(handler: &str, more: &str) -> String {
    format!("schema = 1\nname = \"t\"\nframing = \"raw\"\nhandler = {handler}\n{more}")
}

#[test]
fn a_wrong_key_in_eight_configurations_is_one_mistake() {
    one_error(
        &with(
            "{ plugin = \"faulty\", config = { afterr = 1 } }",
            "[matrix]\n\"handler.config.after\" = [1, 2]\n\"handler.config.hook\" = [\"open\", \"close\"]\n\
             \"handler.config.side\" = [\"client\", \"server\"]\n\"load.in-flight\" = [1, 2]\n",
        ),
        &["error: plugin `wirebench.faulty`: unknown field `afterr`", " --> t.toml:4:43"],
        &["= help: found 8 times, for different cells"],
    );
}

#[test]
fn thousands_of_configurations_with_one_mistake_are_told_once_with_their_number() {
    let axis: String = (0..8_192).map(|number| format!("{number},")).collect();
    one_error(
        &with(
            "{ plugin = \"faulty\", config = { fault = \"nope\" } }",
            &format!("[matrix]\n\"handler.config.after\" = [{axis}]\n"),
        ),
        &["error: plugin `wirebench.faulty`: unknown variant `nope`", " --> t.toml:4:43"],
        &["= help: found 8,192 times, for different cells"],
    );
}

#[test]
fn a_wrong_value_of_an_axis_is_marked_and_not_the_axis() {
    one_error(
        &with(
            "{ plugin = \"echo\" }",
            "[matrix]\n\"handler.config.reply\" = [\"same\", \"nome\", \"none\"]\n",
        ),
        &[
            "error: plugin `wirebench.echo`: unknown variant `nome`, expected one of `same`, \
             `none`, `fixed`",
            " --> t.toml:6:35",
        ],
        &["^^^^^^\n"],
    );
    one_error(
        &with(
            "{ plugin = \"echo\" }",
            "[matrix]\nhandler.config = [{}, { reply = \"same\" }, { reply = 3 }]\n",
        ),
        &["error: plugin `wirebench.echo`: ", " --> t.toml:6:45"],
        &[],
    );
}

#[test]
fn a_count_that_the_handler_does_not_have_is_marked_at_its_gate() {
    one_error(
        &with(
            "{ plugin = \"echo\" }",
            "[expect]\ndone = \"> 0\"\ncount.wrong-greting = 0\n\
             [matrix]\n\"load.in-flight\" = [1, 2, 3]\n",
        ),
        &["error: `echo` does not count `wrong-greting` under `count.`", " --> t.toml:7:7"],
        &[
            "did you mean `wrong-greeting`?",
            "= help: it counts undecodable, wrong-greeting",
            "= help: found 3 times, for different cells",
        ],
    );
    one_error(
        &with(
            "{ plugin = \"echo\" }",
            "[matrix]\n\"load.in-flight\" = [1, 2]\n[[override]]\nwhen = { load.in-flight = 2 }\n\
             expect = { \"count.x\" = 0 }\n",
        ),
        &["error: `echo` does not count `x` under `count.`", " --> t.toml:9:12"],
        &[],
    );
}

#[test]
fn a_count_is_asked_of_the_plugin_of_its_own_cell() {
    // Two plugins with equal configurations: what one counts is no business of the other's.
    one_error(
        &format!(
            "schema = 1\nname = \"t\"\nframing = \"raw\"\n[matrix]\n\
             \"handler.plugin\" = [\"echo\", \"faulty\"]\n[[override]]\n\
             when = {{ \"handler.plugin\" = \"faulty\" }}\nexpect = {{ {} = 0 }}\n",
            "\"count.wrong-greeting\""
        ),
        &["error: `faulty` does not count `wrong-greeting` under `count.`", " --> t.toml:8:12"],
        &[],
    );
}

#[test]
fn a_plugin_that_cannot_be_made_has_one_mistake_and_counts_are_not_asked_of_it() {
    let bench = Bench::new();
    shared_object(bench.folder(), "c_echo", &[]);
    let text = with(
        "{ plugin = \"c\", path = \"c_echo.so\", config = { x = 1 } }",
        "expect = { \"count.x\" = 0 }\n",
    );
    is_one(
        &errors(&bench, &text),
        &["error: plugin `org.example.c-echo`: c-echo takes no settings", " --> t.toml:4:56"],
        &[],
    );
}
