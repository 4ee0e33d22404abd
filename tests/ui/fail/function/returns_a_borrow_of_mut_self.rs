// Believed that two attempts may hold the same `&mut` borrow.
use retry_runtime::retry_on;

struct Client(String);

impl Client {
    #[retry_on(std::io::Error, max = 3)]
    fn read(&mut self) -> std::io::Result<&mut String> {
        Ok(&mut self.0)
    }

    #[retry_on(std::io::Error, max = 3)]
    async fn read_later(&mut self) -> std::io::Result<&mut String> {
        Ok(&mut self.0)
    }
}

fn main() {}
