// Believed that there is a timer without the feature `tokio`.
use retry_runtime::retry_on;

#[retry_on(std::fmt::Error, max = 2)]
async fn read() -> Result<(), std::fmt::Error> {
    Ok(())
}

struct Client;

impl Client {
    #[retry_on(std::fmt::Error, max = 2)]
    async fn read(&self) -> Result<(), std::fmt::Error> {
        Ok(())
    }
}

#[retry_on(std::fmt::Error, max = 2)]
fn read_later() -> impl Future<Output = Result<(), std::fmt::Error>> {
    async move { Ok(()) }
}

fn main() {}
