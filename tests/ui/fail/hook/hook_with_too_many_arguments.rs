// Guessed what a hook is told.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, on_retry = |error, pause| eprintln!("{error} {pause:?}"))]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, on_give_up = |error, reason| eprintln!("{error} {reason:?}"))]
async fn read_later() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
