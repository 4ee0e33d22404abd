// Believed that an associated type is named like a variant.
use retry_runtime::retry_on;

trait Service {
    type Error: std::error::Error + 'static;

    fn call(&self) -> Result<(), Self::Error>;

    #[retry_on(Self::Error, max = 3)]
    fn read(&self) -> Result<(), Self::Error> {
        self.call()
    }
}

fn main() {}
