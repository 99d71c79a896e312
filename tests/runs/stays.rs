//! What is never removed: what is not ours, what `latest` points to, what is being written.

use crate::harness::{Bench, Ran};
use crate::made::{IDS, folder, left, made, made_all, made_paired, point_latest, runs};
use nix::fcntl::{Flock, FlockArg};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

/// Removes all that may be removed.
#[track_caller]
fn pruned(bench: &Bench) -> Ran {
    let ran = runs(bench, &["prune", "--keep", "1"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    ran
}

/// Two runs, of which the older one may go, after this was done to it.
#[track_caller]
fn stays(spoil: impl Fn(&Bench, &Path), says: &str) {
    let bench = Bench::new();
    let old = made_paired(&bench, "one", IDS[0]);
    made(&bench, "one", IDS[1]);
    point_latest(&bench, "one", IDS[1]);
    spoil(&bench, &old);
    let before = all_below(&old);
    let ran = pruned(&bench);
    assert_eq!(all_below(&old), before, "{ran}");
    assert!(ran.stdout.contains(&format!("left one/{}: ", IDS[0])), "{ran}");
    assert!(ran.stdout.contains(says), "`{says}`: {ran}");
    assert!(ran.stdout.ends_with("nothing removed\n"), "{ran}");
}

/// Every name below a folder.
fn all_below(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.path().to_str().expect("a name in UTF-8").to_owned();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            names.extend(all_below(&entry.path()));
        }
        names.push(name);
    }
    names.sort();
    names
}

#[test]
fn a_run_that_holds_a_file_of_somebody_else_stays_whole() {
    stays(
        |_, run| fs::write(run.join("notes.txt"), "mine").expect("writable"),
        "it holds `notes.txt`",
    );
    stays(|_, run| fs::create_dir(run.join("mine")).expect("writable"), "it holds `mine`");
    stays(
        |_, run| fs::write(run.join("baseline/one/notes"), "mine").expect("writable"),
        "it holds `notes`",
    );
    stays(
        |_, run| {
            fs::write(run.join("baseline/one").join(IDS[0]).join("x"), "mine").expect("writable")
        },
        "it holds `x`",
    );
    stays(
        |_, run| {
            fs::create_dir_all(run.join("baseline/one").join(IDS[0]).join("baseline"))
                .expect("writable")
        },
        "it holds `baseline`",
    );
}

#[test]
fn a_link_in_the_place_of_a_file_or_folder_is_not_ours_and_is_not_followed() {
    let link = |name: &'static str| {
        move |bench: &Bench, run: &Path| {
            let precious = bench.folder().join("precious");
            fs::create_dir_all(precious.join("one").join(IDS[0])).expect("writable");
            fs::write(precious.join("scenario.toml"), "mine").expect("writable");
            if run.join(name).is_dir() {
                fs::remove_dir_all(run.join(name)).expect("it is ours");
            } else {
                fs::remove_file(run.join(name)).expect("it is ours");
            }
            symlink(&precious, run.join(name)).expect("writable");
        }
    };
    stays(link("scenario.toml"), "it holds `scenario.toml`");
    stays(link("result.json"), "it holds `result.json`");
    stays(link("baseline"), "it holds `baseline`");
    stays(link("baseline/one"), "it holds `one`");
}

#[test]
fn a_file_in_the_place_of_a_folder_is_not_ours() {
    stays(
        |_, run| {
            fs::remove_dir_all(run.join("baseline")).expect("it is ours");
            fs::write(run.join("baseline"), "mine").expect("writable");
        },
        "it holds `baseline`",
    );
    stays(
        |_, run| fs::create_dir(run.join(".tmpAb12Cd")).expect("writable"),
        "it holds `.tmpAb12Cd`",
    );
}

#[test]
fn runs_and_scenarios_behind_links_stay() {
    let bench = Bench::new();
    made_all(&bench, "real");
    let elsewhere = bench.folder().join("elsewhere");
    fs::rename(bench.folder().join("wirebench-out/real"), &elsewhere).expect("it is ours");
    fs::create_dir_all(bench.folder().join("wirebench-out/one")).expect("writable");
    symlink(&elsewhere, bench.folder().join("wirebench-out/linked")).expect("writable");
    for id in IDS {
        symlink(elsewhere.join(id), folder(&bench, "one", id)).expect("writable");
    }
    let before = all_below(&elsewhere);
    let ran = pruned(&bench);
    assert_eq!(ran.stdout, "nothing removed\n", "{ran}");
    assert_eq!(all_below(&elsewhere), before);
    assert_eq!(left(&bench, "one"), IDS);
}

#[test]
fn folders_that_are_called_like_runs_and_hold_none_stay() {
    let bench = Bench::new();
    made(&bench, "one", IDS[4]);
    for (id, content) in
        IDS[..4].iter().zip(["", "{}", "{\"schema\": \"another.journal/1\"}\n", "\0\0\0"])
    {
        let folder = folder(&bench, "one", id);
        fs::create_dir(&folder).expect("writable");
        fs::write(folder.join("journal.jsonl"), content).expect("writable");
    }
    pruned(&bench);
    assert_eq!(left(&bench, "one"), IDS);
}

#[test]
fn the_run_that_latest_points_to_stays_though_it_is_the_oldest() {
    let bench = Bench::new();
    made_all(&bench, "one");
    point_latest(&bench, "one", IDS[0]);
    let ran = pruned(&bench);
    assert_eq!(left(&bench, "one"), [IDS[0], IDS[4]], "{ran}");
    assert!(ran.stdout.contains("left one/20250101T000000Z: `latest` points to it"), "{ran}");
}

#[test]
fn a_run_that_is_being_written_stays() {
    stays(
        |_, run| {
            let journal = fs::File::open(run.join("journal.jsonl")).expect("it is there");
            let lock = Flock::lock(journal, FlockArg::LockExclusiveNonblock);
            // Held until this process ends.
            std::mem::forget(lock.expect("nobody else has it"));
        },
        "it is being written",
    );
}

#[test]
fn what_cannot_be_removed_is_108_and_the_others_go() {
    if nix::unistd::Uid::effective().is_root() {
        // Nothing is forbidden to a superuser.
        return;
    }
    let bench = Bench::new();
    made_all(&bench, "one");
    let closed = folder(&bench, "one", IDS[0]);
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o500)).expect("it is ours");
    let ran = runs(&bench, &["prune", "--keep", "1"]);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).expect("it is ours");
    assert_eq!(ran.code, Some(108), "{ran}");
    assert!(ran.stderr.contains("cannot be removed"), "{ran}");
    assert_eq!(left(&bench, "one"), [IDS[0], IDS[4]], "{ran}");
}
