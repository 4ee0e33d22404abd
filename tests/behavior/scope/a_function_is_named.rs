//! As in logs, or by the end of that.

use super::*;

/// How many attempts fail of a function that is called like this.
fn failed(name: &str) -> usize {
    let scope = Scope::new().fail_next(name, 1, BUSY);
    scope.run_blocking(|| fetch_plain(&Service::failing(0))).unwrap();
    let failed = scope.pauses().len();
    assert_eq!(scope.check().is_ok(), failed == 1);
    failed
}

#[test]
fn by_its_whole_name_or_by_the_end_of_it_plain() {
    assert_eq!(failed("shop::fetch"), 1);
    assert_eq!(failed("fetch"), 1);
}

#[test]
fn by_nothing_less_than_a_word_plain() {
    for name in ["etch", "h", "", "::fetch", "op::fetch", "shop", "shop::", "Fetch", "fetch "] {
        assert_eq!(failed(name), 0, "{name:?}");
    }
    assert_eq!(failed("my::shop::fetch"), 0);
}

#[test]
fn by_its_path_where_it_has_no_name_of_its_own_plain() {
    #[retry_on(Busy)]
    fn order() -> Result<(), Busy> {
        Ok(())
    }

    for name in
        ["order", "a_function_is_named::order", "behavior::scope::a_function_is_named::order"]
    {
        let scope = Scope::new().fail_next(name, 1, BUSY);
        scope.run_blocking(order).unwrap();
        assert_eq!(scope.pauses().len(), 1, "{name}");
    }
}

/// A closure has no return type to make an error for, and none is injected.
#[test]
fn and_a_closure_is_not_plain() {
    let scope = Scope::new().fail_next("closure", 1, BUSY);
    let policy = retry_runtime::Policy::DEFAULT;
    let call = || Retry::new(&policy).name("closure").run_blocking(|| Ok::<_, Busy>(7));
    assert_eq!(scope.run_blocking(call), Ok(7));
    let left = scope.check().unwrap_err().to_string();
    assert_eq!(left, "attempts of `closure` that should fail but were not made: 1");
}
