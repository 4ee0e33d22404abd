// Believed that `Self` is the error.
use retry_runtime::retry_on;

struct Client;

impl Client {
    #[retry_on(Self::Busy, max = 3)]
    fn read(&self) -> std::io::Result<()> {
        Ok(())
    }
}

fn main() {}
