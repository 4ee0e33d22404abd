//! Logs settings from outside.

#[cfg(feature = "tracing")]
mod sink {
    use tracing::{error, info, warn};

    use crate::error::text::Text;
    use crate::observe::logs::sink::{TARGET, place};
    use crate::sites::site::Site;

    /// Logs the settings that apply to the site, once after each change.
    pub(crate) fn overridden(site: &'static Site, settings: &str) {
        info!(
            target: TARGET,
            site = site.name,
            at = place(site),
            settings,
            "settings from outside: {settings}",
        );
    }

    /// Logs that a name is that of no annotated function.
    pub(crate) fn unknown(pattern: &str, settings: &str, known: &[&str]) {
        warn!(
            target: TARGET,
            pattern = %Text::Display(&pattern),
            settings = %Text::Display(&settings),
            "no annotated function has this name; known names: {}", first(known),
        );
    }

    /// Lists only the first names if there are many.
    fn first(known: &[&str]) -> String {
        const SHOWN: usize = 20;
        match known.len().checked_sub(SHOWN) {
            None | Some(0) => known.join(", "),
            Some(more) => format!("{} and {more} more (see `sites()`)", known[..SHOWN].join(", ")),
        }
    }

    /// Logs that settings from outside are invalid.
    pub(crate) fn refused(site: Option<&'static Site>, error: &dyn core::error::Error) {
        error!(
            target: TARGET,
            site = site.map(|site| site.name),
            error = %Text::Chain(error),
            "retry settings are ignored",
        );
    }
}

#[cfg(not(feature = "tracing"))]
mod sink {
    use crate::sites::site::Site;

    pub(crate) fn overridden(_: &'static Site, _: &str) {}

    pub(crate) fn unknown(_: &str, _: &str, _: &[&str]) {}

    pub(crate) fn refused(_: Option<&'static Site>, _: &dyn core::error::Error) {}
}

pub(crate) use sink::{overridden, refused, unknown};
