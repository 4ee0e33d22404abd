//! Attempts that fail before their bodies run.

use super::*;

#[tokio::test]
async fn as_often_as_the_test_says() {
    let (scope, service) = (Scope::new().fail_next("fetch", 2, BUSY), Service::failing(0));
    assert_eq!(scope.run(fetch(&service)).await, Ok(1));
    assert_eq!(scope.pauses().len(), 2);
    scope.check().unwrap();
}

#[test]
fn as_often_as_the_test_says_plain() {
    let (scope, service) = (Scope::new().fail_next("fetch", 2, BUSY), Service::failing(0));
    assert_eq!(scope.run_blocking(|| fetch_plain(&service)), Ok(1));
    assert_eq!(scope.pauses().len(), 2);
    scope.check().unwrap();
}

#[test]
fn without_running_the_body_plain() {
    let (scope, service) = (Scope::new().fail_next("fetch", 9, BUSY), Service::failing(0));
    assert_eq!(scope.run_blocking(|| fetch_plain(&service)), Err(Busy { call: 0 }));
    assert_eq!(service.calls(), 0);
}

#[test]
fn over_several_calls_plain() {
    let (scope, service) = (Scope::new().fail_next("fetch", 5, BUSY), Service::failing(0));
    scope.run_blocking(|| {
        assert_eq!(fetch_plain(&service), Err(Busy { call: 0 }));
        assert_eq!(fetch_plain(&service), Ok(1));
    });
    scope.check().unwrap();
}

#[test]
fn with_what_the_closure_makes_each_time_plain() {
    let mut call = 40;
    let scope = Scope::new().fail_next("fetch", 4, move || {
        call += 1;
        Busy { call }
    });
    let service = Service::failing(0);
    assert_eq!(scope.run_blocking(|| fetch_plain(&service)), Err(Busy { call: 44 }));
}

#[test]
fn one_fault_after_the_other_plain() {
    let scope =
        Scope::new()
            .fail_next("fetch", 1, || Busy { call: 10 })
            .fail_next("fetch", 1, || Busy { call: 20 });
    scope.run_blocking(|| fetch_plain(&Service::failing(0))).unwrap();
    let texts: Vec<_> =
        scope.events().iter().map(|event| event.error().map(str::to_owned)).collect();
    assert_eq!(texts[..2], [Some("busy, call 10".to_owned()), Some("busy, call 20".to_owned())]);
}

#[test]
fn only_inside_the_scope_plain() {
    let scope = Scope::new().fail_next("fetch", 9, BUSY);
    assert_eq!(fetch_plain(&Service::failing(0)), Ok(1));
    let beside = Scope::new();
    assert_eq!(beside.run_blocking(|| fetch_plain(&Service::failing(0))), Ok(1));
    scope.check().unwrap_err();
}

#[test]
fn although_the_error_is_not_selected_plain() {
    #[retry_on(io::Error)]
    fn fetch() -> Result<(), Busy> {
        Ok(())
    }

    let scope = Scope::new().fail_next("fetch", 1, BUSY);
    assert_eq!(scope.run_blocking(fetch), Err(Busy { call: 0 }));
    assert_eq!(scope.events()[0].reason(), Some(EndReason::NotRetryable));
}

#[tokio::test]
async fn of_methods_below_async_trait() {
    #[async_trait]
    trait Fetch {
        async fn fetch(&self) -> Result<u32, Busy>;
    }

    struct Client;

    #[async_trait]
    impl Fetch for Client {
        #[retry_on(Busy)]
        async fn fetch(&self) -> Result<u32, Busy> {
            Ok(7)
        }
    }

    let scope = Scope::new().fail_next("fetch", 2, BUSY);
    assert_eq!(scope.run(Client.fetch()).await, Ok(7));
    assert_eq!(scope.events().len(), 3);
    scope.check().unwrap();
}

#[test]
fn of_functions_with_a_type_parameter_plain() {
    #[retry_on(_)]
    fn fetch<T: Default, E: Error + 'static>() -> Result<T, E> {
        Ok(T::default())
    }

    let scope = Scope::new().fail_next("fetch", 2, BUSY);
    assert_eq!(scope.run_blocking(fetch::<u32, Busy>), Ok(0));
    scope.check().unwrap();
}
