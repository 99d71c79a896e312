//! Shells take the completions, and complete with them.

use super::support::Installation;
use std::path::PathBuf;
use std::process::Command;

/// The script for a shell, in a file.
fn script(here: &Installation, shell: &str) -> PathBuf {
    let ran = here.call(&["completions", shell]);
    assert_eq!(ran.code, Some(0), "{ran}");
    for hidden in ["__guard", "__side", "__foreign", "__probe", "__torture"] {
        // Fish names its functions after the program.
        let word = ran.stdout.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        assert!(!word.clone().any(|word| word == hidden), "{shell} would complete {hidden}");
    }
    here.bench.write(shell, ran.stdout)
}

/// What a command prints; that it says nothing else is part of it.
#[track_caller]
fn said(command: &mut Command) -> String {
    let output = command.output().expect("the shell is there");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.is_empty(), "{}: {told}", output.status);
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What bash offers for the last of these words.
fn offered(words: &[&str]) -> Vec<String> {
    let here = Installation::bare();
    let file = script(&here, "bash");
    let list = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    let (last, before) = (words[words.len() - 1], words[words.len() - 2]);
    let asked = format!(
        "source {}; complete -p wirebench; COMP_WORDS=({list}); COMP_CWORD={}; \
         _wirebench wirebench '{last}' '{before}'; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        file.display(),
        words.len() - 1
    );
    let told = said(Command::new("bash").args(["--norc", "--noprofile", "-c", &asked]));
    let mut lines = told.lines().map(str::to_owned);
    let registered = lines.next().expect("a first line");
    assert!(registered.ends_with("wirebench") && registered.contains("-F _wirebench"), "{told}");
    lines.collect()
}

#[test]
fn bash_completes_verbs_options_and_values() {
    assert_eq!(offered(&["wirebench", "tor"]), ["torture"]);
    assert_eq!(offered(&["wirebench", "run", "--abort"]), ["--abort-on-fail"]);
    assert_eq!(offered(&["wirebench", "list", ""])[..2], ["-h", "--plugin-dir"]);
    assert_eq!(offered(&["wirebench", "completions", "z"]), ["zsh"]);
    assert!(!offered(&["wirebench", ""]).iter().any(|word| word.starts_with("__")));
}

#[test]
#[ignore = "needs zsh and fish"]
fn zsh_and_fish_read_their_scripts() {
    let here = Installation::bare();
    assert_eq!(said(Command::new("zsh").arg("-n").arg(script(&here, "zsh"))), "");
    let fish = script(&here, "fish");
    assert_eq!(said(Command::new("fish").arg("-n").arg(&fish)), "");
    let asked = format!("source {}; complete -C 'wirebench tor'", fish.display());
    let told = said(Command::new("fish").env("HOME", here.bench.folder()).args(["-c", &asked]));
    assert!(told.starts_with("torture"), "{told}");
}
