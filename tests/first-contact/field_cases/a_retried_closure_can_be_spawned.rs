//! The README's function, and others that borrow, in `tokio::spawn`. `closures.rs` has many more.

use std::io;

use retry_runtime::{Policy, Retry, retry, retry_on};

async fn length(path: &str) -> io::Result<usize> {
    let mut calls = 0;
    let content = retry(&Policy::DEFAULT, || {
        calls += 1;
        async { std::fs::read_to_string(path) }
    });
    Ok(content.await?.len())
}

/// An async closure that changes what it holds lends it to each attempt.
async fn length_with_an_async_closure(path: String) -> io::Result<usize> {
    let mut calls = 0;
    let content = Retry::new(&Policy::DEFAULT).run_lending(async move || {
        calls += 1;
        std::fs::read_to_string(&path)
    });
    Ok(content.await?.len())
}

struct Client;

impl Client {
    async fn get(&self, key: &str) -> Result<String, String> {
        tokio::task::yield_now().await;
        Ok(key.to_owned())
    }
}

async fn get(client: &Client, key: &str) -> Result<String, String> {
    retry(&Policy::DEFAULT, || client.get(key)).await
}

#[retry_on(_)]
async fn of_ones_own<T, F: Future<Output = Result<T, String>>>(
    f: impl Fn() -> F,
) -> Result<T, String> {
    f().await
}

async fn get_by_way_of_that(client: &Client, key: &str) -> Result<String, String> {
    of_ones_own(|| client.get(key)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_it_borrows() {
    let spawned = tokio::spawn(length("Cargo.toml"));
    assert!(spawned.await.expect("no panic").is_ok_and(|length| length > 0));
    let spawned = tokio::spawn(length_with_an_async_closure("Cargo.toml".to_owned()));
    assert!(spawned.await.expect("no panic").is_ok_and(|length| length > 0));
    let spawned = tokio::spawn(async { get(&Client, "k").await });
    assert_eq!(spawned.await.expect("no panic").as_deref(), Ok("k"));
    let spawned = tokio::spawn(async { get_by_way_of_that(&Client, "k").await });
    assert_eq!(spawned.await.expect("no panic").as_deref(), Ok("k"));
}
