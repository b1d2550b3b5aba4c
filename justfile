# Shortcuts for developers (https://just.systems). CI does not use them: it runs .ci/run.

# Lists the recipes.
_default:
    @just --list --unsorted

# Before a commit: format, lints, unit tests of ROOM (`cards`, `watch::probe`), the rules of the house.
quick ROOM:
    cargo fmt --check
    cargo clippy --locked --lib -- -D warnings
    cargo test --quiet --locked --lib --no-run
    @cargo test --quiet --locked --lib -- --list '{{ ROOM }}::' | grep -q ': test$' \
        || { echo 'there are no unit tests in {{ ROOM }}' >&2; exit 1; }
    cargo test --quiet --locked --lib -- '{{ ROOM }}::'
    cargo test --quiet --locked --test it -- tidy::

# All tests, the kill loops small. ARGS: `--test it cards::` or `--lib html::`.
test *ARGS:
    cargo test --locked {{ ARGS }}

# All tests in full size, none skipped. Needs chromium, pdftoppm and zbarimg.
slow *ARGS:
    VAKHTA_TESTS=all cargo test --locked {{ ARGS }}

# Everything that decides whether a change lands.
ci:
    .ci/run

# Tests with the wall clock moved: `just moved-clock +400 burst::`; without WHEN, all that CI runs.
moved-clock *WHEN:
    .ci/moved-clock {{ WHEN }}

# Draws the pictures of the papers; tests/it/pictures/mod.rs says which programs and fonts that needs.
pictures:
    VAKHTA_DRAW_PICTURES=1 cargo test --locked --test it -- pictures::

# Feeds a parser random bytes: answer, catalogue, csv, html, model, page or update. Needs cargo-fuzz.
fuzz TARGET *ARGS:
    mkdir -p fuzz/corpus/{{ TARGET }}
    cargo +nightly fuzz run {{ TARGET }} fuzz/corpus/{{ TARGET }} fuzz/seeds/{{ TARGET }} {{ ARGS }}

# Measures what is promised; PART is one of docs/figures.md.
bench *PART:
    cargo bench --locked -- {{ PART }}

# The documentation of the code, and the handbook as a book where mdBook is installed.
docs:
    RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --document-private-items
    if command -v mdbook >/dev/null; then mdbook build; fi

# Licences, bans, advisories and sources of dependencies. Needs cargo-deny and the network.
deny:
    cargo deny --locked check
