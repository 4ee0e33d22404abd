// Believed that the future can be spawned.
use std::rc::Rc;

use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
async fn read() -> std::io::Result<u8> {
    let count = Rc::new(1);
    std::future::ready(()).await;
    Ok(*count)
}

fn is_send(_: impl Send) {}

fn main() {
    is_send(read());
}
