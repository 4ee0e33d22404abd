// Called the hook instead of naming it.
use retry_runtime::{OnRetry, retry_on};

#[retry_on(std::io::Error, on_retry = note())]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn note(_: &OnRetry<'_, std::io::Error>) {}

fn main() {}
