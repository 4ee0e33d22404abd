// Called the attempt `self`.
use retry_runtime::retry_on;

struct Client;

impl Client {
    #[retry_on(std::io::Error, attempt = self)]
    fn read(&self) -> std::io::Result<()> {
        Ok(())
    }
}

fn main() {}
