// Believed that `mut self` begins anew.
use retry_runtime::retry_on;

struct Client(u8);

impl Client {
    #[retry_on(std::io::Error, max = 3)]
    fn read(mut self) -> std::io::Result<u8> {
        self.0 += 1;
        Ok(self.0)
    }
}

fn main() {}
