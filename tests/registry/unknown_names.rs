//! With every function known, settings for a name that none has are told, and change nothing.
#![forbid(unsafe_code)]

use retry_runtime::overrides::{self, OverridesError};
use retry_runtime::testing::Scope;
use retry_runtime::{Policy, Retry, retry_on, sites};
use retry_tests::Recorder;

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
    let recorder = Recorder::start();
    overrides::set("orders::fech", Policy::builder().max(2)).unwrap();
    overrides::load_toml("[\"order::*\"]\nmax = 2\n", "retries.toml").unwrap();
    // What was told once is not told again.
    overrides::set("orders::fech", Policy::builder().max(2)).unwrap();
    let told: Vec<_> = recorder
        .events()
        .into_iter()
        .map(|event| {
            assert_eq!(
                event.message,
                "no annotated function has this name; known names: orders::fetch, orders::store"
            );
            let field = |name| event.field(name).unwrap_or_default().to_owned();
            (event.level.to_string(), field("pattern"), field("settings"))
        })
        .collect();
    let warned = |pattern: &str, settings: &str| {
        ("WARN".to_owned(), pattern.to_owned(), settings.to_owned())
    };
    assert_eq!(told, [warned("orders::fech", "code"), warned("order::*", "retries.toml")]);
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
    overrides::set("a closure", Policy::builder().max(2)).unwrap();
    overrides::unset("a closure");
    retry.clone().run_blocking(|| Err::<(), _>("busy")).unwrap_err();
    overrides::set("a closure", Policy::builder().max(2)).unwrap();
    let mut calls = 0;
    let counted = retry.run_blocking(|| {
        calls += 1;
        Err::<(), _>("busy")
    });
    counted.unwrap_err();
    assert_eq!(calls, 2);
}
