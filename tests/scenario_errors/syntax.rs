//! What is no TOML: the place of the mistake, once, and the rest of the file is read all the same.

use crate::support::{BARE, HEAD, count, errors, one_error, says};

#[test]
fn an_inline_table_without_its_brace_is_one_mistake_where_it_begins() {
    let text = "schema = 1\nname = \"t\"\nhandler = { plugin = \"echo\"\nframing = \"len32be\"\n\n\
                [load]\npayload = \"64 B\"\nrounds = 1\n\n[expect]\nintact = \"100%\"\n";
    one_error(text, "3:11", &["this table is not closed: it lacks `}`", "it begins here"]);
    let text = text.replace("\"echo\"", "\"echo\", config = { reply = \"same\" }");
    one_error(&text, "3:11", &["this table is not closed: it lacks `}`"]);
    let text = text.replace(" }\nframing", "\nframing");
    one_error(&text, "3:11", &["this table is not closed: it lacks `}}`"]);
}

#[test]
fn a_list_without_its_bracket_is_one_mistake_where_it_begins() {
    let text = format!(
        "{BARE}[matrix]\nframing = [\"raw\", \"line\"\n\"load.in-flight\" = [1, 2]\n[load]\nrounds = 1\n"
    );
    one_error(&text, "5:11", &["this list is not closed: it lacks `]`"]);
    let text = format!("{HEAD}load = {{ payload = [\"3 B\" }}\n[cpu]\nwait = \"block\"\n");
    one_error(&text, "5:20", &["this list is not closed: it lacks `]`"]);
}

#[test]
fn a_header_without_its_bracket_is_one_mistake_and_its_keys_are_none() {
    let text = format!("{HEAD}[expect\nintact = \"100%\"\np99 = \"< 50ms\"\n");
    one_error(
        &text,
        "5:1",
        &["this header is not closed: it lacks `]`", "did you mean `[expect]`?"],
    );
    let text = format!(
        "{BARE}[matrix]\nframing = [\"raw\", \"line\"]\n[[override]\nwhen = {{ framing = \"raw\" }}\n\
         load.rounds-limit = 1\n"
    );
    let rendered = errors(&text);
    assert_eq!(count(&rendered), 2, "{rendered}");
    says(&rendered, "6:1", &["did you mean `[[override]]`?"]);
    says(&rendered, "8:6", &["unknown key `load.rounds-limit`"]);
}

#[test]
fn the_other_mistakes_of_the_file_are_told_as_well_and_where_they_stand() {
    let text = format!(
        "{HEAD}transport = {{ kind = \"tcp\"\n[load\nin-fligth = 3\n[expect]\nintakt = true\n"
    );
    let rendered = errors(&text);
    assert_eq!(count(&rendered), 4, "{rendered}");
    says(&rendered, "5:13", &["this table is not closed"]);
    says(&rendered, "6:1", &["did you mean `[load]`?"]);
    says(&rendered, "7:1", &["did you mean `in-flight`?"]);
    says(&rendered, "9:1", &["did you mean `intact`?"]);
}

#[test]
fn a_table_on_several_lines_that_lacks_a_comma_is_not_taken_for_one_without_its_end() {
    let text = format!("{BARE}framing = {{\n  kind = \"len32be\"\n  max = \"1 KiB\"\n}}\n");
    one_error(&text, "6:3", &["missing comma"]);
}
