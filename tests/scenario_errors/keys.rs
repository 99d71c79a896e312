//! Keys that do not exist, stand in the wrong place or are missing.

use crate::support::{BARE, HEAD, count, errors, one_error, says};

#[test]
fn a_misspelt_key_is_shown_with_its_line_and_the_right_spelling() {
    let text = format!("{HEAD}[load]\nin-fligth = 32\n");
    one_error(
        &text,
        "6:1",
        &["unknown key `load.in-fligth`", "in-fligth = 32", "did you mean `in-flight`?"],
    );
}

#[test]
fn a_misspelt_table_is_shown_with_the_right_spelling() {
    let text = format!("{HEAD}transprot = {{ kind = \"tcp\" }}\n");
    one_error(&text, "5:1", &["unknown key `transprot`", "did you mean `transport`?"]);
}

#[test]
fn a_key_in_the_wrong_table_is_sent_to_the_right_one() {
    let text = format!("{HEAD}in-flight = 8\n");
    one_error(&text, "5:1", &["belongs in `[load]`: `load.in-flight`"]);
    for (table, key, home) in [
        ("transport", "payload", "belongs in `[load]`: `load.payload`"),
        ("transport", "in-flight", "belongs in `[load]`: `load.in-flight`"),
        ("load", "nodelay", "belongs in `[transport]`: `transport.nodelay`"),
        ("load", "plugin", "belongs in `[handler]`: `handler.plugin`"),
        ("load", "p99", "belongs in `[expect]`: `expect.p99`"),
        ("cpu", "intact", "belongs in `[expect]`: `expect.intact`"),
        ("load", "about", "belongs at the top level, above all tables"),
        ("load", "matrix", "belongs at the top level, above all tables"),
    ] {
        let text = format!("{HEAD}[{table}]\n{key} = 1\n");
        one_error(&text, "6:1", &[&format!("unknown key `{table}.{key}`"), home]);
    }
}

#[test]
fn a_table_under_another_word_for_it_is_named() {
    for (word, table) in [("gates", "expect"), ("axes", "matrix"), ("socket", "transport")] {
        let text = format!("{HEAD}[{word}]\ndone = 1\n");
        let meant = format!("did you mean `[{table}]`?");
        one_error(&text, "5:2", &[&format!("unknown key `{word}`"), &meant]);
    }
}

#[test]
fn a_key_that_resembles_nothing_is_answered_by_what_there_is() {
    let text = format!("{HEAD}[cpu]\nvoltage = 3\n");
    one_error(
        &text,
        "6:1",
        &["unknown key `cpu.voltage`", "`cpu` has placement, server, client, wait"],
    );
}

#[test]
fn every_missing_key_is_named_with_an_example() {
    let rendered = errors("about = \"nothing else\"\n");
    assert_eq!(count(&rendered), 4, "{rendered}");
    for wanted in ["add `schema = 1`", "add `name =", "add `handler = {", "add `framing ="] {
        assert!(rendered.contains(wanted), "{wanted} is not said:\n{rendered}");
    }
}

#[test]
fn a_key_given_twice_is_an_error_of_the_second() {
    let text = format!("{HEAD}[load]\nin-flight = 1\nin-flight = 2\n");
    one_error(
        &text,
        "7:1",
        &["duplicate key `in-flight`", "6 | in-flight = 1\n  | --------- it stands here already"],
    );
    let text = format!("{HEAD}[load]\nrounds = 1\n[expect]\n[load]\npayload = \"3 B\"\n");
    one_error(
        &text,
        "8:2",
        &["duplicate key `load`", "5 | [load]\n  | ------ it stands here already"],
    );
    // The key of another table is another key.
    let text = format!(
        "{HEAD}[load]\nseed = 1\n[matrix]\nload.seed = [1]\n[load.x]\nrounds = 1\nrounds = 2\n"
    );
    assert!(errors(&text).contains("duplicate key `rounds`"));
}

#[test]
fn a_table_key_with_another_value_says_what_it_takes() {
    let text = BARE.replace("{ plugin = \"echo\" }", "\"echo\"") + "framing = \"raw\"\n";
    let rendered = errors(&text);
    says(&rendered, "3:11", &["`handler` takes a table such as `{ plugin = … }`, not a string"]);
}

#[test]
fn all_mistakes_of_a_file_are_told_at_once_in_file_order() {
    let text = format!(
        "{HEAD}[load]\nin-fligth = 32\nwarmup = \"50 msec\"\nrounds = 0\n\n[transport]\nkind = \"sctp\"\n\
         \n[expect]\nintakt = \"100%\"\n"
    );
    let rendered = errors(&text);
    assert_eq!(count(&rendered), 5, "{rendered}");
    let places: Vec<usize> = ["6:1", "7:10", "8:10", "11:8", "14:1"]
        .iter()
        .map(|at| {
            let place = format!("--> t.toml:{at}\n");
            rendered.find(&place).unwrap_or_else(|| panic!("nothing at {at}:\n{rendered}"))
        })
        .collect();
    assert!(places.is_sorted(), "{rendered}");
}

#[test]
fn a_mistake_that_every_cell_shares_is_told_once() {
    let text = format!(
        "{HEAD}[load]\nwarmup = \"50\"\n[matrix]\n\"load.payload\" = [\"16 B\", \"32 B\", \"64 B\"]\n"
    );
    one_error(&text, "6:10", &["has no unit"]);
}

#[test]
fn what_is_no_toml_is_shown_without_consequences() {
    let text = format!("{HEAD}[load]\nin-flight = = 3\nwarmup = \"50\"\n");
    let rendered = errors(&text);
    says(&rendered, "7:10", &["has no unit"]);
    assert!(rendered.contains("--> t.toml:6:"), "{rendered}");
    assert!(!rendered.contains("takes a whole number"), "{rendered}");
}

#[test]
fn hundreds_of_mistakes_are_counted_but_not_all_printed() {
    let junk: String = (0..500).map(|number| format!("zzz{number}zzz = 1\n")).collect();
    let rendered = errors(&format!("{HEAD}{junk}"));
    assert_eq!(count(&rendered), 100);
    assert!(rendered.contains("and 400 more problems"), "{}", &rendered[rendered.len() - 200..]);
}

#[test]
fn a_wrong_value_does_not_hide_what_else_does_not_go_together() {
    let text = format!(
        "{}transport = {{ kind = \"unix\", nodelay = false, write = \"batsh\" }}\n\
         [load]\npayload = \"4 KiB\"\nin-flight = true\nmessages = 3\nduration = \"1s\"\n",
        HEAD.replace("len32be", "len8")
    );
    let rendered = errors(&text);
    assert_eq!(count(&rendered), 5, "{rendered}");
    says(&rendered, "5:30", &["`nodelay` is a setting of TCP"]);
    says(&rendered, "5:55", &["did you mean `batch`?"]);
    says(&rendered, "7:11", &["`len8` carries at most 255 B"]);
    says(&rendered, "8:13", &["takes a whole number"]);
    says(&rendered, "9:1", &["not after both"]);
}
