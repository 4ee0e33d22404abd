use super::*;

#[test]
fn settings_hold_from_the_next_failure_on() {
    #[retry_on(Busy, max = 9, jitter = none, name = "middle")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        if service.calls() == 1 {
            overrides::set("middle", Policy::builder().max(4).delay(MS)).unwrap();
        }
        service.call()
    }

    let _board = Board::empty();
    let (scope, service) = (Scope::new(), Service::down());
    scope.run_blocking(|| fetch(&service)).unwrap_err();
    assert_eq!(Went::of(&scope, &service), went(4, [100, 2, 4], "max_attempts"));
}

#[test]
fn the_switch_ends_the_call_at_its_next_failure() {
    #[retry_on(Busy, max = 9, name = "switched in the middle")]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        if service.calls() == 2 {
            overrides::set_enabled(Some(false));
        }
        service.call()
    }

    let _board = Board::empty();
    let (scope, service) = (Scope::new(), Service::down());
    wait(scope.run(fetch(&service))).unwrap_err();
    assert_eq!(Went::of(&scope, &service).calls, 3);
    assert_eq!(Went::of(&scope, &service).reason, Some("disabled"));
}

#[test]
fn fewer_attempts_than_were_made_end_the_call_with_its_next_failure() {
    #[retry_on(Busy, max = 9, name = "fewer in the middle")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        if service.calls() == 4 {
            overrides::set("fewer in the middle", Policy::builder().max(2)).unwrap();
        }
        service.call()
    }

    let _board = Board::empty();
    let (scope, service) = (Scope::new(), Service::down());
    scope.run_blocking(|| fetch(&service)).unwrap_err();
    assert_eq!(service.calls(), 5);
}
