//! Plugins of an installation are found from the program's own place, and what is wrong with a folder is told with
//! what to do.

use super::support::{Installation, PLUGINS};
use crate::harness::{plugin_folder, scenario};
use std::fs;
use std::os::unix::fs::symlink;

/// The file of the echo plugin, by what `list plugins` says.
#[track_caller]
fn echo(listed: &str) -> &str {
    let line = listed.lines().find(|line| line.contains("wirebench.echo "));
    line.and_then(|line| line.split("  ").last()).unwrap_or_else(|| panic!("no echo in {listed}"))
}

#[test]
fn they_are_found_beside_the_program_whatever_link_leads_to_it() {
    let here = Installation::whole();
    let link = here.bench.folder().join("wb");
    symlink(here.program(), &link).expect("a link");
    let there = here.prefix().canonicalize().expect("it is there").join(PLUGINS);
    for program in [here.program(), link] {
        let listed = here.call_as(&program, &["list", "plugins"]);
        assert!(std::path::Path::new(echo(&listed.stdout)).starts_with(&there), "{listed}");
        assert!(!listed.stdout.contains("\n  broken: "), "{listed}");
    }
}

#[test]
fn what_is_named_comes_first_then_the_environment_then_what_is_installed() {
    let here = Installation::whole();
    let copy = |folder: &str| {
        let folder = here.bench.folder().join(folder);
        fs::create_dir(&folder).expect("a folder");
        let file = "libwirebench_echo.so";
        symlink(format!("{}/{file}", plugin_folder()), folder.join(file)).expect("a link");
        folder
    };
    let (named, environment) = (copy("named"), copy("environment"));
    let list = |more: &[&str]| {
        let mut command =
            here.bench.command_of(&here.program(), &[&["list", "plugins"], more].concat());
        command.env("WIREBENCH_PLUGIN_PATH", &environment);
        echo(&here.bench.launch(command).wait().stdout).to_owned()
    };
    let named = named.to_str().expect("UTF-8");
    assert!(list(&["--plugin-dir", named]).contains("/named/"));
    assert!(list(&[]).contains("/environment/"));
}

#[test]
fn a_program_without_its_plugins_says_how_to_install_them() {
    let here = Installation::bare();
    here.bench.write("mine.toml", scenario("\"line\"", "messages = 10\n", ""));
    for told in [here.call(&["run", "mine.toml"]), here.call(&["list", "plugins"])] {
        let told = told.stdout + &told.stderr;
        for part in [PLUGINS, "is not there", "install it whole", "docs/install.md"] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
}

#[test]
fn a_folder_that_is_not_there_or_cannot_be_read_is_told_with_what_to_do() {
    let here = Installation::bare();
    let file = here.bench.write("no-folder", "");
    for (folder, parts) in [
        ("/nowhere/at/all", ["is not there", "correct --plugin-dir"]),
        (file.to_str().expect("UTF-8"), ["cannot be read: Not a directory", "name another"]),
    ] {
        here.bench.write("mine.toml", scenario("\"line\"", "messages = 10\n", ""));
        for verb in [&["run", "mine.toml"][..], &["list", "plugins"]] {
            let told = here.call(&[verb, &["--plugin-dir", folder]].concat());
            let told = told.stdout + &told.stderr;
            for part in parts.iter().chain([&folder]) {
                assert!(told.contains(part), "{part}: {told}");
            }
        }
    }
}
