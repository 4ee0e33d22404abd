// Believed that `self` can be used up in every attempt.
use retry_runtime::retry_on;

struct Client;

impl Client {
    #[retry_on(std::io::Error, max = 3)]
    fn close(self) -> std::io::Result<()> {
        drop(self);
        Ok(())
    }

    #[retry_on(std::io::Error, max = 3)]
    async fn close_later(self) -> std::io::Result<()> {
        drop(self);
        Ok(())
    }
}

fn main() {}
