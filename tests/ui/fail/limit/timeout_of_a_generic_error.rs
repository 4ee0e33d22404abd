// Did not say what an attempt that takes too long returns, for any error.
use retry_runtime::retry_on;

#[retry_on(_, timeout = "1s")]
async fn read<E: std::error::Error + 'static>(call: impl Fn() -> Result<(), E>) -> Result<(), E> {
    call()
}

fn main() {}
