//! Predicates on values, which other libraries write the other way round.

use quote::ToTokens;
use syn::{BinOp, Expr, ExprClosure, ExprUnary, ReturnType, Token, UnOp, parse_quote};

use super::tokens::spaceless;
use super::words::snake_case;

/// Words for values that are retried. Two keys are meant by them: polling, and values that are failures.
const VALUES: [&str; 14] = [
    "ok",
    "on_result",
    "or_result",
    "result_predicate",
    "retry_on_result_predicate",
    "retry_result",
    "result",
    "retry_if_ok",
    "retry_on_ok",
    "retry_on_result",
    "retry_if_result",
    "retry_on_value",
    "retry_if_value",
    "handle_result",
];

pub(super) fn is_about_values(word: &str) -> bool {
    VALUES.contains(&&*snake_case(word))
}

/// The answer to such a word. `predicate` is what was written after it.
pub(super) fn instead_of_values(word: &str, predicate: Option<&Expr>) -> String {
    let (shown, named, negated) = match predicate {
        Some(Expr::Path(path)) => {
            let path = spaceless(path);
            (path.clone(), format!("`{path}`"), format!("|value| !{path}(value)"))
        }
        Some(Expr::Closure(closure)) if matches!(closure.output, ReturnType::Default) => {
            let mut opposite = closure.clone();
            *opposite.body = negated(&closure.body);
            (shown(closure), "the closure".to_owned(), shown(&opposite))
        }
        _ => ("f".to_owned(), "`f`".to_owned(), "|value| !f(value)".to_owned()),
    };
    let what_it_is = if word == "ok" {
        format!("`ok = {shown}` retried while {named} was true")
    } else {
        format!("unknown key `{word}`")
    };
    format!(
        "{what_it_is}: write `until = {negated}` for polling, or `when_ok = {shown}` for a value \
         that is a failure"
    )
}

/// A closure, as a person writes it.
fn shown(closure: &ExprClosure) -> String {
    let moved = closure.capture.map_or("", |_| "move ");
    let inputs: Vec<String> = closure.inputs.iter().map(without_spaces_after_prefixes).collect();
    format!("{moved}|{}| {}", inputs.join(", "), without_spaces_after_prefixes(&closure.body))
}

/// `! * done` is `!*done`, but `a * b` stays.
fn without_spaces_after_prefixes(tokens: &impl ToTokens) -> String {
    let ends_a_value =
        |text: &str| text.ends_with(|c: char| c.is_alphanumeric() || "_)]}\"'?".contains(c));
    let mut written = String::new();
    let mut is_after_prefix = true;
    for word in spaceless(tokens).replace(" :", ":").split(' ') {
        if !is_after_prefix {
            written.push(' ');
        }
        let before = written.trim_end().len();
        written.push_str(word);
        is_after_prefix = match word.strip_suffix(['*', '&', '!', '-']) {
            Some("") => !ends_a_value(&written[..before]),
            Some(start) => start.ends_with('('),
            None => false,
        };
    }
    written
}

fn negated(answer: &Expr) -> Expr {
    match answer {
        Expr::Unary(ExprUnary { op: UnOp::Not(_), expr, .. }) => (**expr).clone(),
        Expr::Binary(comparison) => {
            let mut opposite = comparison.clone();
            opposite.op = match comparison.op {
                BinOp::Eq(op) => BinOp::Ne(Token![!=](op.spans[0])),
                BinOp::Ne(op) => BinOp::Eq(Token![==](op.spans[0])),
                _ => return parse_quote!(!(#answer)),
            };
            Expr::Binary(opposite)
        }
        Expr::Cast(_) | Expr::Assign(_) | Expr::Range(_) | Expr::Let(_) | Expr::Closure(_) => {
            parse_quote!(!(#answer))
        }
        _ => parse_quote!(!#answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::KeyName;
    use crate::parse::words::meaning;

    #[test]
    fn negates_a_predicate_on_values() {
        for (predicate, until) in [
            ("is_pending", "|value| !is_pending(value)"),
            ("Job::is_pending", "|value| !Job::is_pending(value)"),
            ("|job| job.is_pending()", "|job| !job.is_pending()"),
            ("|job| *job == Job::Pending", "|job| *job != Job::Pending"),
            ("|job| *job != Job::Done", "|job| *job == Job::Done"),
            ("|done| !*done", "|done| *done"),
            ("|n| *n < 3", "|n| !(*n < 3)"),
            ("|n: &u32| a(n) && b(n)", "|n: &u32| !(a(n) && b(n))"),
            ("|n| -> bool { *n == 1 }", "|value| !f(value)"),
            ("predicates[0]", "|value| !f(value)"),
        ] {
            let parsed: Expr = syn::parse_str(predicate).expect("an expression");
            let answer = instead_of_values("ok", Some(&parsed));
            // Outside of a compiler, tokens are printed with other spaces.
            let [answer, until] = [answer, format!("write `until = {until}` for polling")]
                .map(|text| text.replace(' ', ""));
            assert!(answer.contains(&until), "{answer}");
        }
    }

    #[test]
    fn every_word_for_values_is_answered_with_both_keys() {
        for word in VALUES {
            assert!(KeyName::new(word).is_none(), "{word}");
            assert_eq!(meaning(word), None, "{word}");
            let answer = instead_of_values(word, None);
            assert!(answer.contains("`until = ") && answer.contains("`when_ok = "), "{answer}");
        }
        assert!(is_about_values("retryOnResult"));
        assert!(!is_about_values("until"));
    }
}
