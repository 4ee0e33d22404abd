use std::panic::{self, AssertUnwindSafe};

use super::*;

#[test]
fn is_content_where_nothing_was_to_fail() {
    Scope::new().check().unwrap();
}

#[test]
fn tells_what_has_not_failed_yet_plain() {
    let scope = Scope::new().fail_next("fetch", 5, BUSY);
    scope.run_blocking(|| fetch_plain(&Service::failing(0))).unwrap_err();
    let error = scope.check().unwrap_err();
    assert!(matches!(&error, FaultError::Left { left: 1, .. }));
    assert_eq!(error.to_string(), "attempts of `fetch` that should fail but were not made: 1");
}

#[test]
fn tells_of_a_name_that_no_function_has_plain() {
    let scope = Scope::new().fail_next("fetsch", 1, BUSY);
    scope.run_blocking(|| fetch_plain(&Service::failing(0))).unwrap();
    let error = scope.check().unwrap_err().to_string();
    assert_eq!(error, "attempts of `fetsch` that should fail but were not made: 1");
}

#[test]
fn tells_of_an_error_that_the_function_does_not_return_plain() {
    let scope = Scope::new().fail_next("fetch", 1, || io::Error::other("full"));
    assert_eq!(scope.run_blocking(|| fetch_plain(&Service::failing(0))), Ok(1));
    let Err(FaultError::ErrorType { site, given, returned, .. }) = scope.check() else {
        panic!("{:?}", scope.check());
    };
    assert_eq!((site.as_str(), given), ("shop::fetch", "std::io::error::Error"));
    assert!(returned.ends_with("::Busy"), "{returned}");
}

#[tokio::test]
async fn tells_of_an_error_that_the_function_does_not_return() {
    let scope = Scope::new().fail_next("fetch", 1, || io::Error::other("full"));
    assert_eq!(scope.run(fetch(&Service::failing(0))).await, Ok(1));
    assert!(matches!(scope.check(), Err(FaultError::ErrorType { .. })));
}

#[test]
fn tells_the_first_of_several_plain() {
    let scope = Scope::new()
        .fail_next("fetch", 1, BUSY)
        .fail_next("one", 1, BUSY)
        .fail_next("two", 2, BUSY);
    scope.run_blocking(|| fetch_plain(&Service::failing(0))).unwrap();
    let error = scope.check().unwrap_err().to_string();
    assert_eq!(error, "attempts of `one` that should fail but were not made: 1");
}

#[test]
fn is_content_with_a_share_of_attempts_however_many_failed() {
    Scope::new().fail_sometimes("fetch", 0.5, BUSY).check().unwrap();
}

/// What the end of a scope panics with.
fn at_the_end(scope: Scope) -> Option<String> {
    let end = AssertUnwindSafe(|| drop(scope));
    let panic = catch_unwind(end).err()?;
    Some(panic.downcast::<String>().expect("a message").to_string())
}

#[test]
fn needs_no_call_where_a_name_is_wrong_plain() {
    let scope = Scope::new().fail_next("fetsch", 1, BUSY);
    scope.run_blocking(|| fetch_plain(&Service::failing(0))).unwrap();
    let expected = "`fetsch` should fail, but was not called in the scope";
    assert_eq!(at_the_end(scope).as_deref(), Some(expected));
    let scope = Scope::new().fail_sometimes("fetsch", 0.5, BUSY);
    assert_eq!(at_the_end(scope).as_deref(), Some(expected));
}

#[test]
fn needs_no_call_where_an_error_is_of_another_type_plain() {
    let scope = Scope::new().fail_next("fetch", 1, || io::Error::other("full"));
    assert_eq!(scope.run_blocking(|| fetch_plain(&Service::failing(0))), Ok(1));
    let said = at_the_end(scope).expect("a panic");
    let expected = "`shop::fetch` should fail with `std::io::error::Error`, but returns `";
    assert!(said.starts_with(expected), "{said}");
}

/// More faults than attempts are the way to say "every attempt".
#[test]
fn is_not_needed_where_a_function_failed_less_often_plain() {
    let scope = Scope::new().fail_next("fetch", 9, BUSY);
    scope.run_blocking(|| fetch_plain(&Service::failing(0))).unwrap_err();
    assert_eq!(at_the_end(scope), None);
}

#[test]
fn a_test_that_panics_is_not_aborted_plain() {
    let panic = catch_unwind(|| {
        let _scope = Scope::new().fail_next("fetsch", 1, BUSY).enter();
        panic::resume_unwind(Box::new("the test's own"));
    });
    assert_eq!(panic.unwrap_err().downcast_ref::<&str>(), Some(&"the test's own"));
}
