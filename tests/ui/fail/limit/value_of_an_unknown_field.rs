// Misremembered the name of a field.
use retry_runtime::{PolicyError, retry_on};

struct Client {
    max: u32,
}

impl Client {
    #[retry_on(_, max = self.maximum)]
    fn read(&self) -> Result<(), PolicyError> {
        Ok(())
    }
}

fn main() {}
