//! Settings from the environment.

use std::env;

use super::errors::OverridesError;
use super::layer::Layer;

/// The variable that is read.
const VARIABLE: &str = "RETRY_ON";

/// Parses the settings of the environment.
pub(super) fn layer() -> Result<Layer, OverridesError> {
    let origin = format!("the environment variable {VARIABLE}");
    match env::var(VARIABLE) {
        Ok(text) => Layer::from_variable(&text, &origin),
        Err(env::VarError::NotPresent) => Ok(Layer::default()),
        Err(env::VarError::NotUnicode(_)) => {
            Err(OverridesError::Malformed { origin, message: "it is not valid Unicode".to_owned() })
        }
    }
}
