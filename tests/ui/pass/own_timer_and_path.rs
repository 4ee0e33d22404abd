// A timer of the user, and the runtime under another path.
use std::io;
use std::time::Duration;

use retry_runtime as again;

async fn my_timer(_: Duration) {}

#[again::retry_on(io::Error, sleep = my_timer, crate = again)]
async fn a_function() -> io::Result<()> {
    Ok(())
}

#[again::retry_on(io::Error, sleep = |pause| tokio::time::sleep(pause), crate = ::retry_runtime)]
async fn a_closure() -> io::Result<()> {
    Ok(())
}

fn main() {
    drop((a_function(), a_closure()));
}
