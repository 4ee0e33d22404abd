//! Logs settings from outside.

use core::error::Error;

use crate::observe::guard::{Receiver, tell};
use crate::sites::site::Site;

#[cfg(feature = "tracing")]
mod sink {
    use tracing::{error, info};

    use crate::error::mask::{LONGEST, shown};
    use crate::observe::logs::sink::{TARGET, place};
    use crate::sites::site::Site;

    pub(super) fn overridden(site: &'static Site, settings: &str) {
        // With the paths of files, and what they say.
        let settings = &*shown(&settings, LONGEST);
        info!(
            target: TARGET,
            site = site.name,
            at = place(site),
            settings,
            "settings from outside: {settings}",
        );
    }

    pub(super) fn refused(site: Option<&'static Site>, error: &dyn core::error::Error) {
        error!(
            target: TARGET,
            site = site.map(|site| site.name),
            error = shown(&error, LONGEST).as_str(),
            "retry settings are ignored",
        );
    }
}

#[cfg(not(feature = "tracing"))]
mod sink {
    use crate::sites::site::Site;

    pub(super) fn overridden(_: &'static Site, _: &str) {}

    pub(super) fn refused(_: Option<&'static Site>, _: &dyn core::error::Error) {}
}

/// Logs the settings that apply to the site, once after each change.
pub(crate) fn overridden(site: &'static Site, settings: &str) {
    tell(Receiver::Subscriber, || sink::overridden(site, settings));
}

/// Logs that settings from outside are invalid.
pub(crate) fn refused(site: Option<&'static Site>, error: &dyn Error) {
    tell(Receiver::Subscriber, || sink::refused(site, error));
}
