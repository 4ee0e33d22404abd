// Forgot that a hook is told something.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, on_retry = note, on_give_up = || alert())]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, on_retry = || note(), on_give_up = alert)]
async fn read_later() -> std::io::Result<()> {
    Ok(())
}

fn note() {}

fn alert() {}

fn main() {}
