//! How much of a text is masked, in the whole process.

use core::sync::atomic::{AtomicU8, Ordering};

/// How much of what an error says is masked before it leaves the process: in logs, in events and
/// alerts, in support cases. See [`set_masking`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Masking {
    /// Nothing. Texts are still escaped, and cut at 4 KiB.
    Off,
    /// What looks like a secret: passwords and keys by their names, tokens by their prefixes, users of
    /// URLs, private keys. A secret that looks like an ordinary word is not recognised.
    #[default]
    Secrets,
    /// The whole text of every error. Its type (`error.type`), its code and its request id are shown.
    Texts,
}

static MASKING: AtomicU8 = AtomicU8::new(Masking::Secrets as u8);

/// Sets how much of what an error says is masked, in the whole process, from now on.
///
/// By default, what looks like a secret is replaced by `[masked]`. That is done by rules, so it is not
/// a guarantee: where an error's text may contain what nobody should read, write
/// `set_masking(Masking::Texts)` at the start of the program. Where masking hides what is needed, and
/// the logs are as protected as the secrets are, write `set_masking(Masking::Off)`.
///
/// ```
/// use retry_runtime::observe::{Masking, set_masking};
///
/// set_masking(Masking::Texts);
/// ```
pub fn set_masking(masking: Masking) {
    MASKING.store(masking as u8, Ordering::Relaxed);
}

pub(crate) fn masking() -> Masking {
    const OFF: u8 = Masking::Off as u8;
    const TEXTS: u8 = Masking::Texts as u8;
    match MASKING.load(Ordering::Relaxed) {
        OFF => Masking::Off,
        TEXTS => Masking::Texts,
        _ => Masking::Secrets,
    }
}
