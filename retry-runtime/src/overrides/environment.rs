//! Settings from the environment.

use std::env;
use std::sync::Once;

use super::board::change;
use super::errors::OverridesError;
use super::layer::Layer;
use crate::observe::override_logs;

/// The variable that is read.
const VARIABLE: &str = "RETRY_ON";

static STARTED: Once = Once::new();

/// Prevents the read at the first call, which would undo later settings.
pub(super) fn skip_first_read() {
    STARTED.call_once(|| {});
}

/// Reads the environment when the first annotated function is called. Returns whether it was read now.
pub(crate) fn start() -> bool {
    let (mut is_first, mut read) = (false, Ok(()));
    STARTED.call_once(|| {
        is_first = true;
        read = layer().and_then(|layer| {
            change(|layers| {
                layers.environment = layer;
                Ok(())
            })
        });
    });
    // Logged at the end, because a subscriber may call annotated functions.
    if let Err(error) = read {
        override_logs::refused(None, &error);
    }
    is_first
}

/// Parses the settings of the environment.
pub(super) fn layer() -> Result<Layer, OverridesError> {
    let origin = format!("the environment variable {VARIABLE}");
    match env::var(VARIABLE) {
        Ok(text) => Layer::from_variable(&text, &origin),
        Err(env::VarError::NotPresent) => Ok(Layer::default()),
        Err(error @ env::VarError::NotUnicode(_)) => {
            Err(OverridesError::Malformed { origin, message: error.to_string() })
        }
    }
}
