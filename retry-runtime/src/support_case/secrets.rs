//! Masks what looks like a credential.
//!
//! The matcher reads a text letter by letter, at a cost that a failing call would feel. So it is asked
//! only where a word stands that a secret begins with, or that names one, and from there on.

use std::sync::LazyLock;

use regex_lite::{Captures, Regex};

/// What stands in the place of a secret.
const MASKED: &str = "[masked]";

/// Finds secrets of one kind.
struct Pattern {
    /// One of these is where a match begins, in small letters: a name, or the secret's first letters.
    needles: &'static [&'static str],
    /// What may stand before a needle.
    fits: fn(before: &str, needle: &str) -> bool,
    /// From the needle on, the first that matches. Each keeps what stands before the secret (`before`)
    /// and behind it (`after`).
    regexes: Vec<Regex>,
    /// Whether they read the rest of the word, so that there is no need to ask again within it.
    reads_words: bool,
    /// What is found and is no secret all the same.
    is_harmless: fn(before: &str, found: &str) -> bool,
}

/// Names of secrets, also as a part of a longer name.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "credential",
    "cookie",
    "session_token",
    "session-token",
    "sessiontoken",
    "security_token",
    "security-token",
    "securitytoken",
    "access_token",
    "access-token",
    "accesstoken",
    "refresh_token",
    "refresh-token",
    "refreshtoken",
    "auth_token",
    "auth-token",
    "authtoken",
    "id_token",
    "id-token",
    "idtoken",
    "api_key",
    "api-key",
    "apikey",
    "private_key",
    "private-key",
    "privatekey",
    "access_key",
    "access-key",
    "accesskey",
    "account_key",
    "account-key",
    "accountkey",
    "shared_access",
    "shared-access",
    "sharedaccess",
];

/// Key ids of AWS: *IAM User Guide*, "IAM identifiers", unique ID prefixes. Parameters of signed
/// URLs: *Signature Version 4*, "Authenticating requests: using query parameters".
static SECRETS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    vec![
        // Key ids of AWS.
        Pattern::new(
            &[
                "abia", "acca", "agpa", "aida", "aipa", "akia", "anpa", "anva", "apka", "aroa",
                "asca", "asia",
            ],
            begins_a_word,
            &["^A[A-Z]{3}[A-Z0-9]{12,}"],
            never,
        ),
        // Session tokens of AWS.
        Pattern::new(
            &["iqojb3jpz2lu", "fqogzxivyxdz", "fwogzxivyxdz"],
            begins_a_word,
            &["^(?:IQoJb3JpZ2lu|F[Qw]oGZXIvYXdz)[A-Za-z0-9+/=%_-]*"],
            never,
        ),
        // https://user:password@host, also where the password has an `@` or a `/` in it
        Pattern::new(
            &["://"],
            has_user,
            &[
                r#"^(?<before>://)(?:[^\s/@:"'<>]*:[^\s/"'<>]*[^\s/"'<>0-9][^\s"'<>]*|[^\s/"'<>]+)(?<after>@)"#,
            ],
            never,
        ),
        // Authorization: Bearer ..
        Pattern::new(
            &["bearer", "basic", "token"],
            begins_a_word,
            &[r"^(?<before>(?i:bearer|basic|token)\s+)[A-Za-z0-9._~+/=-]{8,}"],
            is_word,
        ),
        // Signed requests.
        Pattern::new(
            &["x-amz-security-token=", "signature=", "credential=", "sig="],
            begins_a_word,
            &[r#"^(?<before>[A-Za-z-]+=)[^\s&,;"'<]+"#],
            never,
        ),
        // JSON Web Tokens.
        Pattern::new(
            &["eyj"],
            begins_a_word,
            &[r"^eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"],
            never,
        )
        .reading_words(),
        // Private keys.
        Pattern::new(
            &["-----begin "],
            |_, _| true,
            &[r"^(?<before>-----BEGIN [A-Z ]*PRIVATE KEY[A-Z ]*-----)[\s\S]*?(?<after>-----END|$)"],
            never,
        ),
        // Tokens of GitHub, GitLab, Slack, npm, Google, Stripe, OpenAI, SendGrid.
        Pattern::new(
            &[
                "ghp_",
                "gho_",
                "ghu_",
                "ghs_",
                "ghr_",
                "github_pat_",
                "glpat-",
                "xox",
                "npm_",
                "aiza",
                "ya29.",
                "pk_",
                "rk_",
                "sk_",
                "sk-",
                "sg.",
            ],
            begins_a_word,
            &[
                r"^(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|npm_[A-Za-z0-9]{30,}|AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{10,}|[prs]k_(?:live|test)_[A-Za-z0-9]{10,}|sk-[A-Za-z0-9_-]{20,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})",
            ],
            never,
        ),
        // Cookies: all of them.
        Pattern::new(
            &["cookie"],
            begins_a_word,
            &[r#"^(?<before>(?i:cookie)\\*["']?\s*[:=]\s*\\*["']?)[^"'\\\r\n]+"#],
            never,
        ),
        // Authorization: with any scheme, or none
        Pattern::new(
            &["authorization"],
            |_, _| true,
            &[
                r#"^(?<before>(?i:authorization)\\*["']?\s*[:=]\s*\\*["']?(?:[A-Za-z][A-Za-z0-9-]*\s+)?)[^\s"'\\,;]+"#,
            ],
            is_word,
        ),
        // --password ..
        Pattern::new(
            &["--"],
            |before, _| !before.ends_with(['-', '_']) && begins_a_word(before, ""),
            &[
                r"^(?<before>(?i:--[a-z0-9-]*(?:password|passphrase|secret|token|api-key))\s+)[^\s-]\S*",
            ],
            never,
        ),
        // By its name.
        Pattern::new(NAMES, |_, rest| !is_module(rest), &named("[a-z0-9_-]+", "|>"), is_path)
            .reading_words(),
        // Short names are a word of their own: neither `author` nor `passed`.
        Pattern::new(
            &["auth", "oauth", "pass", "session", "jsessionid", "phpsessid", "cred", "bearer"],
            |before, rest| !is_module(rest) && begins_a_part(before, rest),
            &named("(?:o?auth|pass|j?session(?:[_-]?id)?|phpsessid|creds?|bearer)", ""),
            is_told,
        ),
        // Tokens of any kind, but not the word behind `unexpected token:`.
        Pattern::new(
            &["token"],
            |_, rest| !is_module(rest),
            &named("[a-z0-9_-]+", "|>"),
            |before, found| is_path(before, found) || is_word(before, found),
        )
        .reading_words(),
    ]
});

/// `password = `, `"secretAccessKey": `, `\"password\":`, `<password>`, `secret: Some(`, and then the
/// secret: in a list, in quotes, in quotes with a backslash before them, in angle brackets, and bare.
/// `spaced` is what else may stand between them with spaces around it.
fn named(name: &str, spaced: &str) -> Vec<String> {
    let is = format!(
        r#"^(?i)(?<before>{name}\\*["']?(?:\s*(?:[!=]?={{1,2}}>?|:|%3D{spaced})|>)\s*(?:[a-z_:]*\()*"#
    );
    // `.password("..")` too, and a string of any kind.
    let quoted = format!(
        r#"^(?i)(?<before>{name}\\*["']?(?:\s*(?:[!=]?={{1,2}}>?|:|%3D|\({spaced})|>)\s*(?:[a-z_:]*\()*[&<]?[a-z]{{0,2}}#*"#
    );
    // Neither the `Some` of `Some("..")` nor the end of `=>`.
    let bare =
        r#"[^\s"'\\,;&<>()}](?:[^\s"'\\,;&<)}]*[^\s"'\\,;&<()}])?(?<after>$|[\s"'\\,;&<)}])"#;
    vec![
        format!(r#"{is}\[)(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[masked\]|[^\]])+"#),
        format!(r#"{quoted}")(?:[^"\\]|\\.)+"#),
        format!(r"{quoted}')(?:[^'\\]|\\.)+"),
        format!(r#"{quoted}\\+["'])[^"'\\]+"#),
        format!(r#"{is}<)[^\s<>/"'][^<>"']*(?<after>>(?:$|[\s,;&)}}"'\\]))"#),
        format!(r#"{is}<)[^\s<>/"'][^\s<"']*"#),
        format!(r"{is}){bare}"),
    ]
}

/// The text without credentials.
pub(super) fn masked(text: &str) -> String {
    let mut text = without_secret_keys(text);
    let mut lower = text.to_ascii_lowercase();
    for secret in SECRETS.iter() {
        if let Some(masked) = secret.masked(&text, &lower) {
            lower = masked.to_ascii_lowercase();
            text = masked;
        }
    }
    text
}

/// Secret keys of AWS are 40 letters of base64, which nothing else is that has no name.
fn without_secret_keys(text: &str) -> String {
    const LENGTH: usize = 40;
    let is_foreign = |letter: char| !(letter.is_ascii_alphanumeric() || "/+".contains(letter));
    let mut masked = String::with_capacity(text.len());
    for piece in text.split_inclusive(is_foreign) {
        let run = piece.trim_end_matches(is_foreign);
        if run.len() == LENGTH && !is_digest_or_name(run) {
            masked.push_str(MASKED);
            masked.push_str(&piece[LENGTH..]);
        } else {
            masked.push_str(piece);
        }
    }
    masked
}

impl Pattern {
    fn new(
        needles: &'static [&'static str],
        fits: fn(&str, &str) -> bool,
        regexes: &[impl AsRef<str>],
        is_harmless: fn(&str, &str) -> bool,
    ) -> Self {
        let regexes = regexes.iter().filter_map(|regex| Regex::new(regex.as_ref()).ok()).collect();
        Self { needles, fits, regexes, reads_words: false, is_harmless }
    }

    fn reading_words(self) -> Self {
        Self { reads_words: true, ..self }
    }

    /// The text with secrets of this kind masked; none where it has none. `lower` is the text in small
    /// letters.
    fn masked(&self, text: &str, lower: &str) -> Option<String> {
        let mut starts: Vec<(usize, &str)> = self
            .needles
            .iter()
            .flat_map(|needle| lower.match_indices(needle))
            .filter(|(start, _)| (self.fits)(&text[..*start], &text[*start..]))
            .collect();
        starts.sort_unstable();
        let mut masked = String::new();
        // Up to where the text is masked, and up to where it need not be looked at again.
        let (mut done, mut seen) = (0, 0);
        for (start, _) in starts {
            if start < seen {
                continue;
            }
            let rest = &text[start..];
            let Some((before, secret)) = self.found(rest) else {
                // Where no value follows a name, none follows its other parts either.
                if self.reads_words {
                    seen = start + word(rest);
                }
                continue;
            };
            if (self.is_harmless)(before, secret) {
                seen = start + before.len();
                continue;
            }
            masked.push_str(&text[done..start]);
            masked.push_str(before);
            masked.push_str(MASKED);
            done = start + before.len() + secret.len();
            seen = done;
        }
        (done > 0).then(|| masked + &text[done..])
    }

    /// What the text begins with, unless it is masked already and only looks like a list.
    fn found<'t>(&self, text: &'t str) -> Option<(&'t str, &'t str)> {
        let found = self.regexes.iter().filter_map(|regex| regex.captures(text));
        found.map(|found| parts(&found)).find(|(before, secret)| {
            !(before.ends_with('[') && *secret == MASKED.trim_matches(['[', ']']))
        })
    }
}

/// What stands before the secret, and the secret.
fn parts<'t>(found: &Captures<'t>) -> (&'t str, &'t str) {
    let part = |name| found.name(name).map_or("", |part| part.as_str());
    let all = found.get(0).map_or("", |all| all.as_str());
    let (before, behind) = all.split_at(part("before").len());
    (before, &behind[..behind.len() - part("after").len()])
}

/// The length of the word that the text begins with.
fn word(text: &str) -> usize {
    text.bytes()
        .take_while(|letter| letter.is_ascii_alphanumeric() || b"_-".contains(letter))
        .count()
}

fn begins_a_word(before: &str, _: &str) -> bool {
    !before.ends_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '_')
}

/// A URL with a user in it.
fn has_user(before: &str, rest: &str) -> bool {
    let mut letters =
        rest.bytes().take_while(|it| !it.is_ascii_whitespace() && !b"\"'<>".contains(it));
    before.ends_with(|letter: char| letter.is_ascii_alphanumeric()) && letters.any(|it| it == b'@')
}

/// `credentials::`
fn is_module(rest: &str) -> bool {
    rest[word(rest)..].starts_with("::")
}

/// `auth`, `db_pass`, `dbPass`.
fn begins_a_part(before: &str, needle: &str) -> bool {
    let is_large = needle.starts_with(|letter: char| letter.is_ascii_uppercase());
    !before.ends_with(|letter: char| {
        letter.is_ascii_digit()
            || letter.is_ascii_uppercase()
            || letter.is_ascii_lowercase() && !is_large
    })
}

fn never(_: &str, _: &str) -> bool {
    false
}

/// A word of prose.
fn is_word(_: &str, found: &str) -> bool {
    let text = found.trim_end_matches(['.', ':']);
    text.chars().all(|letter| letter.is_ascii_lowercase())
}

/// `credentials::Error`.
fn is_path(before: &str, found: &str) -> bool {
    before.ends_with(':') && found.starts_with(':')
}

/// `auth: denied`, `pass: 3`, `auth: 401`, `session::Error`; but not `auth=denied`.
fn is_told(before: &str, found: &str) -> bool {
    let is_number = found.len() <= 3 && found.bytes().all(|digit| digit.is_ascii_digit());
    let is_prose = before.trim_end().ends_with(':') && (is_word(before, found) || is_number);
    is_prose || is_path(before, found)
}

/// Such as the id of a commit, or the name of an exception.
fn is_digest_or_name(text: &str) -> bool {
    text.chars().all(|digit| matches!(digit, '0'..='9' | 'a'..='f'))
        || text.chars().all(|letter| letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_one() {
        let regexes: Vec<usize> = SECRETS.iter().map(|secret| secret.regexes.len()).collect();
        assert_eq!(regexes, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 7, 7, 7]);
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn masks_what_looks_like_a_credential() {
        for (text, expected) in [
            ("key AKIAIOSFODNN7EXAMPLE is unknown", "key [masked] is unknown"),
            ("ASIAIOSFODNN7EXAMPLE", "[masked]"),
            ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "[masked]"),
            (
                "secret wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY, and so on",
                "secret [masked], and so on",
            ),
            (
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY,je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
                "[masked],[masked]",
            ),
            (
                "connect https://user:hunter2@db.example.com/x",
                "connect https://[masked]@db.example.com/x",
            ),
            ("postgres://app:p%40ss@db:5432/x failed", "postgres://[masked]@db:5432/x failed"),
            ("postgres://app:p@ss@db:5432/x failed", "postgres://[masked]@db:5432/x failed"),
            ("postgres://app:p/ss@db:5432/x failed", "postgres://[masked]@db:5432/x failed"),
            ("redis://:hunter2@cache", "redis://[masked]@cache"),
            ("Authorization: Bearer abc.def-ghi_jkl", "Authorization: Bearer [masked]"),
            ("authorization: basic dXNlcjpwYXNz", "authorization: basic [masked]"),
            ("Authorization: ApiKey 0123abcd", "Authorization: ApiKey [masked]"),
            ("Proxy-Authorization: 0123abcd", "Proxy-Authorization: [masked]"),
            ("\"authorization\": \"0123abcd\"", "\"authorization\": \"[masked]\""),
            (
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/x, SignedHeaders=host, Signature=fe5f80",
                "AWS4-HMAC-SHA256 Credential=[masked], SignedHeaders=host, Signature=[masked]",
            ),
            ("Set-Cookie: session=abc; id=d", "Set-Cookie: [masked]"),
            ("x-api-key: 0123", "x-api-key: [masked]"),
            ("password=hunter2&user=x", "password=[masked]&user=x"),
            ("pwd=letmein;user=x", "pwd=[masked];user=x"),
            ("{\"secretAccessKey\": \"abc\"}", "{\"secretAccessKey\": \"[masked]\"}"),
            (
                r#"{"password": "hunter two, \"and\" three", "user": "x"}"#,
                r#"{"password": "[masked]", "user": "x"}"#,
            ),
            (
                r#""{\"password\":\"hunter2\",\"user\":\"x\"}""#,
                r#""{\"password\":\"[masked]\",\"user\":\"x\"}""#,
            ),
            (r#"Config { password: Some("hunter2") }"#, r#"Config { password: Some("[masked]") }"#),
            ("{'api_key' => 'abc d'}", "{'api_key' => '[masked]'}"),
            (
                "<SecretAccessKey>abc/def</SecretAccessKey>",
                "<SecretAccessKey>[masked]</SecretAccessKey>",
            ),
            ("password%3Dhunter2", "password%3D[masked]"),
            ("mysqldump --password hunter2 -u x", "mysqldump --password [masked] -u x"),
            ("aws_session_token = FwoGZXIvYXdzEBYaD", "aws_session_token = [masked]"),
            ("FwoGZXIvYXdzEBYaDHqa0AP/x+y=", "[masked]"),
            ("DB_PASSWORD: hunter2", "DB_PASSWORD: [masked]"),
            ("token=0123abcd", "token=[masked]"),
            ("{\"token\": \"0123 abcd\"}", "{\"token\": \"[masked]\"}"),
            (
                "GET /x?X-Amz-Credential=AKIA%2F2026&X-Amz-Signature=abcdef&y=1",
                "GET /x?X-Amz-Credential=[masked]&X-Amz-Signature=[masked]&y=1",
            ),
            ("/blob?sv=1&sig=ab%2Fcd&se=2", "/blob?sv=1&sig=[masked]&se=2"),
            (
                "AccountName=x;AccountKey=ab+/==;Suffix=y",
                "AccountName=x;AccountKey=[masked];Suffix=y",
            ),
            ("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "token [masked]"),
            ("token: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "token: [masked]"),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
                "-----BEGIN RSA PRIVATE KEY-----[masked]-----END RSA PRIVATE KEY-----",
            ),
            ("-----BEGIN PRIVATE KEY-----\\nabc", "-----BEGIN PRIVATE KEY-----[masked]"),
            (
                "-----BEGIN PGP PRIVATE KEY BLOCK-----\nabc",
                "-----BEGIN PGP PRIVATE KEY BLOCK-----[masked]",
            ),
            ("key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "key=[masked]"),
            ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY=x", "[masked]=x"),
            ("asia-AKIAIOSFODNN7EXAMPLE", "asia-[masked]"),
            ("session-pass=hunter2", "session-pass=[masked]"),
            ("pass=hunter2", "pass=[masked]"),
            ("pass=letmein", "pass=[masked]"),
            ("DB_PASS: hunter2", "DB_PASS: [masked]"),
            ("dbPass=hunter2", "dbPass=[masked]"),
            ("auth=hunter2", "auth=[masked]"),
            ("JSESSIONID=0A1B2C", "JSESSIONID=[masked]"),
            ("session=0a1b2c; session_id=0a1b", "session=[masked]; session_id=[masked]"),
            ("bearer: abc12345", "bearer: [masked]"),
            ("creds=user:hunter2", "creds=[masked]"),
            ("password=<hunter2>", "password=<[masked]>"),
            ("password=<hunter2", "password=<[masked]"),
            ("password = [\"hunter2\"]", "password = [[masked]]"),
            ("passwords: ['a]b', 'hunter2'], x", "passwords: [[masked]], x"),
            (".password(\"hunter2\")", ".password(\"[masked]\")"),
            ("it.password == \"hunter2\"", "it.password == \"[masked]\""),
            ("password = br#\"hunter2\"#", "password = br#\"[masked]\"#"),
            ("ghp_0123456789abcdefghij0123", "[masked]"),
            ("glpat-0123456789abcdefghij", "[masked]"),
            ("sk_live_0123456789abcdef", "[masked]"),
        ] {
            assert_eq!(masked(text), expected);
        }
    }

    #[test]
    fn leaves_the_rest_as_it_is() {
        for text in [
            "",
            "service error: InternalServerException: try again later",
            "https://backup-gateway.eu-central-1.amazonaws.com/service",
            "request 4442587FB7D0A2F9, host id none",
            "commit 0123456789abcdef0123456789abcdef01234567",
            "request id d7b1b938-0afb-4c59-9cf6-b1c21ec7f4b7",
            "mail to someone@example.com",
            "https://example.com:8443/@scope/package",
            "the token is expired",
            "invalid token signature: token validation failed.",
            "unexpected token: identifier",
            "basic authentication required",
            "Authorization: user is not allowed",
            "ThisExceptionHasANameThatIsFortyLetters0".trim_end_matches('0'),
            "ItHasANameOfFortyLettersAndIsNoSecretKey",
            "a/b/c at 12:30:15",
            "the session is over",
            "session: expired",
            "auth::session::Error: gone",
            "aws_config::profile::credentials::ProfileFileError",
            "author: Jane, author=Jane, authority=example.com",
            "passed: 312, failed: 2022; bypass=Always, compass: North",
            "pass: 3, auth: 401",
            "possession=Nine tenths",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    /// What is masked stays so, and is not masked twice.
    #[test]
    fn nothing_changes_when_it_is_masked_again() {
        for text in [
            "password: hunter2",
            "passwords = [\"hunter2\"]",
            "auth=<hunter2>",
            "key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "Authorization: Bearer abc.def-ghi",
            "https://a:b@c/",
        ] {
            let once = masked(text);
            assert_eq!(masked(&once), once);
        }
    }

    /// The matcher never goes back, and is not asked again within a word.
    #[test]
    fn a_hostile_text_takes_no_longer_than_another() {
        let start = std::time::Instant::now();
        for piece in [
            "a",
            "-",
            "password",
            "a:",
            "\\",
            "(",
            "://",
            "://a:b",
            "token ",
            "AKIA",
            "eyJ.",
            "eyJ-",
            "=",
            "pass::",
            "token: ",
            "-----BEGIN ",
            "--password",
            "secret=[\"",
        ] {
            let text: String = piece.chars().cycle().take(4_000).collect();
            let _ = masked(&text);
        }
        assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    }
}
