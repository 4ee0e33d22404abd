// Swapped the hooks.
use retry_runtime::{OnGiveUp, OnRetry, retry_on};

#[retry_on(std::io::Error, on_retry = alert, on_give_up = note)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn note(_: &OnRetry<'_, std::io::Error>) {}

fn alert(_: &OnGiveUp<'_, std::io::Error>) {}

fn main() {}
