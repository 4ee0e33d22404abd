//! A token is renewed between two attempts, which is async work. An async hook does not compile:
//! `tests/ui/fail/hook/hook_that_is_async.rs`.

use std::sync::atomic::{AtomicU32, Ordering};

use retry_runtime::retry_on;

#[derive(Default)]
struct Token {
    renewed: AtomicU32,
}

impl Token {
    async fn renew(&self) {
        tokio::task::yield_now().await;
        self.renewed.fetch_add(1, Ordering::Relaxed);
    }
}

#[retry_on(_, attempt = attempt)]
async fn call(token: &Token) -> Result<u32, String> {
    if attempt.number() > 1 {
        token.renew().await;
    }
    match token.renewed.load(Ordering::Relaxed) {
        0 => Err("expired".to_owned()),
        renewed => Ok(renewed),
    }
}

#[tokio::test(start_paused = true)]
async fn before_its_second_attempt() {
    assert_eq!(call(&Token::default()).await, Ok(1));
}
