//! As an annotated function has one.

use super::*;

const ANY: Policy = built(Policy::builder().max(2));

/// The only place that these tests share.
fn here(service: &Service, name: Option<&'static str>) -> Result<u32, Busy> {
    let retry = Retry::new(&ANY);
    match name {
        Some(name) => retry.name(name).run_blocking(|| service.call()),
        None => retry.run_blocking(|| service.call()),
    }
}

fn calls(call: impl Fn(&Service) -> Result<u32, Busy>) -> u32 {
    let service = Service::down();
    for _ in 0..300 {
        call(&service).unwrap_err();
    }
    service.calls()
}

#[test]
fn is_the_same_in_every_call_plain() {
    let _scope = Scope::new().enter();
    assert_eq!(calls(|service| here(service, None)), 300 + 100);
    assert_eq!(calls(|service| here(service, None)), 300);
}

#[test]
fn is_another_under_another_name_plain() {
    let _scope = Scope::new().enter();
    assert_eq!(calls(|service| here(service, Some("one"))), 300 + 100);
    assert_eq!(calls(|service| here(service, Some("other"))), 300 + 100);
    assert_eq!(calls(|service| here(service, Some("one"))), 300);
}

#[test]
fn is_another_in_another_place_plain() {
    let _scope = Scope::new().enter();
    assert_eq!(calls(|service| retry_blocking(&ANY, || service.call())), 300 + 100);
    assert_eq!(calls(|service| retry_blocking(&ANY, || service.call())), 300 + 100);
}

#[test]
fn is_filled_by_success_plain() {
    let _scope = Scope::new().enter();
    let there = |service: &Service| retry_blocking(&ANY, || service.call());
    assert_eq!(calls(there), 300 + 100);
    for _ in 0..5 {
        there(&Service::failing(0)).unwrap();
    }
    assert_eq!(there(&Service::down()), Err(Busy { call: 2 }));
    assert_eq!(there(&Service::down()), Err(Busy { call: 1 }));
}

#[tokio::test(start_paused = true)]
async fn is_the_same_in_every_call() {
    let service = Service::down();
    for _ in 0..300 {
        retry(&ANY, async || service.call()).await.unwrap_err();
    }
    assert_eq!(service.calls(), 300 + 100);
}

#[test]
fn can_be_replaced_plain() {
    let (budget, service) =
        (Budget::builder().capacity(5).retry_cost(5).timeout_cost(5).build(), Service::down());
    let _clock = Scope::new().enter();
    let call = || Retry::new(&ANY).budget(&budget).run_blocking(|| service.call());
    assert_eq!(call(), Err(Busy { call: 2 }));
    assert_eq!(call(), Err(Busy { call: 3 }));
    assert_eq!(budget.available(), 0);
}
