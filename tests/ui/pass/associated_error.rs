// An error that only a trait knows.
use std::error::Error;
use std::io;

use retry_runtime::retry_on;

trait Service {
    type Error: Error + 'static;

    fn call(&self) -> Result<(), Self::Error>;

    #[retry_on(io::Error)]
    fn searched(&self) -> Result<(), Self::Error> {
        self.call()
    }

    #[retry_on(<Self as Service>::Error)]
    fn named(&self) -> Result<(), Self::Error> {
        self.call()
    }
}

struct Client;

impl Service for Client {
    type Error = io::Error;

    fn call(&self) -> io::Result<()> {
        Ok(())
    }
}

fn main() {
    Client.searched().unwrap();
    Client.named().unwrap();
}
