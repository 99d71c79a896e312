//! What is there stays as it is.

use crate::harness::Bench;
use crate::made::tried;
use std::fs;
use std::os::unix::fs::symlink;

#[test]
fn a_file_a_folder_and_a_link_stay_as_they_are() {
    let bench = Bench::new();
    let folder = bench.folder();
    fs::create_dir(folder.join("outside")).expect("a folder");
    for (words, made) in [
        ("scenario mine", "mine.toml"),
        ("plugin mine --c", "mine"),
        ("framing mine --cpp", "mine"),
    ] {
        let path = folder.join(made);
        fs::write(&path, "mine").expect("a file");
        refused(&bench, words);
        assert_eq!(fs::read_to_string(&path).expect("it stays"), "mine");
        fs::remove_file(&path).expect("it was made just now");

        fs::create_dir(&path).expect("a folder");
        refused(&bench, words);
        assert_eq!(fs::read_dir(&path).expect("it stays").count(), 0);
        fs::remove_dir(&path).expect("it was made just now");

        for target in ["outside", "nowhere"] {
            symlink(folder.join(target), &path).expect("a link");
            refused(&bench, words);
            assert_eq!(fs::read_link(&path).expect("it stays"), folder.join(target));
            fs::remove_file(&path).expect("it was made just now");
        }
    }
    assert_eq!(fs::read_dir(folder.join("outside")).expect("it stays").count(), 0);
    assert!(!folder.join("nowhere").exists());
}

#[track_caller]
fn refused(bench: &Bench, words: &str) {
    let ran = tried(bench, words);
    assert_eq!(ran.code, Some(108), "{words}: {ran}");
    assert!(ran.stderr.contains("is there already"), "{words}: {ran}");
    let hidden = fs::read_dir(bench.folder()).expect("a folder").filter_map(Result::ok);
    let left: Vec<_> = hidden.filter(|it| it.file_name().as_encoded_bytes()[0] == b'.').collect();
    assert!(left.is_empty(), "{words}: {left:?}");
}
