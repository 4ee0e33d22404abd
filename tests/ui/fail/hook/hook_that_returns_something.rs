// Believed that a hook has a say.
use retry_runtime::{OnRetry, retry_on};

#[retry_on(std::io::Error, on_retry = goes_on)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn goes_on(retry: &OnRetry<'_, std::io::Error>) -> bool {
    retry.attempt() < 5
}

#[retry_on(std::io::Error, on_retry = |retry| retry.attempt() < 5)]
async fn read_later() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
