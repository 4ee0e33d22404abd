//! What edition 2024 no longer accepts.

use std::cell::Cell;

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("busy")]
struct Busy;

/// Fails twice, then succeeds.
fn run(attempts: &Cell<u32>) -> Result<(), Busy> {
    attempts.set(attempts.get() + 1);
    if attempts.get() < 3 { Err(Busy) } else { Ok(()) }
}

#[tokio::test(start_paused = true)]
async fn a_word_that_became_a_keyword() {
    #[retry_on(Busy, max = 5, clone(gen))]
    async fn gen(gen: String, attempts: &Cell<u32>) -> Result<Vec<u8>, Busy> {
        let gen = gen.into_bytes();
        run(attempts)?;
        Ok(gen)
    }

    let attempts = Cell::new(0);
    assert_eq!(gen("abc".to_owned(), &attempts).await.unwrap(), b"abc");
    assert_eq!(attempts.get(), 3);
}

#[test]
fn a_word_that_became_a_keyword_plain() {
    #[retry_on(Busy, max = 5)]
    fn gen(mut gen: Vec<u8>, attempts: &Cell<u32>) -> Result<Vec<u8>, Busy> {
        gen.push(2);
        run(attempts)?;
        Ok(gen)
    }

    let _clock = Scope::new().enter();
    let attempts = Cell::new(0);
    assert_eq!(gen(vec![1], &attempts).unwrap(), [1, 2]);
    assert_eq!(attempts.get(), 3);
}

#[test]
fn a_mut_binding_inside_a_reference_is_a_value_plain() {
    #[retry_on(Busy, max = 5)]
    fn sum((mut a, b): &(u64, u64), attempts: &Cell<u32>) -> Result<u64, Busy> {
        a += b;
        run(attempts)?;
        Ok(a)
    }

    let _clock = Scope::new().enter();
    let attempts = Cell::new(0);
    assert_eq!(sum(&(1, 2), &attempts), Ok(3));
    assert_eq!(attempts.get(), 3);
}
