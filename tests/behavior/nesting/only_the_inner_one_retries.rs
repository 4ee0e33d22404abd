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
