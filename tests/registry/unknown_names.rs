//! With every function known, settings for a name that none has are an error.
#![forbid(unsafe_code)]

use retry_runtime::overrides::{self, OverridesError, Settings};
use retry_runtime::testing::Scope;
use retry_runtime::{Policy, Retry, retry_on, sites};

#[retry_on(_, name = "orders::fetch")]
fn fetch(calls: &mut u32) -> Result<(), String> {
    *calls += 1;
    Err("busy".to_owned())
}

#[retry_on(_, jitter = none, name = "orders::store")]
fn store() -> Result<(), String> {
    Ok(())
}

/// One test, because the process has one set of settings.
#[test]
fn settings_are_checked_against_all_functions() {
    let _clock = Scope::new().enter();
    let error = overrides::set("orders::fech", Settings::new().max(2)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "code: no annotated function is named `orders::fech`; known names: orders::fetch, orders::store"
    );
    let error = overrides::load_toml("[\"order::*\"]\nmax = 2\n", "retries.toml").unwrap_err();
    assert_eq!(
        error.to_string(),
        "retries.toml: no annotated function is named `order::*`; known names: orders::fetch, \
         orders::store"
    );
    match error {
        OverridesError::Unknown { known, .. } => {
            assert_eq!(known, ["orders::fetch", "orders::store"]);
        }
        error => panic!("{error:?}"),
    }
    // All or none, also where the first table is right.
    let text = "[\"orders::fetch\"]\nmax = 9\n[\"other\"]\nmax = 2\n";
    overrides::load_toml(text, "retries.toml").unwrap_err();
    let mut calls = 0;
    fetch(&mut calls).unwrap_err();
    assert_eq!(calls, 3);

    // Before its first call, what does not fit is an error.
    let text = "[\"orders::*\"]\nmax = 2\nmax_delay = \"1ms\"\n";
    let error = overrides::load_toml(text, "retries.toml").unwrap_err();
    assert!(matches!(error, OverridesError::Unfit { .. }), "{error:?}");

    overrides::load_toml("[\"orders::*\"]\nmax = 2\n", "retries.toml").unwrap();
    let sites = sites();
    assert!(sites.iter().all(|site| site.policy().starts_with("at most 2 calls")), "{sites}");
    store().unwrap();
    let mut calls = 0;
    fetch(&mut calls).unwrap_err();
    assert_eq!(calls, 2);

    // A closure is known once it has failed.
    let retry = Retry::new(&Policy::DEFAULT).name("a closure");
    overrides::set("a closure", Settings::new().max(2)).unwrap_err();
    retry.clone().run_blocking(|| Err::<(), _>("busy")).unwrap_err();
    overrides::set("a closure", Settings::new().max(2)).unwrap();
    let mut calls = 0;
    let counted = retry.run_blocking(|| {
        calls += 1;
        Err::<(), _>("busy")
    });
    counted.unwrap_err();
    assert_eq!(calls, 2);
}
