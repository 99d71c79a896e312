//! What a plugin in C or C++ is made with: what differs in its Makefile.

use super::fill::{Values, fill};

/// How a compiler is called.
pub(super) struct Native {
    /// The variable of make that names it, and that of its flags.
    compiler: &'static str,
    flags: &'static str,
    standard: &'static str,
    /// What a file of sources ends with.
    pub(super) ending: &'static str,
}

pub(super) const C: Native =
    Native { compiler: "CC", flags: "CFLAGS", standard: "c11", ending: "c" };
pub(super) const CPP: Native =
    Native { compiler: "CXX", flags: "CXXFLAGS", standard: "c++17", ending: "cpp" };

const MAKEFILE: &str = include_str!("templates/Makefile.in");

/// A program that tries the plugin without wirebench.
const TEST_RULE: &str = "
__name__-test: __name__-test.__ending__ __name__.__ending__ wirebench.h
\t$(BUILD) -o $@ __name__-test.__ending__ __name__.__ending__
";

/// Torture, for a framing.
const TORTURE: &str = "\n\t$(WIREBENCH) torture __name__:__name__ --plugin-dir .";

impl Native {
    /// The Makefile of a plugin with these `values`; `tested`: it has a program that tries it.
    pub(super) fn makefile(&self, values: &Values<'_>, tested: bool, tortured: bool) -> String {
        let mut all = values.to_vec();
        all.extend([
            ("compiler", self.compiler),
            ("flags", self.flags),
            ("standard", self.standard),
            ("ending", self.ending),
        ]);
        let part = |template: &str, wanted: bool| match wanted {
            true => fill(template, &all),
            false => String::new(),
        };
        let tests = part(" __name__-test\n\t./__name__-test", tested);
        let (rule, torture) = (part(TEST_RULE, tested), part(TORTURE, tortured));
        let program = part(" __name__-test", tested);
        all.extend([
            ("tests", &*tests),
            ("test_rule", &rule),
            ("test_program", &program),
            ("torture", &torture),
        ]);
        fill(MAKEFILE, &all)
    }
}
