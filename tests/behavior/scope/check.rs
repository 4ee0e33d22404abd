use super::*;

#[test]
fn is_content_where_nothing_was_to_fail() {
    Scope::new().check().unwrap();
}

#[test]
fn tells_what_has_not_failed_yet_plain() {
    let scope = Scope::new().fail("fetch", 5, BUSY);
    scope.run_blocking(|| fetch_plain(&Service::failing(0))).unwrap_err();
    let error = scope.check().unwrap_err();
    assert!(matches!(&error, FaultError::Left { left: 1, .. }));
    assert_eq!(error.to_string(), "attempts of `fetch` that should fail but were not made: 1");
}

#[test]
fn tells_of_a_name_that_no_function_has_plain() {
    let scope = Scope::new().fail("fetsch", 1, BUSY);
    scope.run_blocking(|| fetch_plain(&Service::failing(0))).unwrap();
    let error = scope.check().unwrap_err().to_string();
    assert_eq!(error, "attempts of `fetsch` that should fail but were not made: 1");
}

#[test]
fn tells_of_an_error_that_the_function_does_not_return_plain() {
    let scope = Scope::new().fail("fetch", 1, || io::Error::other("full"));
    assert_eq!(scope.run_blocking(|| fetch_plain(&Service::failing(0))), Ok(1));
    let Err(FaultError::ErrorType { site, given, returned, .. }) = scope.check() else {
        panic!("{:?}", scope.check());
    };
    assert_eq!((site.as_str(), given), ("shop::fetch", "std::io::error::Error"));
    assert!(returned.ends_with("::Busy"), "{returned}");
}

#[tokio::test]
async fn tells_of_an_error_that_the_function_does_not_return() {
    let scope = Scope::new().fail("fetch", 1, || io::Error::other("full"));
    assert_eq!(scope.run(fetch(&Service::failing(0))).await, Ok(1));
    assert!(matches!(scope.check(), Err(FaultError::ErrorType { .. })));
}

#[test]
fn tells_the_first_of_several_plain() {
    let scope = Scope::new().fail("fetch", 1, BUSY).fail("one", 1, BUSY).fail("two", 2, BUSY);
    scope.run_blocking(|| fetch_plain(&Service::failing(0))).unwrap();
    let error = scope.check().unwrap_err().to_string();
    assert_eq!(error, "attempts of `one` that should fail but were not made: 1");
}

#[test]
fn is_content_with_a_share_of_attempts_however_many_failed() {
    Scope::new().fail_sometimes("fetch", 0.5, BUSY).check().unwrap();
}
