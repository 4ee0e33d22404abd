//! Then there is nothing to return, and there is one more attempt to tell.

use super::*;

#[retry_on(_, delay = "1h", max_delay = "1h", jitter = none)]
async fn local(service: &Service) -> Result<u32, Rc<Busy>> {
    service.call().map_err(Rc::new)
}

#[retry_on(_, delay = "1h", max_delay = "1h", jitter = none)]
fn local_plain(service: &Service) -> Result<u32, Rc<Busy>> {
    service.call().map_err(Rc::new)
}

#[tokio::test(start_paused = true)]
async fn is_followed_by_one_more_attempt_at_once() {
    let (stop, service, start) = (Stop::new(), Service::down(), Instant::now());
    let (call, ()) = tokio::join!(stop.scope(local(&service)), request_after(&stop, 1000 * MS));
    assert_eq!(call, Err(Rc::new(Busy { call: 2 })));
    assert_eq!(start.elapsed(), 1000 * MS);
}

/// A thread can keep anything.
#[test]
fn is_kept_by_a_thread_plain() {
    #[retry_on(_, on_retry = |_| stop.request())]
    fn local(service: &Service, stop: &Stop) -> Result<u32, Rc<Busy>> {
        service.call().map_err(Rc::new)
    }

    let (stop, _clock) = (Stop::new(), Scope::new().enter());
    let call = stop.scope_blocking(|| local(&Service::down(), &stop));
    assert_eq!(call, Err(Rc::new(Busy { call: 1 })));
}

#[test]
fn comes_back_where_the_stop_is_requested_before_the_pause_plain() {
    let call = requested().scope_blocking(|| local_plain(&Service::down()));
    assert_eq!(call, Err(Rc::new(Busy { call: 1 })));
}
