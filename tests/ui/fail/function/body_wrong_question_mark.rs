// Believed that `?` converts every error.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
#[error("busy")]
struct Busy;

fn call() -> Result<(), std::fmt::Error> {
    Ok(())
}

#[retry_on(Busy, max = 3)]
fn read() -> Result<(), Busy> {
    call()?;
    Ok(())
}

#[retry_on(Busy, max = 3)]
async fn read_later() -> Result<(), Busy> {
    call()?;
    Ok(())
}

fn main() {}
