// Did not say what is returned where a value turns out to be wrong, for any error.
use retry_runtime::retry_on;

#[retry_on(_, max = limit)]
fn read<E: std::error::Error + 'static>(limit: u32, error: E) -> Result<(), E> {
    let _ = (limit, error);
    Ok(())
}

fn main() {}
