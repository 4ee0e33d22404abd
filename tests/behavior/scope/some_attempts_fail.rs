use super::*;

/// Which of a thousand calls of a function without retries fail.
fn failed(scope: &Scope) -> Vec<bool> {
    #[retry_on(Busy, max = 1)]
    fn once() -> Result<(), Busy> {
        Ok(())
    }

    scope.run_blocking(|| (0..1000).map(|_| once().is_err()).collect())
}

fn share(share: f64) -> usize {
    let scope = Scope::new().seed(7).fail_sometimes("once", share, BUSY);
    scope.check().unwrap();
    failed(&scope).into_iter().filter(|failed| *failed).count()
}

#[test]
fn as_large_a_share_as_the_test_says_plain() {
    assert!((250..350).contains(&share(0.3)), "{} of 1000", share(0.3));
    assert_eq!((share(0.0), share(1.0)), (0, 1000));
}

#[test]
fn none_or_all_where_the_share_is_no_share_plain() {
    assert_eq!((share(-1.0), share(f64::NEG_INFINITY), share(f64::NAN)), (0, 0, 0));
    assert_eq!((share(2.0), share(f64::INFINITY)), (1000, 1000));
}

#[test]
fn the_same_ones_for_the_same_seed_plain() {
    let seeded = |seed| failed(&Scope::new().seed(seed).fail_sometimes("once", 0.5, BUSY));
    assert_eq!(seeded(7), seeded(7));
    assert_ne!(seeded(7), seeded(8));
}

#[tokio::test]
async fn and_retries_bring_most_of_them_through() {
    let scope = Scope::new().seed(7).fail_sometimes("fetch", 0.2, BUSY);
    let service = Service::failing(0);
    let mut succeeded = 0;
    for _ in 0..200 {
        succeeded += u32::from(scope.run(fetch(&service)).await.is_ok());
    }
    assert!(succeeded >= 195, "{succeeded} of 200");
    assert!(scope.pauses().len() > 20, "{} retries", scope.pauses().len());
}
