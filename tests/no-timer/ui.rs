//! The attribute where the runtime has been built without the feature `tokio`.

#[test]
fn compiles() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}

#[test]
fn says_what_to_write_instead() {
    trybuild::TestCases::new().compile_fail("ui/fail/*.rs");
}
