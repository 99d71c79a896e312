//! Whether the hook of a plugin hangs, as far as looks at its breadcrumb from time to time can tell.

use crate::host::Crumb;

/// What was seen of the hook under way.
#[derive(Debug, Default)]
pub(super) struct HookWatch {
    /// The hook by its number, and since when it has been running (in nanoseconds); `None`: none runs.
    running: Option<(u64, u64)>,
}

impl HookWatch {
    /// A look at `now`: true when one and the same hook has been running for `limit_ns` nanoseconds. Each
    /// of several messages that a hook is given together counts as a hook.
    ///
    /// Which of these it is at says the plugin: one that goes back to an earlier one is no further.
    pub(super) fn hangs(&mut self, crumb: &Crumb, now: u64, limit_ns: u64) -> bool {
        if crumb.running.is_none() {
            self.running = None;
            return false;
        }
        match self.running {
            Some((called, since)) if crumb.hooks_called <= called => {
                now.saturating_sub(since) >= limit_ns
            }
            _ => {
                self.running = Some((crumb.hooks_called, now));
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handler::Hook;
    use crate::host::Call;

    /// A message hook, after so many hooks.
    fn after(hooks_called: u64) -> Crumb {
        let running = Some(Call { plugin: 0, hook: Hook::Message, session: Some(1) });
        Crumb { running, running_at: None, failed: None, failed_at: None, hooks_called }
    }

    #[test]
    fn a_hook_hangs_that_runs_at_every_look_until_its_limit() {
        let mut watch = HookWatch::default();
        assert!(!watch.hangs(&after(5), 1_000, 100));
        assert!(!watch.hangs(&after(5), 1_099, 100));
        assert!(watch.hangs(&after(5), 1_100, 100));
    }

    #[test]
    fn another_hook_begins_anew_as_does_the_same_one_after_a_pause() {
        let mut watch = HookWatch::default();
        watch.hangs(&after(5), 1_000, 100);
        assert!(!watch.hangs(&after(6), 1_200, 100));
        assert!(!watch.hangs(&Crumb { running: None, ..after(7) }, 1_400, 100));
        assert!(!watch.hangs(&after(7), 1_500, 100));
        assert!(watch.hangs(&after(7), 1_600, 100));
    }

    #[test]
    fn a_hook_that_goes_round_and_round_through_its_messages_hangs() {
        let mut watch = HookWatch::default();
        watch.hangs(&after(8), 1_000, 100);
        assert!(!watch.hangs(&after(5), 1_050, 100));
        assert!(!watch.hangs(&after(7), 1_090, 100));
        assert!(watch.hangs(&after(6), 1_100, 100));
    }
}
