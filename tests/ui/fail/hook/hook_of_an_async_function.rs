// Believed that a hook can be an async function.
use retry_runtime::{OnGiveUp, OnRetry, retry_on};

async fn note(retry: &OnRetry<'_, std::io::Error>) {
    println!("{}", retry.attempt());
}

async fn alert(_: &OnGiveUp<'_, std::io::Error>) {}

#[retry_on(std::io::Error, on_retry = note, on_give_up = alert)]
async fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
