use super::*;

#[test]
fn each_can_stop_it_plain() {
    let (outer, inner) = (Stop::new(), requested());
    let nested = |outer: &Stop, inner: &Stop| {
        outer.scope_blocking(|| inner.scope_blocking(|| fetch_plain(&Service::down())))
    };
    let _clock = Scope::new().enter();
    assert_eq!(nested(&outer, &inner), Err(Busy { call: 1 }));
    assert_eq!(nested(&inner, &outer), Err(Busy { call: 1 }));
    assert_eq!(nested(&outer, &outer), Err(Busy { call: 3 }));
}

#[tokio::test(start_paused = true)]
async fn each_can_end_its_pause() {
    for requests_outer in [true, false] {
        let (outer, inner, service) = (Stop::new(), Stop::new(), Service::down());
        let start = Instant::now();
        let call = outer.scope(inner.scope(fetch(&service)));
        let requested = if requests_outer { &outer } else { &inner };
        let (call, ()) = tokio::join!(call, request_after(requested, 1000 * MS));
        assert_eq!((call, start.elapsed()), (Err(Busy { call: 1 }), 1000 * MS));
    }
}

#[test]
fn the_inner_one_ends_first_plain() {
    let (outer, inner) = (Stop::new(), requested());
    let _clock = Scope::new().enter();
    outer.scope_blocking(|| {
        inner.scope_blocking(|| fetch_plain(&Service::down())).unwrap_err();
        assert_eq!(fetch_plain(&Service::down()), Err(Busy { call: 3 }));
    });
}

/// Each poll enters and leaves its own.
#[tokio::test(start_paused = true)]
async fn joined_futures_do_not_mix_theirs() {
    let (one, other) = (Stop::new(), Stop::new());
    let services = [Service::down(), Service::down()];
    let start = Instant::now();
    let (stopped, retried, ()) = tokio::join!(
        one.scope(fetch(&services[0])),
        other.scope(fetch(&services[1])),
        request_after(&one, 1000 * MS),
    );
    assert_eq!((stopped, retried), (Err(Busy { call: 1 }), Err(Busy { call: 3 })));
    assert_eq!(start.elapsed(), 2 * 3_600_000 * MS);
}
