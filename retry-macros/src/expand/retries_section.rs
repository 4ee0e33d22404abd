//! The section *Retries* that the function's documentation gains.

use proc_macro2::TokenStream;

use super::generated;
use crate::parse::spaceless;
use crate::plan::Plan;

/// ```text
/// // Input:  ApiError::Busy, max = 5, delay = "50ms"
/// // Output: # Retries
/// //
/// //         Called again on `ApiError::Busy`: at most 5 calls. The delay between them starts at
/// //         50ms, grows by a factor of 2 up to 20s (jitter: full).
/// ```
///
/// Only where the function is documented: else the compiler would not miss the documentation.
pub(super) fn documentation(plan: &Plan) -> Option<TokenStream> {
    let is_documented =
        plan.function.attributes.iter().any(|attribute| attribute.path().is_ident("doc"));
    is_documented.then(|| {
        let text = text(plan);
        generated!(#[doc = #text])
    })
}

fn text(plan: &Plan) -> String {
    let selectors = plan.selectors.iter().map(|selector| match selector.written.as_str() {
        "_" => "every error".to_owned(),
        written => format!("`{written}`"),
    });
    let predicate = plan.when.iter().map(|when| format!("errors for which `{}`", spaceless(when)));
    let errors: Vec<String> = selectors.chain(predicate).collect();
    let except = plan.unless.as_ref().map(|unless| format!(" (never if `{}`)", spaceless(unless)));
    let value = |method: &str, default: &str| {
        let setting = plan.settings.iter().find(|setting| setting.method == method);
        setting.map_or_else(|| default.to_owned(), |setting| setting.shown.clone())
    };
    let mut text = format!(
        "\n\n# Retries\n\nCalled again on {}{}: at most {} calls",
        errors.join(", "),
        except.unwrap_or_default(),
        value("max", "3"),
    );
    if text.ends_with("at most 1 calls") {
        text.pop();
        return text + ".";
    }
    let delay = format!(
        ". The delay between them starts at {}, grows by a factor of {} up to {} (jitter: {}).",
        value("delay", "100ms"),
        value("factor", "2"),
        value("max_delay", "20s"),
        value("jitter", "full"),
    );
    text + &delay
}
