//! A file in a plugin folder, which may be anything: it is looked at whenever plugins are listed.
//!
//! None of it runs. What it says of itself is shown, so nothing of it may take over the terminal.

use std::cell::RefCell;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use wirebench::cli::list::{ListedPlugin, PluginOrError, plugins_text};
use wirebench::host::{About, Library, Note, Noted};

/// Runs the target.
pub fn run(data: &[u8]) {
    let file = Path::new("libfuzzed.so");
    let looked = FILE.with_borrow(|open| {
        open.set_len(0).and_then(|()| open.write_all_at(data, 0)).expect("it is writable");
        Library::look_at(open, file)
    });
    let plugin = match looked {
        Ok(Noted::Note(note)) => {
            is_sound(&note);
            PluginOrError::Noted(note)
        }
        Ok(Noted::OtherFormat(format)) => PluginOrError::Unknown(format),
        Ok(Noted::Nothing) => PluginOrError::Unknown(String::new()),
        Err(error) => {
            let text = error.to_string();
            assert!(!text.is_empty() && text.len() < 16 << 10, "{} bytes", text.len());
            PluginOrError::Error(text)
        }
    };
    let shown = plugins_text(&[ListedPlugin { file: file.into(), plugin }]);
    let escapes = shown.chars().any(|c| c.is_control() && c != '\n');
    assert!(!escapes, "it could take over a terminal: {shown:?}");
}

thread_local! {
    /// A file without a name, used again and again.
    static FILE: RefCell<File> = {
        let path = std::env::temp_dir().join(format!("wirebench-fuzz-{}", std::process::id()));
        let file = File::options().read(true).write(true).create_new(true).open(&path);
        let file = file.expect("a temporary file");
        std::fs::remove_file(&path).expect("it was made");
        RefCell::new(file)
    };
}

/// What is taken from a note keeps the rules of a descriptor.
fn is_sound(note: &Note) {
    let is_name = |text: &str| {
        let sound = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        !text.is_empty() && text.len() <= 128 && text.chars().all(sound)
    };
    let is_text = |text: &str, most| text.len() <= most && !text.chars().any(char::is_control);
    assert!(is_name(&note.id) && is_text(&note.version, 128) && is_text(&note.sdk, 128));
    for items in [&note.handlers, &note.framings] {
        assert!(items.len() <= 64);
        let sound = |item: &About| is_name(&item.name) && is_text(&item.about, 1_024);
        assert!(items.iter().all(sound));
        let mut names: Vec<_> = items.iter().map(|item| &item.name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), items.len(), "two of one name");
    }
}
