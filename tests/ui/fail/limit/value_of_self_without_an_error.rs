// Took a constant of `Self` for one that is known to the compiler.
use retry_runtime::retry_on;

struct Client;

impl Client {
    const MAX: u32 = 3;

    #[retry_on(std::fmt::Error, max = Self::MAX)]
    fn read(&self) -> Result<(), std::fmt::Error> {
        Ok(())
    }
}

fn main() {}
