// Believed that a `mut` argument is shared by the attempts.
use retry_runtime::retry_on;

struct Connection(u8);

#[retry_on(std::io::Error, max = 3)]
fn read(mut connection: Connection) -> std::io::Result<u8> {
    connection.0 += 1;
    Ok(connection.0)
}

#[retry_on(std::io::Error, max = 3)]
async fn read_later(mut connection: Connection) -> std::io::Result<u8> {
    connection.0 += 1;
    Ok(connection.0)
}

fn main() {}
