// Believed that `Self` is known in the attribute.
use retry_runtime::retry_on;

struct Client;

impl Client {
    const MAX: u32 = 3;

    #[retry_on(std::io::Error, max = Self::MAX)]
    fn read(&self) -> std::io::Result<()> {
        Ok(())
    }
}

fn main() {}
