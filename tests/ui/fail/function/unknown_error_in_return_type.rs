// Forgot the import of the error, and wanted to retry on it.
use retry_runtime::retry_on;

#[retry_on(ServerBusy, max = 3)]
async fn read() -> Result<(), ServerBusy> {
    unreachable!()
}

fn main() {}
