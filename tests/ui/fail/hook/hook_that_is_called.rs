// Called the hook instead of naming it.
use retry_runtime::{Retrying, retry_on};

#[retry_on(std::io::Error, on_retry = note())]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn note(_: &Retrying<'_, std::io::Error>) {}

fn main() {}
