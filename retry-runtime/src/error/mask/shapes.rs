//! The shapes of secrets: what follows a needle of the table, and how far it reaches.

use core::ops::Range;

use super::names;
use super::values::{self, Extent, NEAR, is_blank, is_quote, is_space};
use super::view::View;

/// How far a command's flags and a URL's user are looked for.
const LINE: usize = 256;

/// Where the needle is, and what is asked about the letters around it.
#[derive(Clone, Copy)]
pub(super) struct Place<'v, 't> {
    pub(super) view: &'v View<'t>,
    /// The needle.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Nothing before it may be masked: it is already.
    pub(super) floor: usize,
}

pub(super) type Shape = fn(Place<'_, '_>) -> Option<Range<usize>>;

fn is_alphanumeric(letter: u8) -> bool {
    letter.is_ascii_alphanumeric()
}

/// Letters of base64 for URLs.
fn is_url64(letter: u8) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'-')
}

fn is_base64(letter: u8) -> bool {
    is_url64(letter) || matches!(letter, b'+' | b'/' | b'=')
}

fn is_dotted(letter: u8) -> bool {
    is_url64(letter) || matches!(letter, b'.' | b'~')
}

/// The needle and at least `LEAST` letters or digits.
pub(super) fn letters<const LEAST: usize>(place: Place<'_, '_>) -> Option<Range<usize>> {
    place.token(LEAST, is_alphanumeric)
}

/// The needle and at least `LEAST` letters of base64 for URLs.
pub(super) fn url64<const LEAST: usize>(place: Place<'_, '_>) -> Option<Range<usize>> {
    place.token(LEAST, is_url64)
}

/// The needle and at least `LEAST` letters of base64.
pub(super) fn base64<const LEAST: usize>(place: Place<'_, '_>) -> Option<Range<usize>> {
    place.token(LEAST, is_base64)
}

/// The needle and at least `LEAST` letters, dots among them.
pub(super) fn dotted<const LEAST: usize>(place: Place<'_, '_>) -> Option<Range<usize>> {
    place.token(LEAST, is_dotted)
}

/// The needle and exactly `LENGTH` hexadecimal digits.
pub(super) fn hexadecimal<const LENGTH: usize>(place: Place<'_, '_>) -> Option<Range<usize>> {
    let token = place.token(LENGTH, is_alphanumeric)?;
    let is_hexadecimal =
        (place.end..token.end).all(|index| place.view.at(index).is_ascii_hexdigit());
    (token.end == place.end + LENGTH && is_hexadecimal).then_some(token)
}

/// `AKIA` and at least twelve capitals or digits.
pub(super) fn aws_key_id(place: Place<'_, '_>) -> Option<Range<usize>> {
    place.token(12, |letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
}

/// Tokens of AWS, also short ones: nothing else begins so.
pub(super) fn aws_session_token(place: Place<'_, '_>) -> Option<Range<usize>> {
    place.token(0, is_base64)
}

/// `eyJ..` and its further parts, of which a JWE may leave one empty.
pub(super) fn jwt(place: Place<'_, '_>) -> Option<Range<usize>> {
    let view = place.view;
    // A long header is one even where no dot follows: what is left alone is read again.
    let header = view.run(place.end, LINE, is_url64);
    if header == place.end + LINE {
        return place.token(LINE, is_dotted);
    }
    let mut end = header;
    for _ in 0..4 {
        if view.at(end) != b'.' {
            break;
        }
        let part = view.run(end + 1, usize::MAX, is_url64);
        let is_empty_part = part == end + 1 && view.at(part) == b'.';
        if part == end + 1 && !is_empty_part {
            break;
        }
        end = part;
    }
    (end > header && header >= place.end + 5).then_some(place.start..end)
}

/// `Bearer ..`, but not `bearer of news`.
pub(super) fn after_scheme(place: Place<'_, '_>) -> Option<Range<usize>> {
    let view = place.view;
    let start = view.run(place.end, NEAR, is_space);
    let end = view.run(start, usize::MAX, |letter| is_base64(letter) || is_dotted(letter));
    let value = start..end;
    (start > place.end && value.len() >= 8 && !values::is_plain(view, &value)).then_some(value)
}

/// `response="6629fae49393a053.."` of Digest.
pub(super) fn digest(place: Place<'_, '_>) -> Option<Range<usize>> {
    let start = values::quote(place.view, place.end).map_or(place.end, |quote| quote.content);
    let end = place.view.run(start, LINE, |letter| letter.is_ascii_hexdigit());
    (end >= start + 32).then_some(start..end)
}

/// `?key=..`, `&sig=..`: a parameter of a URL.
pub(super) fn parameter(place: Place<'_, '_>) -> Option<Range<usize>> {
    let view = place.view;
    let level = view.level(place.end - 1);
    // Asked before the value is read: what is left alone is read again.
    let near = view.run(place.end, NEAR, |letter| !is_space(letter) && !b"/&\"".contains(&letter));
    let is_path = view.at(near) == b'/' && view.level(near) <= level;
    if is_path {
        return None;
    }
    let value = values::value(view, place.end, level, Extent::Word)?;
    let is_number = value.len() <= 5 && value.clone().all(|index| view.at(index).is_ascii_digit());
    (!is_number).then_some(value)
}

/// `Signature=..`: whatever it is.
pub(super) fn assigned(place: Place<'_, '_>) -> Option<Range<usize>> {
    values::value(place.view, place.end, place.view.level(place.end - 1), Extent::Word)
}

/// The rest of the URL.
pub(super) fn rest_of_url(place: Place<'_, '_>) -> Option<Range<usize>> {
    let end = place.view.run(place.end, usize::MAX, |it| is_url64(it) || b"/.@:%".contains(&it));
    (end >= place.end + 8).then_some(place.end..end)
}

/// `https://user:password@host`, also where the password has an `@` or a `/` in it.
pub(super) fn user_of_url(place: Place<'_, '_>) -> Option<Range<usize>> {
    let view = place.view;
    let (mut at, mut slash, mut colon) = (None, None, None);
    let mut index = place.end;
    loop {
        let letter = view.at(index);
        let ends =
            letter == 0 || is_space(letter) || is_quote(letter) || matches!(letter, b'<' | b'>');
        // Each is read only once.
        if ends || view.after(index, "://").is_some() {
            break;
        }
        match letter {
            b'@' if slash.is_none() || has_password(view, colon, slash) => at = Some(index),
            b'/' | b'?' | b'#' if slash.is_none() && view.level(index) == 0 => slash = Some(index),
            b':' if slash.is_none() && colon.is_none() => colon = Some(index),
            _ => {}
        }
        index += 1;
    }
    let user = place.end..at?;
    let is_git = view.after_exactly(user.start, "git@").is_some() && user.len() == 3;
    (!user.is_empty() && !is_git).then_some(user)
}

/// Whether what follows the colon is not a port.
fn has_password(view: &View<'_>, colon: Option<usize>, slash: Option<usize>) -> bool {
    let (Some(colon), Some(slash)) = (colon, slash) else { return false };
    let digits = view.run(colon + 1, 6, |letter| letter.is_ascii_digit());
    digits < slash || digits == colon + 1
}

/// `user:password@tcp(host)`, `user:password@host`.
pub(super) fn user_before_host(place: Place<'_, '_>) -> Option<Range<usize>> {
    /// What is not a user.
    const WORDS: &[&str] = &[
        "mailto",
        "npm",
        "to",
        "from",
        "cc",
        "bcc",
        "email",
        "mail",
        "user",
        "sip",
        "sips",
        "xmpp",
        "acct",
        "by",
        "author",
        "contact",
        "for",
        "git",
        "owner",
        "http",
        "https",
        "jsr",
        "workspace",
        "host",
    ];
    let view = place.view;
    let lowest = place.floor.max(place.start.saturating_sub(NEAR));
    let is_user = |letter: u8| is_dotted(letter) || letter == b'+' || letter >= 0x80;
    let mut start = place.start;
    let mut colon = None;
    while start > lowest {
        let letter = view.before(start);
        if letter == b':' {
            colon = Some(start - 1);
        } else if is_space(letter) || is_quote(letter) || b"()[]{}<>,;=/&?|".contains(&letter) {
            break;
        }
        start -= 1;
    }
    let colon = colon?;
    let is_word =
        WORDS.iter().any(|word| word.len() == colon - start && view.after(start, word).is_some());
    let host = view.run(place.end, LINE / 4, |letter| is_url64(letter) || letter == b'.');
    let in_brackets = view.at(host) == b'(';
    let has_dot = (place.end..host).any(|index| view.at(index) == b'.');
    let has_port = view.at(host) == b':' && view.at(host + 1).is_ascii_digit();
    let is_host = in_brackets
        || view.at(place.end).is_ascii_alphabetic() && (has_dot || has_port)
        || view.after(place.end, "localhost").is_some();
    let is_fine = colon > start
        && (start..colon).all(|index| is_user(view.at(index)))
        && !is_word
        && view.after_exactly(place.end, "sha256:").is_none()
        && is_host
        && host > place.end;
    is_fine.then_some(colon + 1..place.start)
}

/// `mysql -phunter2`: the password follows the flag at once.
pub(super) fn mysql(place: Place<'_, '_>) -> Option<Range<usize>> {
    let flag = place.flag(&["-p"])?;
    let value = values::value(place.view, flag, 0, Extent::Word)?;
    (!is_blank(place.view.at(flag))).then_some(value)
}

/// `curl -u user:password`: all of it.
pub(super) fn curl(place: Place<'_, '_>) -> Option<Range<usize>> {
    place.after_flag(&["-u", "--user", "--proxy-user", "-U"])
}

/// `sshpass -p ..`, `docker login -p ..`.
pub(super) fn flag_p(place: Place<'_, '_>) -> Option<Range<usize>> {
    place.after_flag(&["-p"])
}

/// `redis-cli -a ..`.
pub(super) fn flag_a(place: Place<'_, '_>) -> Option<Range<usize>> {
    place.after_flag(&["-a"])
}

/// `ldapsearch -w ..`.
pub(super) fn flag_w(place: Place<'_, '_>) -> Option<Range<usize>> {
    place.after_flag(&["-w"])
}

/// `sqlcmd -P ..`.
pub(super) fn flag_capital_p(place: Place<'_, '_>) -> Option<Range<usize>> {
    place.after_flag(&["-P"])
}

/// `SET PASSWORD FOR 'app'@'localhost' = 'hunter2'`.
pub(super) fn set_password(place: Place<'_, '_>) -> Option<Range<usize>> {
    let view = place.view;
    let sign = view.run(place.end, LINE, |letter| !b"=\n;".contains(&letter));
    let value = (view.at(sign) == b'=').then(|| values::value(view, sign + 1, 0, Extent::Word));
    value.flatten().filter(|value| is_quote(view.before(value.start)))
}

/// `sqlplus scott/tiger@db`: the password in the rest of the line.
pub(super) fn oracle(place: Place<'_, '_>) -> Option<Range<usize>> {
    let view = place.view;
    let line = view.run(place.end, LINE, |letter| letter != b'\n');
    let mut places = (place.end..line).filter(|at| view.at(*at) == b'@');
    places.find_map(|at| password_after_slash(view, at))
}

/// `scott/tiger@db`, `scott/tiger@//host`, `scott/tiger@host:1521/x`; but not `org/repository@main`.
pub(super) fn oracle_database(place: Place<'_, '_>) -> Option<Range<usize>> {
    let view = place.view;
    let is_in = |letter: u8| is_url64(letter) || letter == b'.';
    let host = view.run(place.end, NEAR, is_in);
    let port = view.run(host + 1, 6, |letter| letter.is_ascii_digit());
    let has_port = view.at(host) == b':' && port > host + 1 && view.at(port) == b'/';
    let is_database = view.after_exactly(place.end, "//").is_some()
        || has_port
        || (place.end..host).any(|at| ["db", "orcl"].iter().any(|it| view.after(at, it).is_some()));
    is_database.then(|| password_after_slash(view, place.start)).flatten()
}

/// `user/password` before this place.
fn password_after_slash(view: &View<'_>, end: usize) -> Option<Range<usize>> {
    let back = |end: usize, is_in: fn(u8) -> bool| {
        let lowest = end.saturating_sub(NEAR);
        (lowest..end).rev().find(|index| !is_in(view.at(*index))).map_or(lowest, |at| at + 1)
    };
    let password = back(end, |letter| {
        !is_space(letter) && !is_quote(letter) && !b"/@,;()<>".contains(&letter)
    });
    let slash = password.checked_sub(1).filter(|slash| view.at(*slash) == b'/')?;
    let user = back(slash, |letter| is_alphanumeric(letter) || b"_$#".contains(&letter));
    let is_user = view.at(user).is_ascii_alphabetic() && !b"/.-@%".contains(&view.before(user));
    (is_user && user < slash && password < end).then_some(password..end)
}

/// `{"value":"hunter2","name":"password"}`: the value comes first.
pub(super) fn value_before_name(place: Place<'_, '_>) -> Option<Range<usize>> {
    const KEYS: &[&str] = &["name", "key"];
    let view = place.view;
    let is_sign = |letter: u8| matches!(letter, b':' | b'=');
    let sign = view.run(values::unquoted(view, place.end), NEAR, is_space);
    let quote = values::quote(view, view.run(sign + 1, NEAR, is_space));
    let quote = quote.filter(|_| is_sign(view.at(sign)))?;
    // What follows is not read further than that, because the value may not be a secret.
    let value = values::quoted_within(view, quote, LINE)?;
    let next = view
        .run(values::unquoted(view, value.end), NEAR, |letter| is_space(letter) || letter == b',');
    let key = values::unquoted(view, next);
    let key = KEYS.iter().find_map(|it| view.after(key, it))?;
    let sign = view.run(values::unquoted(view, key), NEAR, is_space);
    let name = values::quote(view, view.run(sign + 1, NEAR, is_space));
    let name = name.filter(|_| is_sign(view.at(sign)))?.content;
    let name = name..view.run(name, NEAR, names::is_in_name);
    names::is_name(view, &name).then_some(value)
}

/// `IDENTIFIED BY 'tiger'`, `IDENTIFIED BY tiger`; but not `identified by its name`.
pub(super) fn identified(place: Place<'_, '_>) -> Option<Range<usize>> {
    let view = place.view;
    let start = view.run(place.end, NEAR, is_space);
    let start = view.after(start, "password ").unwrap_or(start);
    let start = view.after(start, "values ").unwrap_or(start);
    let is_sql = view.at(place.start) == b'I' && view.at(place.start + 1) == b'D';
    if start == place.end || !is_sql && view.at(start) != b'\'' {
        return None;
    }
    values::value(view, start, 0, Extent::Word)
}

/// All up to the line that ends a key; all that follows where none does.
pub(super) fn pem(place: Place<'_, '_>) -> Option<Range<usize>> {
    let view = place.view;
    let is_in_title = |letter: u8| letter.is_ascii_uppercase() || letter == b' ';
    let title = view.run(place.end, NEAR, is_in_title);
    let is_private =
        (place.end..title).any(|index| view.after_exactly(index, "PRIVATE KEY").is_some());
    let start = view.after_exactly(title, "-----").filter(|_| is_private)?;
    let end = (start..view.len()).find(|index| view.after_exactly(*index, "-----END").is_some());
    Some(start..end.unwrap_or(view.len())).filter(|key| !key.is_empty())
}

/// A secret of Azure AD: three letters and a digit before `Q~`, some thirty after it.
pub(super) fn azure_ad(place: Place<'_, '_>) -> Option<Range<usize>> {
    let view = place.view;
    let start = place.start.checked_sub(4).filter(|start| *start >= place.floor)?;
    let end = view.run(place.end, LINE, is_dotted);
    let begins = (start..start + 3).all(|index| is_dotted(view.at(index)));
    let is_secret = begins && view.at(start + 3).is_ascii_digit() && end >= place.end + 30;
    is_secret.then_some(start..end)
}

/// `bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw`.
pub(super) fn telegram(place: Place<'_, '_>) -> Option<Range<usize>> {
    let view = place.view;
    let colon = view.run(place.end, 12, |letter| letter.is_ascii_digit());
    let end = view.run(colon + 1, NEAR, is_url64);
    let is_token = colon >= place.end + 6 && view.at(colon) == b':' && end >= colon + 31;
    is_token.then_some(place.end..end)
}

/// A secret key of AWS: 40 letters of base64 that change their kind as often as random ones do.
pub(super) fn aws_secret_key(view: &View<'_>, start: usize) -> Option<Range<usize>> {
    const LENGTH: usize = 40;
    let is_in = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'/' | b'+');
    let end = view.run(start, usize::MAX, is_in);
    if end - start != LENGTH {
        return None;
    }
    let kind = |letter: u8| match letter {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    };
    let has = |of: u8| (start..end).any(|index| kind(view.at(index)) == of);
    let changes =
        (start + 1..end).filter(|index| kind(view.at(*index)) != kind(view.at(index - 1))).count();
    (has(0) && has(1) && has(2) && changes >= 12).then_some(start..end)
}

impl Place<'_, '_> {
    /// The needle and the run after it, of at least `least` letters.
    fn token(self, least: usize, is_in: impl Fn(u8) -> bool) -> Option<Range<usize>> {
        let end = self.view.run(self.end, usize::MAX, is_in);
        (end - self.end >= least).then_some(self.start..end)
    }

    /// Where what follows a flag of this command begins.
    fn flag(self, flags: &[&str]) -> Option<usize> {
        let view = self.view;
        if is_alphanumeric(view.at(self.end)) {
            return None;
        }
        let line = view.run(self.end, LINE, |letter| letter != b'\n' && letter != b';');
        (self.end..line)
            .filter(|index| is_blank(view.at(*index)) && view.at(index + 1) == b'-')
            .find_map(|index| flags.iter().find_map(|flag| view.after_exactly(index + 1, flag)))
    }

    fn after_flag(self, flags: &[&str]) -> Option<Range<usize>> {
        let flag = self.flag(flags)?;
        let start = self.view.run(flag, NEAR, |letter| is_blank(letter) || letter == b'=');
        if start == flag {
            return None;
        }
        values::value(self.view, start, 0, Extent::Word)
    }
}
