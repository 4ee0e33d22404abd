//! The name of a method, which is found when somebody asks: a macro above a method does not see its
//! type.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

/// The name of a function item, such as `shop::Client::order::__named`, or
/// `<shop::Client as shop::Orders>::order::__named` in an `impl` of a trait.
#[must_use]
pub fn type_name_of<F>(_: F) -> &'static str {
    core::any::type_name::<F>()
}

/// The names that are not a part of the names of their items, by these: at most one for each method.
static PLAIN: RwLock<BTreeMap<&str, &str>> = RwLock::new(BTreeMap::new());

/// The name of the method around a function item, from the name of that: `shop::Client::order`.
pub(super) fn of_method(item: &'static str) -> &'static str {
    let (method, _) = item.rsplit_once("::").unwrap_or((item, ""));
    if !method.contains(['<', '{']) {
        return method;
    }
    if let Some(known) = PLAIN.read().unwrap_or_else(PoisonError::into_inner).get(item) {
        return known;
    }
    let mut known = PLAIN.write().unwrap_or_else(PoisonError::into_inner);
    known.entry(item).or_insert_with(|| plain(method).leak())
}

/// Leaves out generic arguments, closures, and the trait of an `impl`.
fn plain(path: &str) -> String {
    if let Some(qualified) = path.strip_prefix('<') {
        let end = end_of_brackets(qualified);
        let ty = qualified[..end].rsplit_once(" as ").map_or(&qualified[..end], |(ty, _)| ty);
        return plain(ty) + &plain(qualified.get(end + 1..).unwrap_or_default());
    }
    let (mut text, mut rest) = (String::new(), path);
    while let Some((before, generic)) = rest.split_once('<') {
        text += before;
        rest = generic.get(end_of_brackets(generic) + 1..).unwrap_or_default();
    }
    text += rest;
    text.replace("::{{closure}}", "")
}

/// Where the bracket closes that was opened before; at the end if nowhere.
fn end_of_brackets(text: &str) -> usize {
    let (mut depth, mut before) = (1, ' ');
    for (at, letter) in text.char_indices() {
        match letter {
            '<' => depth += 1,
            // Not the arrow of a function.
            '>' if before != '-' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
        before = letter;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_named_after_its_type() {
        for (item, expected) in [
            ("shop::Client::order::__named", "shop::Client::order"),
            ("shop::Client<_>::order::__named", "shop::Client::order"),
            ("shop::Client<_, _>::order::{{closure}}::__named", "shop::Client::order"),
            ("shop::Orders::order::__named", "shop::Orders::order"),
            ("<shop::Client as shop::Orders>::order::__named", "shop::Client::order"),
            ("<shop::Client<_> as shop::Orders<_>>::order::__named", "shop::Client::order"),
            ("<alloc::vec::Vec<u8> as shop::Orders>::order::__named", "alloc::vec::Vec::order"),
            (
                "<shop::By<fn(u8) -> u8> as shop::Orders<fn() -> u8>>::order::__named",
                "shop::By::order",
            ),
            ("tests::case::Local::order::__named", "tests::case::Local::order"),
            ("order", "order"),
            ("<", ""),
        ] {
            assert_eq!(of_method(item), expected, "{item}");
        }
    }
}
