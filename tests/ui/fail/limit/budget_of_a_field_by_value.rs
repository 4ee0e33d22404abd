// Forgot that a budget is shared.
use retry_runtime::{Budget, retry_on};

struct Client {
    budget: Budget,
}

impl Client {
    #[retry_on(std::io::Error, budget = self.budget)]
    fn read(&self) -> std::io::Result<()> {
        Ok(())
    }
}

fn main() {}
