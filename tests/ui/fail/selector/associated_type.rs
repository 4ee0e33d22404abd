// Believed that an associated type is named like a variant.
use retry_runtime::retry_on;

trait Service {
    type Error: std::error::Error + 'static;

    fn call(&self) -> Result<(), Self::Error>;
}

#[retry_on(S::Error, max = 3)]
fn read<S: Service>(service: &S) -> Result<(), S::Error> {
    service.call()
}

fn main() {}
