#!/bin/sh
# Makes target/debian/vakhta_*.deb. Needs cargo-deb (`cargo install cargo-deb`).
set -eu
cd "$(dirname "$0")/.."

cargo build --release --locked
out=target/packaging
rm -rf "$out"
target/release/vakhta man "$out/man"
target/release/vakhta completions bash >"$out/vakhta.bash"
target/release/vakhta completions zsh >"$out/_vakhta"
target/release/vakhta completions fish >"$out/vakhta.fish"
cargo deb --no-build --locked
