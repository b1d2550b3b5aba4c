//! Tests of the store: on a database file.
