// Swapped the hooks.
use retry_runtime::{GaveUp, Retrying, retry_on};

#[retry_on(std::io::Error, on_retry = alert, on_give_up = note)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn note(_: &Retrying<'_, std::io::Error>) {}

fn alert(_: &GaveUp<'_, std::io::Error>) {}

fn main() {}
