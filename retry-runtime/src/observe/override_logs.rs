//! Logs settings from outside.

#[cfg(feature = "tracing")]
mod sink {
    use tracing::{error, info};

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

    /// Logs that settings from outside are invalid.
    pub(crate) fn refused(site: Option<&'static Site>, error: &dyn core::error::Error) {
        error!(
            target: TARGET,
            site = site.map(|site| site.name),
            error = %Text::Display(&error),
            "retry settings are ignored",
        );
    }
}

#[cfg(not(feature = "tracing"))]
mod sink {
    use crate::sites::site::Site;

    pub(crate) fn overridden(_: &'static Site, _: &str) {}

    pub(crate) fn refused(_: Option<&'static Site>, _: &dyn core::error::Error) {}
}

pub(crate) use sink::{overridden, refused};
