mod bounds;
mod credentials;
mod hidden;
mod kinds;
mod published;
mod rounds;
mod sentences;
mod work;

use super::{MASKED, masked};

/// Checks a text in which each secret is enclosed in ‹ and ›; gives what is wrong.
fn wrong(marked: &str) -> Option<String> {
    let text = marked.replace(['‹', '›'], "");
    let mut expected = String::new();
    for (index, part) in marked.split('‹').enumerate() {
        match part.split_once('›') {
            Some((_, after)) if index > 0 => {
                expected.push_str(MASKED);
                expected.push_str(after);
            }
            _ => expected.push_str(part),
        }
    }
    let is = masked(&text);
    let again = masked(&is);
    (is != expected || again != is)
        .then(|| format!("is       {is}\nexpected {expected}\nagain    {again}\n"))
}

/// Every text of a table at once, so that a change of a rule shows all that it does.
fn check<'t>(texts: impl IntoIterator<Item = &'t str>) {
    let wrong: Vec<String> = texts.into_iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
