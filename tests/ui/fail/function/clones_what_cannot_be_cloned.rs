// Believed that everything can be cloned.
use retry_runtime::retry_on;

struct Connection;

#[retry_on(std::io::Error, clone(connection), max = 3)]
fn read(connection: Connection) -> std::io::Result<()> {
    drop(connection);
    Ok(())
}

#[retry_on(std::io::Error, clone(connection), max = 3)]
async fn read_later(connection: Connection) -> std::io::Result<()> {
    drop(connection);
    Ok(())
}

fn main() {}
