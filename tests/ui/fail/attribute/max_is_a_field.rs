// Believed that a field can be the limit.
use retry_runtime::retry_on;

struct Client {
    limit: u32,
}

impl Client {
    #[retry_on(std::io::Error, max = self.limit)]
    fn read(&self) -> std::io::Result<u32> {
        Ok(self.limit)
    }
}

fn main() {}
