//! Servers send `Retry-After: 2.5` and `retry-after-ms: 2500`.

use std::time::Duration;

use retry_runtime::http::{retry_after, retry_after_ms};

const MS: Duration = Duration::from_millis(1);

#[test]
fn as_what_is_plainly_meant() {
    assert_eq!(retry_after("2.5"), Some(2500 * MS));
    assert_eq!(retry_after_ms("2500"), Some(2500 * MS));
    assert_eq!([retry_after("-2.5"), retry_after("2e5"), retry_after("+2.5")], [None; 3]);
}
