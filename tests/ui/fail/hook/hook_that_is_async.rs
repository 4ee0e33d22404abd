// Believed that a hook can wait.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, on_retry = async |_| reconnect().await)]
async fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, on_give_up = |_| async { reconnect().await })]
async fn read_again() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, hint = |_| async move { None })]
async fn read_later() -> std::io::Result<()> {
    Ok(())
}

async fn reconnect() {}

fn main() {}
