//! Masks what looks like a credential.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex_lite::{Captures, Regex};

/// What stands in the place of a secret.
const MASKED: &str = "[masked]";

/// Finds a secret, and keeps what stands before it (`before`) and behind it (`after`).
struct Pattern {
    regex: Regex,
    /// What is found and is no secret all the same.
    is_harmless: IsHarmless,
}

type IsHarmless = fn(&str) -> bool;

/// Names of secrets.
const NAMED: &str = "password|passwd|passphrase|pwd|secret|credential|cookie\
    |(?:session|security|access|refresh|auth|id)[_-]?token\
    |(?:api|private|access|account)[_-]?key|shared[_-]?access";

/// Key ids of AWS: *IAM User Guide*, "IAM identifiers", unique ID prefixes. Parameters of signed
/// URLs: *Signature Version 4*, "Authenticating requests: using query parameters".
static SECRETS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    // `password = `, `"secretAccessKey": `, `\"password\":`, `<password>`, `secret: Some(`
    let named = |names: &str| {
        format!(
            r#"(?i)(?<before>\b[a-z0-9_.-]*(?:{names})[a-z0-9_-]*\\*["']?\s*(?:=>|=|:|>|%3D)\s*(?:[a-z_:]*\()*"#
        )
    };
    let all = named(NAMED);
    // Neither the `Some` of `Some("..")` nor the end of `=>`.
    let bare =
        r#"[^\s"'\\,;&<>()}](?:[^\s"'\\,;&<)}]*[^\s"'\\,;&<()}])?(?<after>$|[\s"'\\,;&<)}])"#;
    let patterns: [(&str, IsHarmless); 18] = [
        // Key ids of AWS.
        (r"(?<before>\b)A(?:BIA|CCA|GPA|IDA|IPA|KIA|NPA|NVA|PKA|ROA|SCA|SIA)[A-Z0-9]{12,}", never),
        // Session tokens of AWS.
        (r"(?<before>\b)(?:IQoJb3JpZ2lu|F[Qw]oGZXIvYXdz)[A-Za-z0-9+/=%_-]*", never),
        // https://user:password@host, also where the password has an `@` or a `/` in it
        (
            r#"(?<before>\b[A-Za-z][A-Za-z0-9+.-]*://)(?:[^\s/@:"'<>]*:[^\s/"'<>]*[^\s/"'<>0-9][^\s"'<>]*|[^\s/"'<>]+)(?<after>@)"#,
            never,
        ),
        // Authorization: Bearer ..
        (r"(?i)(?<before>\b(?:bearer|basic|token)\s+)[A-Za-z0-9._~+/=-]{8,}", is_word),
        // Signed requests.
        (
            r#"(?i)(?<before>\b(?:x-amz-security-token|signature|credential|sig)=)[^\s&,;"'<]+"#,
            never,
        ),
        // JSON Web Tokens.
        (r"(?<before>\b)eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?", never),
        // Private keys.
        (
            r"(?<before>-----BEGIN [A-Z ]*PRIVATE KEY[A-Z ]*-----)[\s\S]*?(?<after>-----END|$)",
            never,
        ),
        // Tokens of GitHub, GitLab, Slack, npm, Google, Stripe, OpenAI, SendGrid.
        (
            r"(?<before>\b)(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|npm_[A-Za-z0-9]{30,}|AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{10,}|[prs]k_(?:live|test)_[A-Za-z0-9]{10,}|sk-[A-Za-z0-9_-]{20,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})",
            never,
        ),
        // Secret keys of AWS are 40 letters of base64, which nothing else is that has no name.
        (
            r"(?<before>^|[^A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?<after>$|[^A-Za-z0-9/+=])",
            is_digest_or_name,
        ),
        // Cookies: all of them.
        (r#"(?i)(?<before>\b(?:set-)?cookie\\*["']?\s*[:=]\s*\\*["']?)[^"'\\\r\n]+"#, never),
        // Authorization: with any scheme, or none
        (
            r#"(?i)(?<before>\b[a-z-]*authorization\\*["']?\s*[:=]\s*\\*["']?(?:[a-z][a-z0-9-]*\s+)?)[^\s"'\\,;]+"#,
            is_word,
        ),
        // --password ..
        (
            r"(?i)(?<before>--[a-z0-9-]*(?:password|passphrase|secret|token|api-key)\s+)[^\s-]\S*",
            never,
        ),
        // By its name: in quotes, in quotes with a backslash before them, and without.
        (&format!(r#"{all}")(?:[^"\\]|\\.)+"#), never),
        (&format!(r"{all}')(?:[^'\\]|\\.)+"), never),
        (&format!(r#"{all}\\+["'])[^"'\\]+"#), never),
        (&format!(r"{all}){bare}"), never),
        // Tokens of any kind, but not the word behind `unexpected token:`.
        (&format!(r#"{}\\*["'])[^"'\\]+"#, named("token")), is_word),
        (&format!(r"{}){bare}", named("token")), is_word),
    ];
    patterns
        .into_iter()
        .filter_map(|(regex, is_harmless)| {
            Some(Pattern { regex: Regex::new(regex).ok()?, is_harmless })
        })
        .collect()
});

/// The text without credentials.
pub(super) fn masked(text: &str) -> String {
    SECRETS.iter().fold(Cow::Borrowed(text), |text, secret| secret.masked(text)).into_owned()
}

impl Pattern {
    fn masked<'a>(&self, mut text: Cow<'a, str>) -> Cow<'a, str> {
        // Twice, for of two that have one letter between them the first takes it.
        for _ in 0..2 {
            if !self.regex.is_match(&text) {
                break;
            }
            text = Cow::Owned(
                self.regex.replace_all(&text, |found: &Captures<'_>| self.mask(found)).into_owned(),
            );
        }
        text
    }

    fn mask(&self, found: &Captures<'_>) -> String {
        let part = |name| found.name(name).map_or("", |part| part.as_str());
        let (all, before, after) = (&found[0], part("before"), part("after"));
        if (self.is_harmless)(&all[before.len()..all.len() - after.len()]) {
            return all.to_owned();
        }
        format!("{before}{MASKED}{after}")
    }
}

fn never(_: &str) -> bool {
    false
}

/// A word of prose.
fn is_word(text: &str) -> bool {
    let text = text.trim_end_matches(['.', ':']);
    text.chars().all(|letter| letter.is_ascii_lowercase())
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
        assert_eq!(SECRETS.len(), 18);
    }

    #[test]
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
        ] {
            assert_eq!(masked(text), text);
        }
    }

    /// What is masked stays so, and is not masked twice.
    #[test]
    fn nothing_changes_when_it_is_masked_again() {
        for text in ["password: hunter2", "Authorization: Bearer abc.def-ghi", "https://a:b@c/"] {
            let once = masked(text);
            assert_eq!(masked(&once), once);
        }
    }

    /// The time grows with the length, whatever the text: the matcher never goes back.
    #[test]
    fn a_hostile_text_takes_no_longer_than_another() {
        let start = std::time::Instant::now();
        for piece in ["a", "-", "password", "a:", "\\", "(", "://", "token ", "AKIA", "eyJ.", "="] {
            let text: String = piece.chars().cycle().take(4_000).collect();
            let _ = masked(&text);
        }
        assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    }
}
