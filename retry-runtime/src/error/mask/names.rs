//! Names of secrets, in whatever way they are written: `db_password`, `secretAccessKey`, `x-api-key`.

use core::ops::Range;

use super::values::{self, Extent, NEAR, is_blank, is_quote, is_space};
use super::view::View;

/// A name of secrets.
struct Name {
    /// In small letters, without what separates words.
    noun: &'static str,
    kind: Kind,
    /// It names no secret where one of these stands right before it.
    not_after: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Passwords: they may have blanks.
    Phrase,
    /// Keys and tokens of a certain kind.
    Key,
    /// A word of prose as well: what follows a colon is a secret only where it does not look like a word.
    Weak,
    /// As `Weak`, and a part of a name of its own: `db_pass`, but not `bypass`.
    Part,
    Cookie,
    Authorization,
}

const fn name(noun: &'static str, kind: Kind) -> Name {
    Name { noun, kind, not_after: &[] }
}

const NAMES: &[Name] = &[
    name("password", Kind::Phrase),
    name("passwd", Kind::Phrase),
    name("passphrase", Kind::Phrase),
    name("passcode", Kind::Phrase),
    name("pwd", Kind::Phrase),
    name("secret", Kind::Phrase),
    name("credential", Kind::Key),
    name("apikey", Kind::Key),
    name("privatekey", Kind::Key),
    name("accesskey", Kind::Key),
    name("accountkey", Kind::Key),
    name("signingkey", Kind::Key),
    name("encryptionkey", Kind::Key),
    name("masterkey", Kind::Key),
    name("sharedaccesskey", Kind::Key),
    name("sharedaccesssignature", Kind::Key),
    name("subscriptionkey", Kind::Key),
    name("functionskey", Kind::Key),
    name("applicationkey", Kind::Key),
    name("certificatekey", Kind::Key),
    name("unsealkey", Kind::Key),
    name("licensekey", Kind::Key),
    name("serverkey", Kind::Key),
    name("authkey", Kind::Key),
    name("codeverifier", Kind::Key),
    name("sessiontoken", Kind::Key),
    name("securitytoken", Kind::Key),
    name("accesstoken", Kind::Key),
    name("refreshtoken", Kind::Key),
    name("authtoken", Kind::Key),
    name("idtoken", Kind::Key),
    name("cookie", Kind::Cookie),
    name("authorization", Kind::Authorization),
    Name {
        noun: "token",
        kind: Kind::Weak,
        not_after: &[
            "next",
            "max",
            "min",
            "page",
            "pagination",
            "continuation",
            "prompt",
            "completion",
            "total",
            "input",
            "output",
            "starting",
            "cancellation",
            "num",
            "client",
            "sync",
            "count",
            "continue",
        ],
    },
    name("auth", Kind::Part),
    name("oauth", Kind::Part),
    name("pass", Kind::Part),
    name("pw", Kind::Part),
    name("session", Kind::Part),
    name("sessionid", Kind::Part),
    name("sid", Kind::Part),
    name("jsessionid", Kind::Part),
    name("phpsessid", Kind::Part),
    name("cred", Kind::Part),
    name("otp", Kind::Part),
    name("totp", Kind::Part),
    name("bearer", Kind::Part),
];

/// Before any name: it tells of a secret and does not hold one.
const TELLS_BEFORE: &[&str] = &[
    "expired",
    "invalid",
    "missing",
    "has",
    "bad",
    "wrong",
    "unexpected",
    "unknown",
    "no",
    "incorrect",
];

/// After any name: `token_type`, `secretsmanager`, `PasswordResetRequired`.
const TELLS_AFTER: &[&str] = &[
    "ary",
    "manager",
    "mode",
    "method",
    "type",
    "name",
    "arn",
    "count",
    "length",
    "policy",
    "expir",
    "exception",
    "error",
    "invalid",
    "required",
    "provider",
    "url",
    "uri",
    "endpoint",
    "path",
    "file",
    "version",
    "status",
    "limit",
    "usage",
    "reset",
    "refresh",
    "rotat",
    "valid",
    "verif",
    "missing",
    "notfound",
    "denied",
    "format",
    "strength",
    "ttl",
    "age",
    "max",
    "min",
    "service",
    "store",
    "source",
    "scope",
    "not",
    "enabled",
    "disabled",
    "cache",
    "field",
    "header",
    "hint",
    "fail",
    "mismatch",
    "attempt",
    "bucket",
    "domain",
    "jar",
    "lifetime",
    "duration",
    "timeout",
    "affinity",
    "profile",
    "request",
    "response",
    "signingalg",
];

/// The secret after a name that starts here.
pub(super) fn secret(view: &View<'_>, start: usize) -> Option<Range<usize>> {
    let end = view.run(start, usize::MAX, is_in_name);
    let kind = kind(view, start, end)?;
    Written { view, start, end }.value(kind)
}

pub(super) fn is_in_name(letter: u8) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'-' | b'.')
}

/// Whether a word names secrets.
pub(super) fn is_name(view: &View<'_>, word: &Range<usize>) -> bool {
    kind(view, word.start, word.end).is_some()
}

/// The kind of what a word names: its last part counts, and of a very long word its last letters.
fn kind(view: &View<'_>, start: usize, end: usize) -> Option<Kind> {
    let start = start.max(end.saturating_sub(NEAR));
    // The field, not the module or the host that it is in.
    let start =
        (start..end).rev().find(|index| view.at(*index) == b'.').map_or(start, |dot| dot + 1);
    let mut letters = [0_u8; NEAR];
    let mut begins_part = [false; NEAR];
    let mut length = 0;
    let mut last = b'_';
    for index in start..end {
        let letter = view.at(index);
        if letter.is_ascii_alphanumeric() {
            letters[length] = letter.to_ascii_lowercase();
            begins_part[length] = !last.is_ascii_alphanumeric()
                || letter.is_ascii_uppercase() && !last.is_ascii_uppercase();
            length += 1;
        }
        last = letter;
    }
    let letters = &letters[..length];
    NAMES.iter().find(|name| name.is_in(letters, &begins_part)).map(|name| name.kind)
}

impl Name {
    fn is_in(&self, letters: &[u8], begins_part: &[bool; NEAR]) -> bool {
        let noun = self.noun.as_bytes();
        let mut places =
            letters.windows(noun.len()).enumerate().filter(|(_, found)| *found == noun);
        places.next_back().is_some_and(|(at, _)| {
            let (before, after) = (&letters[..at], &letters[at + noun.len()..]);
            let is_part = begins_part[at]
                && (after.is_empty()
                    || after == b"s"
                    || begins_part.get(at + noun.len()).is_some_and(|begins| *begins));
            let ends = |words: &[&str]| words.iter().any(|word| before.ends_with(word.as_bytes()));
            let plural = after.strip_prefix(b"s").unwrap_or(after);
            let tells =
                |after: &[u8]| TELLS_AFTER.iter().any(|word| after.starts_with(word.as_bytes()));
            (self.kind != Kind::Part || is_part)
                && !ends(self.not_after)
                && !ends(TELLS_BEFORE)
                && !tells(after)
                && !tells(plural)
        })
    }
}

/// A name as it is written in the text.
struct Written<'v, 't> {
    view: &'v View<'t>,
    start: usize,
    end: usize,
}

impl Written<'_, '_> {
    fn value(&self, kind: Kind) -> Option<Range<usize>> {
        let view = self.view;
        let after_quote = values::quote(view, self.end).map(|quote| quote.content);
        let is_quoted = after_quote.is_some() && is_quote(view.before(self.start));
        let start = after_quote.filter(|_| is_quoted).unwrap_or(self.end);
        let sign = view.run(start, NEAR, is_space);
        let level = view.level(sign);
        let extent = match kind {
            Kind::Phrase => Extent::Clause,
            Kind::Cookie => Extent::Line,
            _ => Extent::Word,
        };
        match view.at(sign) {
            b'=' | b'!' => {
                let value = view.run(sign, 4, |letter| matches!(letter, b'=' | b'!' | b'>' | b'~'));
                // `!` alone ends a sentence.
                (view.at(sign) == b'=' || value > sign + 1)
                    .then(|| self.value_after(kind, value, level, extent, false))?
            }
            b':' if view.at(sign + 1) == b'=' => {
                self.value_after(kind, sign + 2, level, extent, false)
            }
            b':' if view.at(sign + 1) != b':' && !self.is_in_arn(sign) => {
                self.value_after(kind, sign + 1, level, extent, true)
            }
            b',' if is_quoted => self.in_a_list(kind, sign + 1),
            b'>' if !is_quoted => self.in_xml(kind, sign + 1),
            b'(' | b'|' => {
                let value = values::quote(view, view.run(sign + 1, NEAR, is_space))?;
                Some(values::quoted(view, value)).filter(|value| !value.is_empty())
            }
            b'v' if view.after(sign, "value=").is_some() => {
                // `<add key="Password" value="hunter2"/>`
                values::value(view, sign + "value=".len(), level, Extent::Word)
            }
            b'-' if view.at(sign + 1) == b'>' => {
                self.value_after(kind, sign + 2, level, extent, false)
            }
            _ if is_quoted => None,
            _ if view.before(self.start) == b'<' && is_blank(view.at(self.end)) => {
                // `<password type="text">`
                let end = view.run(self.end, NEAR, |letter| !matches!(letter, b'<' | b'>'));
                (view.at(end) == b'>').then(|| self.in_xml(kind, end + 1))?
            }
            _ if self.is_flag() => self.after_flag(kind),
            _ => self.after_blank(kind),
        }
    }

    /// What follows `=` or `:`.
    fn value_after(
        &self,
        kind: Kind,
        start: usize,
        level: u8,
        extent: Extent,
        is_colon: bool,
    ) -> Option<Range<usize>> {
        let view = self.view;
        let extent = if is_colon || extent == Extent::Line { extent } else { Extent::Word };
        let start = view.run(start, NEAR, is_blank);
        let start = if is_colon && view.at(start) == b'\n' { return None } else { start };
        if kind == Kind::Authorization {
            return self.credentials(start, level);
        }
        // Asked before the value is read: what is left alone is read again.
        if is_colon && values::is_sentence(view, start) {
            return None;
        }
        let value = values::value(view, start, level, extent)?;
        let is_bare = value.start == start;
        let is_number = (value.start..value.end).all(|index| view.at(index).is_ascii_digit());
        let tells = match kind {
            Kind::Weak | Kind::Part => {
                let is_port = is_colon && !is_blank(view.before(start)) && value.len() <= 5;
                let is_counted =
                    is_number && (value.len() <= 3 || is_port || view.before(self.end) == b's');
                is_bare && (is_counted || is_colon && values::is_plain(view, &value))
            }
            Kind::Phrase | Kind::Key => is_bare && is_constant_name(view, &value),
            Kind::Cookie | Kind::Authorization => false,
        };
        if tells {
            return None;
        }
        // `Password=hunter two;Database=x`
        let is_phrase = kind == Kind::Phrase && is_bare && !is_colon;
        let rest = view.run(value.end, NEAR, |it| it.is_ascii_alphanumeric() || is_blank(it));
        let has_blanks = is_phrase && is_blank(view.at(value.end)) && view.at(rest) == b';';
        Some(if has_blanks { value.start..rest } else { value })
    }

    /// `Authorization: Bearer ..`: the scheme stays.
    fn credentials(&self, start: usize, level: u8) -> Option<Range<usize>> {
        const SCHEMES: &[&str] = &[
            "bearer",
            "basic",
            "token",
            "apikey",
            "negotiate",
            "ntlm",
            "key",
            "ssws",
            "sharedkey",
            "dpop",
        ];
        /// What follows them are parameters, of which some are secrets that the table knows.
        const WITH_PARAMETERS: &[&str] = &["digest", "aws4-hmac-sha256"];
        let view = self.view;
        let quote = values::quote(view, start);
        let start = quote.map_or(start, |quote| quote.content);
        let scheme =
            view.run(start, NEAR, |letter| letter.is_ascii_alphanumeric() || letter == b'-');
        let is_one_of = |schemes: &[&str]| {
            let is = |it: &&str| it.len() == scheme - start && view.after(start, it).is_some();
            schemes.iter().any(is)
        };
        if is_one_of(WITH_PARAMETERS) {
            return None;
        }
        let is_scheme = is_one_of(SCHEMES);
        let secret = view.run(scheme, NEAR, is_blank);
        let secret = if is_scheme && secret > scheme { secret } else { start };
        let value = match quote {
            Some(quote) => secret..values::quoted(view, quote).end.max(secret),
            None if secret == start => {
                if values::is_sentence(view, secret) {
                    return None;
                }
                values::value(view, secret, level, Extent::Clause)?
            }
            None => values::value(view, secret, level, Extent::Word)?,
        };
        (!value.is_empty() && !values::is_plain(view, &value)).then_some(value)
    }

    /// `("x-api-key", "..")`, `{"name":"password","value":".."}`.
    fn in_a_list(&self, kind: Kind, start: usize) -> Option<Range<usize>> {
        let view = self.view;
        let start = view.run(start, NEAR, is_space);
        let key = values::unquoted(view, start);
        let colon = view
            .after(key, "value")
            .or_else(|| view.after(key, "content"))
            .map(|end| view.run(values::unquoted(view, end), NEAR, is_space))
            .filter(|colon| view.at(*colon) == b':');
        if let Some(colon) = colon {
            return values::value(view, colon + 1, 0, Extent::Word);
        }
        let first = values::quote(view, start).or_else(|| {
            let letters = view.run(start, 2, |letter| letter.is_ascii_alphabetic());
            values::quote(view, letters)
        })?;
        match kind {
            // One of several names: `["password", "token"]`.
            Kind::Authorization => self.credentials(start, 0),
            _ if view.before(self.start.saturating_sub(1)) == b'[' => {
                let value = values::quoted(view, first);
                (!values::is_plain(view, &value)).then_some(value)
            }
            _ => {
                let value = values::quoted(view, first);
                let is_name = value.len() < NEAR
                    && value.clone().all(|index| is_in_name(view.at(index)))
                    && is_name(view, &value);
                // `"bearer", "expires": 3600`
                let next = values::quote(view, value.end).map_or(value.end, |quote| quote.content);
                let is_key = view.at(view.run(next, NEAR, is_space)) == b':';
                (!value.is_empty() && !is_name && !is_key).then_some(value)
            }
        }
    }

    /// `<password>hunter2</password>`.
    fn in_xml(&self, kind: Kind, start: usize) -> Option<Range<usize>> {
        let view = self.view;
        let start = view.run(start, NEAR, is_space);
        let start = view.after_exactly(start, "<![CDATA[").unwrap_or(start);
        let is_tag = matches!(view.before(self.start), b'<' | b':');
        if !is_tag {
            // `it.password > "hunter2"`
            return values::quote(view, start).map(|quote| values::quoted(view, quote));
        }
        if kind != Kind::Phrase && values::is_sentence(view, start) {
            return None;
        }
        Some(start..view.run(start, usize::MAX, |letter| letter != b'<'))
    }

    /// `--password`, `-password`, but not `a-password`.
    fn is_flag(&self) -> bool {
        self.view.before(self.start) == b'-' || self.view.at(self.start) == b'-'
    }

    /// `--password hunter2`.
    fn after_flag(&self, kind: Kind) -> Option<Range<usize>> {
        const WORDS: &[&str] =
            &["to", "or", "and", "for", "in", "with", "option", "flag", "requires", "needs", "on"];
        let view = self.view;
        let start = view.run(self.end, NEAR, is_blank);
        if start == self.end || view.at(start) == b'-' || matches!(kind, Kind::Cookie | Kind::Part)
        {
            return None;
        }
        let value = values::value(view, start, 0, Extent::Word)?;
        let is_word = WORDS
            .iter()
            .any(|word| word.len() == value.len() && view.after(value.start, word).is_some());
        (!is_word && !values::is_sentence(view, value.start)).then_some(value)
    }

    /// `WITH PASSWORD 'hunter2'`, `the password is hunter2`.
    fn after_blank(&self, kind: Kind) -> Option<Range<usize>> {
        let view = self.view;
        let start = view.run(self.end, NEAR, is_blank);
        if kind != Kind::Phrase || start == self.end || self.is_secret() {
            return None;
        }
        let verb = view.after(start, "is ").or_else(|| view.after(start, "was "));
        let start = verb.map_or(start, |end| view.run(end, NEAR, is_blank));
        match values::quote(view, start) {
            Some(quote) => Some(values::quoted(view, quote)).filter(|value| !value.is_empty()),
            None => verb.and_then(|_| values::in_prose(view, start)),
        }
    }

    /// Of Kubernetes: `secret "db-creds" not found`.
    fn is_secret(&self) -> bool {
        let name = self.view.after(self.start, "secret");
        name.is_some_and(|end| end + 1 >= self.end)
    }

    /// `arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db`.
    fn is_in_arn(&self, colon: usize) -> bool {
        self.view.before(self.start) == b':'
            && colon == self.end
            && self.view.after(self.start, "secret").is_some()
            && !is_blank(self.view.at(colon + 1))
    }
}

/// `password=null`: what is no text in the languages that write it.
fn is_constant_name(view: &View<'_>, value: &Range<usize>) -> bool {
    const CONSTANTS: &[&str] = &["null", "none", "nil", "true", "false", "undefined"];
    CONSTANTS
        .iter()
        .any(|word| word.len() == value.len() && view.after(value.start, word).is_some())
}
