//! Tells the linker how to write the program.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[expect(
        clippy::disallowed_methods,
        reason = "this is how Cargo tells a build script what it builds for"
    )]
    let target = std::env::var("CARGO_CFG_TARGET_ENV").unwrap_or_default();
    if target == "gnu" {
        // Addresses that are set at the start take half a megabyte of memory as a plain list, and nothing as a bitmap.
        // glibc 2.36 and later read it.
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
