//! Those of tokio-util, which many programs shut down by.

use super::*;

#[tokio::test(start_paused = true)]
async fn ends_a_pause_when_it_is_cancelled() {
    let (token, service, start) = (CancellationToken::new(), Service::down(), Instant::now());
    let stop = Stop::from(token.clone());
    let cancelled = async {
        sleep(1000 * MS).await;
        token.cancel();
    };
    let (call, ()) = tokio::join!(stop.scope(fetch(&service)), cancelled);
    assert_eq!((call, start.elapsed()), (Err(Busy { call: 1 }), 1000 * MS));
}

#[test]
fn lets_no_retry_start_once_it_is_cancelled_plain() {
    let token = CancellationToken::new();
    token.cancel();
    let stop = Stop::from(token);
    let call = stop.scope_blocking(|| fetch_plain(&Service::failing(1)));
    assert_eq!(call, Err(Busy { call: 1 }));
}

#[test]
fn wakes_a_thread_plain() {
    let (token, service) = (CancellationToken::new(), Service::failing(1));
    let stop = Stop::from(token.clone());
    let call = thread::scope(|scope| {
        scope.spawn(|| {
            while service.calls() == 0 {
                thread::yield_now();
            }
            thread::sleep(5 * MS);
            token.cancel();
        });
        stop.scope_blocking(|| fetch_plain(&service))
    });
    assert_eq!(call, Err(Busy { call: 1 }));
}

#[test]
fn is_cancelled_when_the_stop_is_requested() {
    let token = CancellationToken::new();
    let stop = Stop::from(token.clone());
    assert!(!stop.is_requested());
    stop.request();
    assert!(token.is_cancelled() && stop.is_requested());
}

#[test]
fn of_a_parent_stops_the_child_plain() {
    let parent = CancellationToken::new();
    let stop = Stop::from(parent.child_token());
    parent.cancel();
    let call = stop.scope_blocking(|| fetch_plain(&Service::down()));
    assert_eq!(call, Err(Busy { call: 1 }));
}
