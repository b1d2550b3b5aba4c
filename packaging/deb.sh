#!/bin/sh
# Makes target/debian/vakhta_*.deb. Needs cargo-deb (`cargo install cargo-deb`).
#
#   packaging/deb.sh [PROGRAM]    with a program that is built already
set -eu
cd "$(dirname "$0")/.."

# The list of files in Cargo.toml names this folder.
export CARGO_TARGET_DIR=target
program=target/release/vakhta
if [ $# -gt 0 ]; then
    mkdir -p target/release
    cp "$1" "$program"
else
    cargo build --release --locked
fi
out=target/packaging
rm -rf "$out"
"$program" man "$out/man"
"$program" completions bash >"$out/vakhta.bash"
"$program" completions zsh >"$out/_vakhta"
"$program" completions fish >"$out/vakhta.fish"
cargo deb --no-build --locked
