//! What compiles, and what the compiler says about what does not.
//!
//! Each file in `ui/fail` contains the mistake that its name describes. The messages that it must
//! cause are in the `.stderr` file next to it. After a change, record them again with
//! `TRYBUILD=overwrite cargo test -p retry-tests --test ui`, and read the difference.

#[test]
fn compiles() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}

#[test]
fn says_what_to_write_instead() {
    trybuild::TestCases::new().compile_fail("ui/fail/*/*.rs");
}
