// Believed that `self` can be cloned.
use retry_runtime::retry_on;

#[derive(Clone)]
struct Client;

impl Client {
    #[retry_on(std::io::Error, clone(self))]
    fn read(self) -> std::io::Result<Self> {
        Ok(self)
    }
}

fn main() {}
