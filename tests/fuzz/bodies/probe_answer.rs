//! What a probe child has written, which the supervisor reads. Code of the plugin ran in the child,
//! so its output is anybody's. Whatever it says must not take over the terminal that it is shown on.
//!
//! Byte 0 says how the child ended: 0 well, 1 killed after the limit, else that wait status. The
//! rest is its output.

use super::input::Input;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;
use wirebench::cli::list::{ListedPlugin, PluginOrError, plugins_text};
use wirebench::host::probe::{ProbeFault, answer};

/// Runs the target.
pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let status = match input.u8() {
        1 => None,
        status => Some(ExitStatus::from_raw(status.into())),
    };
    let stderr = String::from_utf8_lossy(&input.0[..input.0.len().min(40)]).into_owned();
    let plugin = Path::new("libfuzzed.so");
    let limit = Duration::from_secs(1);
    let plugin = match answer(plugin, input.0, stderr, status, limit) {
        Ok(report) => {
            assert!(status.is_some_and(|status| status.success()), "an answer of a dead child");
            PluginOrError::Plugin(Box::new(report))
        }
        Err(error) => {
            let text = error.to_string();
            assert!(!text.is_empty() || error.fault == ProbeFault::Refused(String::new()));
            assert!(text.len() <= 2 * data.len() + 1024, "{} bytes of text", text.len());
            match error.fault {
                ProbeFault::Hung(told) => assert!(status.is_none() && told == limit),
                ProbeFault::Signal(number) => {
                    assert_eq!(status.and_then(|status| status.signal()), Some(number));
                }
                _ => {}
            }
            PluginOrError::Error(text)
        }
    };
    let shown = plugins_text(&[ListedPlugin { file: "libfuzzed.so".into(), plugin }]);
    let escapes = shown.chars().any(|c| c.is_control() && c != '\n');
    assert!(!escapes, "it could take over a terminal: {shown:?}");
}
