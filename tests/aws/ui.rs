//! What the compiler says to a mistake above a call of the SDK: with the feature `aws`, an error is
//! asked for its code in more ways than without.

#[test]
fn says_what_to_write_instead() {
    trybuild::TestCases::new().compile_fail("ui/fail/*.rs");
}
