#[test]
fn is_left_to_the_file_again_plain() {
    use super::{Board, Scope, Service, overrides, shop};

    let calls = || {
        let (scope, service) = (Scope::new(), Service::down());
        scope.run_blocking(|| shop::fetch_plain(&service)).unwrap_err();
        service.calls()
    };
    let _board = Board::empty();
    overrides::load_toml("enabled = false", "retries.toml").unwrap();
    assert_eq!(calls(), 1);
    overrides::set_enabled(Some(true));
    assert_eq!(calls(), 3);
    overrides::set_enabled(None);
    assert_eq!(calls(), 1);
}

use super::*;

const OFF: &str = r#"ERROR site="shop::fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" reason="disabled" since_first_failure=0.0"#;

#[test]
fn ends_every_call_after_its_first_attempt_with_an_error_in_the_log() {
    let _board = Board::empty();
    overrides::set_enabled(Some(false));
    let recorder = Recorder::start();
    assert_eq!(Went::now(), went(1, [], "disabled"));
    let lines: Vec<_> =
        recorder.lines().into_iter().filter(|line| line.starts_with("ERROR")).collect();
    assert_eq!(lines, [OFF, OFF], "of the async and of the plain function");
    let gave_up = recorder.events().into_iter().find(|event| event.level == Level::ERROR);
    let message = gave_up.unwrap().message;
    assert!(message.contains("retries are switched off"), "{message}");
}

#[test]
fn leaves_success_alone() {
    let _board = Board::empty();
    overrides::set_enabled(Some(false));
    assert_eq!(shop::fetch_plain(&Service::failing(0)), Ok(1));
    assert_eq!(wait(shop::fetch(&Service::failing(0))), Ok(1));
}

#[test]
fn ends_polling_too() {
    #[retry_on(until = |calls: &u32| *calls >= 9, max = 20)]
    async fn poll(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(until = |calls: &u32| *calls >= 9, max = 20)]
    fn poll_plain(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (_board, _clock) = (Board::empty(), Scope::new().enter());
    overrides::set_enabled(Some(false));
    assert_eq!(wait(poll(&Service::failing(0))), Ok(1));
    assert_eq!(poll_plain(&Service::failing(0)), Ok(1));
    overrides::set_enabled(Some(true));
    assert_eq!(wait(poll(&Service::failing(0))), Ok(9));
    assert_eq!(poll_plain(&Service::failing(0)), Ok(9));
}

#[test]
fn stands_in_the_file_and_code_overrules_it() {
    let _board = Board::empty();
    overrides::load_toml("enabled = false", "retries.toml").unwrap();
    assert_eq!(Went::now(), went(1, [], "disabled"));
    overrides::set_enabled(Some(true));
    assert_eq!(Went::now(), as_declared());
    overrides::set_enabled(Some(false));
    assert_eq!(Went::now(), went(1, [], "disabled"));
    overrides::load_toml("enabled = true", "retries.toml").unwrap();
    assert_eq!(Went::now(), went(1, [], "disabled"), "code wins");
}

#[test]
fn is_not_overruled_by_name() {
    let _board = Board::empty();
    overrides::set("shop::fetch", Policy::builder().enabled(true)).unwrap();
    overrides::load_toml("enabled = false", "retries.toml").unwrap();
    assert_eq!(Went::now(), went(1, [], "disabled"));
}

#[test]
fn switches_nothing_on_that_is_off_by_name() {
    let _board = Board::empty();
    overrides::set("shop::*", Policy::builder().enabled(false)).unwrap();
    overrides::set_enabled(Some(true));
    assert_eq!(Went::now(), went(1, [], "disabled"));
}

/// In an incident nothing may prevent it.
#[test]
fn works_also_where_other_settings_do_not_fit() {
    #[retry_on(Busy, name = "unfit before off")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (_board, _clock) = (Board::empty(), Scope::new().enter());
    overrides::set("unfit before off", Policy::builder().max_delay(MS)).unwrap();
    assert_eq!(fetch(&Service::down()), Err(Busy { call: 3 }), "it does not fit, and is ignored");
    overrides::set_enabled(Some(false));
    assert_eq!(fetch(&Service::down()), Err(Busy { call: 1 }));
    assert_eq!(Went::now(), went(1, [], "disabled"));
    overrides::set_enabled(Some(true));
    assert_eq!(fetch(&Service::down()), Err(Busy { call: 3 }));
}

#[test]
fn counts_such_calls_for_themselves() {
    #[retry_on(Busy, name = "counted when off")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let _board = Board::empty();
    overrides::set_enabled(Some(false));
    fetch(&Service::down()).unwrap_err();
    let sites = sites();
    let site = sites.get("counted when off").unwrap();
    assert_eq!((site.ended(EndReason::Disabled), site.gave_up(), site.retries()), (1, 1, 0));
    assert_eq!(site.budget().to_string(), "500 of 500");
}
