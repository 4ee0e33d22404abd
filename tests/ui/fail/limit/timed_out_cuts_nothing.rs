// Believed that `timed_out` is a limit, or that a plain function has one.
use retry_runtime::retry_on;

#[retry_on(_, timed_out = |_| "late")]
async fn read() -> Result<(), &'static str> {
    Ok(())
}

#[retry_on(_, deadline = "1s", timed_out = |_| "late")]
fn read_plain() -> Result<(), &'static str> {
    Ok(())
}

#[retry_on(_, deadline = "1s", timeout = none, timed_out = |_| "late")]
async fn read_to_the_end() -> Result<(), &'static str> {
    Ok(())
}

fn main() {}
