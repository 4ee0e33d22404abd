//! Logs settings from outside.

use core::error::Error;

use crate::observe::guard::{Receiver, tell};
use crate::sites::site::Site;

#[cfg(feature = "tracing")]
mod sink {
    use tracing::{error, info, warn};

    use crate::error::mask::{LONGEST, shown};
    use crate::error::text::Text;
    use crate::observe::logs::sink::{TARGET, place};
    use crate::sites::site::Site;

    pub(super) fn overridden(site: &'static Site, settings: &str) {
        // With the paths of files, and what they say.
        let settings = &*shown(&settings, LONGEST);
        info!(
            target: TARGET,
            site = site.name(),
            at = place(site),
            settings,
            "settings from outside: {settings}",
        );
    }

    /// Logs that a name is that of no annotated function.
    pub(super) fn unknown(pattern: &str, settings: &str, known: &[&str]) {
        warn!(
            target: TARGET,
            pattern = shown(&pattern, LONGEST).as_str(),
            settings = shown(&settings, LONGEST).as_str(),
            "no annotated function has this name; known names: {}", first(known),
        );
    }

    pub(super) fn shared(pattern: &str, settings: &str, sites: &[&'static Site]) {
        let places: Vec<_> =
            sites.iter().map(|site| format!("{}:{}", site.file, site.line)).collect();
        warn!(
            target: TARGET,
            pattern = shown(&pattern, LONGEST).as_str(),
            settings = shown(&settings, LONGEST).as_str(),
            "several functions have this name, and the settings are for all of them: give one of them \
             another with `name = \"..\"`; they are at {}",
            places.join(", "),
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

    pub(super) fn refused(site: &'static Site, error: &dyn core::error::Error) {
        error!(
            target: TARGET,
            site = site.name(),
            error = %Text::Chain(error),
            "retry settings are ignored",
        );
    }
}

#[cfg(not(feature = "tracing"))]
mod sink {
    use crate::sites::site::Site;

    pub(super) fn overridden(_: &'static Site, _: &str) {}

    pub(super) fn unknown(_: &str, _: &str, _: &[&str]) {}

    pub(super) fn shared(_: &str, _: &str, _: &[&'static Site]) {}

    pub(super) fn refused(_: &'static Site, _: &dyn core::error::Error) {}
}

/// Logs the settings that apply to the site, once after each change.
/// False if the subscriber itself made the call, which it is not told.
pub(crate) fn overridden(site: &'static Site, settings: &str) -> bool {
    tell(Receiver::Subscriber, || sink::overridden(site, settings)).is_some()
}

/// Logs that settings from outside are invalid.
/// False if the subscriber itself made the call, which it is not told.
pub(crate) fn refused(site: &'static Site, error: &dyn Error) -> bool {
    tell(Receiver::Subscriber, || sink::refused(site, error)).is_some()
}

/// Logs that settings name several functions.
pub(crate) fn shared(pattern: &str, settings: &str, sites: &[&'static Site]) {
    tell(Receiver::Subscriber, || sink::shared(pattern, settings, sites));
}

/// Logs that settings name a function that does not exist.
pub(crate) fn unknown(pattern: &str, settings: &str, known: &[&str]) {
    tell(Receiver::Subscriber, || sink::unknown(pattern, settings, known));
}
