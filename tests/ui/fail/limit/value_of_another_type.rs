// Took an argument, and fields, for what they are not.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("wrong policy")]
    Policy(#[from] retry_runtime::PolicyError),
    #[error("took too long")]
    TimedOut(#[from] retry_runtime::TimedOut),
}

#[retry_on(_, max = key)]
fn read(key: &str) -> Result<(), ReadError> {
    let _ = key;
    Ok(())
}

struct Client {
    delay: u64,
}

impl Client {
    #[retry_on(_, delay = self.delay)]
    fn read(&self) -> Result<(), ReadError> {
        Ok(())
    }

    #[retry_on(_, timeout = self.delay)]
    async fn read_later(&self) -> Result<(), ReadError> {
        Ok(())
    }
}

fn main() {}
