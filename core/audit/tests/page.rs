//! The page about the audit says what each line means.

use wirebench_audit::Check;

#[test]
fn every_line_has_its_section() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/audit.md");
    let page = std::fs::read_to_string(page).expect("docs/audit.md");
    for check in Check::ALL {
        let title = format!("\n### {}", check.name());
        let section = page.split(title.as_str()).nth(1);
        let section =
            section.unwrap_or_else(|| panic!("docs/audit.md has no section {}", check.name()));
        let section = section.split("\n#").next().unwrap_or_default();
        let says = section.contains("*Failed") || section.contains("*What to do.*");
        assert!(says, "docs/audit.md does not say what to do when {} fails", check.name());
    }
}
