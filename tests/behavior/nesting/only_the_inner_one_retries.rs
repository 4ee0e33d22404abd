//! `nested = "inner"`: once the inner one has given up, the outer one does not start again.

use super::*;

inner!();

#[retry_on(Busy, delay = "0ms", budget = none, name = "inner_async")]
async fn inner_async(service: &Service) -> Result<u32, Busy> {
    yield_now().await;
    service.call()
}

#[retry_on(Busy, delay = "0ms", budget = none, nested = "inner", name = "outer")]
fn outer(service: &Service) -> Result<u32, Busy> {
    inner(service)
}

#[retry_on(Busy, delay = "0ms", budget = none, nested = "inner", name = "outer")]
async fn outer_async(service: &Service) -> Result<u32, Busy> {
    yield_now().await;
    let call = inner_async(service).await;
    yield_now().await;
    call
}

/// Retries what it is given: three calls unless something is left over from before.
#[retry_on(Busy, delay = "0ms", budget = none, nested = "inner", name = "another")]
fn another(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, delay = "0ms", budget = none, nested = "inner", name = "another")]
async fn another_async(service: &Service) -> Result<u32, Busy> {
    yield_now().await;
    service.call()
}

const NOT_RETRIED: &str = r#"DEBUG site="outer" attempt=1 max=3 error.type="Busy" error="busy, call 3" reason="nested" since_first_failure=0.0"#;

mod a_task_and_the_attempt_that_polls_it;
mod however_it_gave_up;
mod nothing_is_left_behind;
mod on_three_levels;
mod once_it_has_given_up;
mod the_outer_one_still_retries;

/// A task and the attempt that polls it can call the same function.
#[test]
fn what_a_task_does_hides_nothing_of_the_attempt_that_polls_it() {
    #[retry_on(Busy, delay = "0ms", budget = none)]
    async fn inner(service: Arc<Service>) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, delay = "0ms", nested = "inner")]
    fn outer(service: &Arc<Service>) -> Result<u32, Busy> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let _ = tokio::spawn(inner(Arc::new(Service::down()))).await;
            inner(Arc::clone(service)).await
        })
    }

    assert_eq!(outer(&Arc::new(Service::down())), Err(Busy { call: 3 }));
}

/// Nor do calls on the levels below, however many there were before.
#[test]
fn deeper_calls_hide_nothing_plain() {
    macro_rules! recovers {
        ($($name:ident)*) => {$(
            #[retry_on(Busy, delay = "0ms")]
            fn $name() -> Result<u32, Busy> {
                static SERVICE: Service = Service::failing(1);
                SERVICE.call()
            }
        )*};
    }
    recovers!(a b c d e);

    #[retry_on(Busy)]
    fn middle() -> Result<u32, Busy> {
        d()?;
        e()
    }

    #[retry_on(Busy, delay = "0ms", nested = "inner")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        a()?;
        b()?;
        c()?;
        let call = inner(service);
        middle()?;
        call
    }

    assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
}

#[test]
fn many_others_hide_nothing_plain() {
    macro_rules! others {
        ($($name:ident)*) => {
            fn others() {
                $({
                    #[retry_on(Busy, delay = "0ms")]
                    fn $name(service: &Service) -> Result<u32, Busy> {
                        service.call()
                    }
                    $name(&Service::failing(1)).unwrap();
                })*
            }
        };
    }
    others!(a b c d e f g h);

    #[retry_on(Busy, delay = "0ms", nested = "inner")]
    fn before(service: &Service) -> Result<u32, Busy> {
        others();
        inner(service)
    }

    #[retry_on(Busy, delay = "0ms", nested = "inner")]
    fn after(service: &Service) -> Result<u32, Busy> {
        let call = inner(service);
        others();
        call
    }

    assert_eq!(before(&Service::down()), Err(Busy { call: 3 }));
    assert_eq!(after(&Service::down()), Err(Busy { call: 3 }));
}

#[test]
fn many_others_that_gave_up_hide_nothing_plain() {
    macro_rules! others {
        ($($name:ident)*) => {
            fn others() {
                $({
                    #[retry_on(Busy, max = 1)]
                    fn $name(service: &Service) -> Result<u32, Busy> {
                        service.call()
                    }
                    $name(&Service::down()).unwrap_err();
                })*
            }
        };
    }
    others!(a b c d e f g h);

    #[retry_on(Busy, max = 1)]
    fn before(service: &Service) -> Result<u32, Busy> {
        others();
        outer(service)
    }

    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
    fn after(service: &Service) -> Result<u32, Busy> {
        let call = inner(service);
        others();
        call
    }

    assert_eq!(before(&Service::down()), Err(Busy { call: 3 }));
    assert_eq!(after(&Service::down()), Err(Busy { call: 3 }));
}

/// However many tasks give up before and after it.
#[test]
fn many_tasks_hide_nothing() {
    #[retry_on(Busy, delay = "0ms", budget = none)]
    async fn inner(service: Arc<Service>) -> Result<u32, Busy> {
        service.call()
    }

    async fn tasks() {
        for _ in 0..100 {
            let _ = tokio::spawn(inner(Arc::new(Service::down()))).await;
        }
    }

    #[retry_on(Busy, delay = "0ms", nested = "inner")]
    fn outer(service: &Arc<Service>) -> Result<u32, Busy> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            tasks().await;
            let call = inner(Arc::clone(service)).await;
            tasks().await;
            call
        })
    }

    assert_eq!(outer(&Arc::new(Service::down())), Err(Busy { call: 3 }));
}

/// They run after the attempt, and know nothing of it.
#[test]
fn closures_of_the_attribute_that_make_retried_calls_hide_nothing_plain() {
    fn recovers() -> bool {
        inner(&Service::failing(1)).is_ok()
    }

    #[retry_on(when = |_: &Busy| recovers(), delay = "0ms", budget = none, nested = "inner")]
    fn by_when(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    #[retry_on(_, unless = |_: &Busy| !recovers(), delay = "0ms", budget = none, nested = "inner")]
    fn by_unless(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    fn hint(_: &Busy) -> Option<std::time::Duration> {
        recovers().then_some(std::time::Duration::ZERO)
    }

    #[retry_on(_, hint = hint, delay = "0ms", budget = none, nested = "inner")]
    fn by_hint(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    for outer in [by_when, by_unless, by_hint] {
        assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
    }
}

#[tokio::test(start_paused = true)]
async fn closures_of_the_attribute_that_make_retried_calls_hide_nothing() {
    #[retry_on(
        when = |_: &Busy| inner(&Service::failing(1)).is_ok(),
        delay = "0ms",
        budget = none,
        nested = "inner"
    )]
    async fn outer(service: &Service) -> Result<u32, Busy> {
        inner_async(service).await
    }

    assert_eq!(outer(&Service::down()).await, Err(Busy { call: 3 }));
}
