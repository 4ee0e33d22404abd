//! Every annotated function is listed before any is called.
#![forbid(unsafe_code)]

#[expect(dead_code, unreachable_pub, reason = "most of them are never called")]
mod functions;

use retry_runtime::{retry_on, sites};

const FUNCTIONS: [&str; 13] = [
    "associated",
    "asynchronous",
    "boxed",
    "by_a_macro",
    "generic",
    "in_a_block",
    "in_a_closure",
    "method",
    "named by hand",
    "plain",
    "provided",
    "required",
    "within_the_test",
];

/// The last name of each.
fn listed() -> Vec<String> {
    let last = |name: &str| name.rsplit("::").next().unwrap_or_default().to_owned();
    let mut names: Vec<_> = sites().iter().map(|site| last(site.site())).collect();
    names.sort();
    names
}

#[test]
fn before_any_call_and_once_after_it() {
    #[retry_on(_, delay = "0ms")]
    fn within_the_test(calls: &mut u32) -> Result<(), String> {
        *calls += 1;
        Err("busy".to_owned())
    }

    assert_eq!(listed(), FUNCTIONS);
    let module = module_path!();
    let sites_before = sites();
    let site = |name: &str| {
        let name = format!("{module}::functions::{name}");
        sites_before.iter().find(|site| site.site() == name).cloned().unwrap()
    };
    let plain = site("plain");
    assert!(plain.file().ends_with("functions.rs") && plain.line() > 1, "{plain:?}");
    assert_eq!(plain.selectors(), ["_"]);
    assert_eq!(plain.budget().to_string(), "500 of 500");
    assert!(site("asynchronous").policy().starts_with("at most 5 calls: 1 + 4 retries"));

    let mut calls = 0;
    within_the_test(&mut calls).unwrap_err();
    functions::plain().unwrap();
    functions::generic::<_, 3>(&1).unwrap();
    functions::generic::<_, 3>(&2_u64).unwrap();
    functions::around().unwrap();
    assert_eq!(listed(), FUNCTIONS, "each is listed once");
    let retried = sites().iter().find(|site| site.retries() > 0).cloned().unwrap();
    assert!(retried.site().ends_with("within_the_test"), "{retried:?}");
    assert_eq!((calls, retried.retries(), retried.gave_up()), (3, 2, 1));
}
