//! What compiles, and what the compiler says where it does not.
//!
//! Every file in `ui/fail` is a mistake, named after it, with the expected message beside
//! it. After a change, look at the difference: `TRYBUILD=overwrite cargo test -p retry-tests
//! --test ui` records them again.

#[test]
fn compiles() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}

#[test]
fn says_what_to_write_instead() {
    trybuild::TestCases::new().compile_fail("ui/fail/*/*.rs");
}
