// Believed that a hook is told the error alone.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, on_retry = note)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, on_give_up = note)]
async fn read_later() -> std::io::Result<()> {
    Ok(())
}

fn note(_: &std::io::Error) {}

#[retry_on(std::io::Error, on_retry = |error| eprintln!("{}", error.kind()))]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
