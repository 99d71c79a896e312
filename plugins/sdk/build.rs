//! Tells the crate which target it is built for: Cargo says that to build scripts alone.

fn main() {
    let target = std::env::var("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=WIREBENCH_TARGET={target}");
    println!("cargo::rerun-if-changed=build.rs");
}
