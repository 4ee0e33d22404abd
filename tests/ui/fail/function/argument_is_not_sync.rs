// Believed that an argument that is `Send` is enough: the attempts borrow it.
use std::cell::Cell;

use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
async fn read(count: Cell<u8>) -> std::io::Result<u8> {
    std::future::ready(()).await;
    Ok(count.get())
}

fn is_send(_: impl Send) {}

fn main() {
    is_send(read(Cell::new(1)));
}
