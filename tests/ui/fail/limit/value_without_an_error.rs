// Did not say what is returned where a value turns out to be wrong.
use std::time::Duration;

use retry_runtime::retry_on;

struct Client {
    limit: u32,
}

impl Client {
    #[retry_on(std::fmt::Error, delay = DELAY, max = self.limit)]
    fn read(&self) -> Result<(), std::fmt::Error> {
        Ok(())
    }
}

const DELAY: Duration = Duration::from_millis(50);

#[retry_on(std::fmt::Error, max = limit)]
async fn read(limit: u32) -> Result<(), std::fmt::Error> {
    let _ = limit;
    Ok(())
}

fn main() {}
