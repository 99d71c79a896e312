//! What torture answers to wrong arguments.

use crate::harness::Bench;
use crate::support::{fixture, torture};
use wirebench::torture::CHECKS;

#[test]
fn an_unknown_framing_is_104_with_a_suggestion() {
    let ran = torture(&["varnit"]);
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("did you mean `varint`?"), "{ran}");
}

#[test]
fn wrong_settings_are_104_and_name_the_setting() {
    for (arguments, says) in [
        (&["grpc", "--set", "mx=3"][..], "it has max"),
        (&["varint", "--set", "max=0"], "`max`"),
        (&["line", "--set", "ending=cr"], "`ending`"),
        (&["varint", "--set", "max"], "KEY=VALUE"),
        (&["{ ending = \"lf\" }"], "`kind`"),
        (&["all", "--set", "ending=crlf"], "ending"),
    ] {
        let ran = torture(arguments);
        assert_eq!(ran.code, Some(104), "{arguments:?}: {ran}");
        assert!(ran.stderr.contains(says), "{arguments:?}: {ran}");
        assert!(ran.stdout.is_empty(), "{arguments:?}: {ran}");
    }
}

#[test]
fn a_plugin_that_is_not_there_or_brings_no_such_framing_is_104() {
    let nothing = fixture().replace("varint-faulty", "nothing");
    for (framing, says) in [
        ("./nowhere.so", "no such file"),
        ("nowhere:framing", "nowhere"),
        (&*nothing, "it has `len8-faulty`"),
        (&fixture().replace("_faulty.so:varint-faulty", "_echo.so"), "brings no framing"),
    ] {
        let ran = torture(&[framing]);
        assert_eq!(ran.code, Some(104), "{framing}: {ran}");
        assert!(ran.stderr.contains(says), "{framing}: {ran}");
    }
    let ran = torture(&[&fixture(), "--set", "fault=3"]);
    assert_eq!(ran.code, Some(104), "{ran}");
}

#[test]
fn wrong_usage_is_2() {
    for arguments in [
        &[][..],
        &["varint", "--only", "every-bit"],
        &["varint", "--case", "00"],
        &["varint", "--only", "garbage", "--case", "0"],
        &["varint", "--only", "garbage", "--only", "headers", "--case", "00"],
        &["varint", "--limit", "10"],
        &["varint", "--limit", "1ms"],
    ] {
        let ran = torture(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran}");
        assert!(!ran.stderr.is_empty() && ran.stdout.is_empty(), "{arguments:?}: {ran}");
    }
}

#[test]
fn the_list_names_every_check() {
    let ran = torture(&["--list"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let names: Vec<&str> = ran.stdout.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(names, CHECKS.iter().map(|check| check.name).collect::<Vec<_>>());
}

#[test]
fn a_document_goes_to_a_file_beside_the_tables() {
    let bench = Bench::new();
    let ran =
        bench.start(&["torture", "varint", "--only", "truncation", "--json", "t.json"]).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains("truncation"), "{ran}");
    let text = std::fs::read_to_string(bench.folder().join("t.json")).expect("a document");
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(document["schema"], "wirebench.torture/1");
    assert_eq!(document["framings"][0]["nature"]["max"], 16 << 20);
}

#[test]
fn a_plugin_named_alone_has_all_its_framings_tortured() {
    let plugin = fixture().replace(":varint-faulty", "");
    let ran = torture(&[&plugin, "--only", "truncation", "--quick"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    for name in ["len8-faulty", "varint-faulty", "checked-faulty", "3 framings, 0 with findings"] {
        assert!(ran.stdout.contains(name), "{ran}");
    }
}
