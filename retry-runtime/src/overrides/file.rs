//! Settings from a file.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// A larger file is not one of settings.
const LARGEST: u64 = 1024 * 1024;

/// Reads a regular file. A pipe or a device could block, or never end.
pub(super) fn read(path: &Path) -> io::Result<String> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let mut text = String::new();
    // It may have been replaced in the meantime.
    File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is larger than 1 MiB"));
    }
    Ok(text)
}
