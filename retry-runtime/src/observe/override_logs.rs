//! What the log says of settings from outside.

#[cfg(feature = "tracing")]
mod sink {
    use tracing::{error, info};

    use crate::error::text::Text;
    use crate::observe::logs::sink::{TARGET, place};
    use crate::sites::site::Site;

    /// The settings of the site come from outside, for the first time since they changed.
    pub(crate) fn overridden(site: &'static Site, settings: &str) {
        info!(
            target: TARGET,
            site = site.name,
            at = place(site),
            settings,
            "settings from outside: {settings}",
        );
    }

    /// Settings from outside cannot be used.
    pub(crate) fn refused(site: Option<&'static Site>, error: &dyn core::error::Error) {
        error!(
            target: TARGET,
            site = site.map(|site| site.name),
            error = %Text::Display(&error),
            "settings for retries are ignored",
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
