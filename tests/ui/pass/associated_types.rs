//! An associated type that the function returns is a selector, and so is one of a type parameter.
use retry_runtime::retry_on;

trait Service {
    type Error: std::error::Error + 'static;

    fn call(&self) -> Result<(), Self::Error>;

    #[retry_on(Self::Error, max = 3, delay = "0ms")]
    fn read(&self) -> Result<(), Self::Error> {
        self.call()
    }
}

struct Client;

impl Service for Client {
    type Error = std::fmt::Error;

    fn call(&self) -> Result<(), Self::Error> {
        Err(std::fmt::Error)
    }
}

#[retry_on(S::Error, max = 3, delay = "0ms")]
fn read<S: Service>(service: &S) -> Result<(), S::Error> {
    service.call()
}

#[retry_on(S::Error, max = 3, delay = "0ms")]
fn read_boxed<S: Service>(service: &S) -> Result<(), Box<dyn std::error::Error>> {
    Ok(service.call()?)
}

struct Wrapper<S>(S);

impl<S: Service> Wrapper<S> {
    #[retry_on(S::Error, max = 3, delay = "0ms")]
    fn read(&self) -> Result<(), S::Error> {
        self.0.call()
    }
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("busy")]
    Busy,
}

impl Failure {
    #[retry_on(Self::Busy, max = 3, delay = "0ms")]
    fn fail() -> Result<(), Self> {
        Err(Self::Busy)
    }
}

fn main() {
    Client.read().unwrap_err();
    read(&Client).unwrap_err();
    read_boxed(&Client).unwrap_err();
    Wrapper(Client).read().unwrap_err();
    Failure::fail().unwrap_err();
}
