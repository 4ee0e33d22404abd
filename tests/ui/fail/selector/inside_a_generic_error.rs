// Believed that every `E` has a chain.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read<E>(call: impl Fn() -> Result<(), E>) -> Result<(), E> {
    call()
}

#[retry_on(std::io::Error, max = 3)]
async fn read_later<E>(call: impl Fn() -> Result<(), E>) -> Result<(), E> {
    call()
}

fn main() {}
