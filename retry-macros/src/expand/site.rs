//! The description of the function: a constant expression.

use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;
use syn::spanned::Spanned;

use super::{at, called, generated};
use crate::parse::Value;
use crate::plan::{Plan, Setting};

/// ```text
/// // Input:  max = 3, delay = FIRST
/// // Output: { let __delay: Duration = FIRST;
/// //           Site::new(concat!(module_path!(), "::fetch"), file!(), line!(), &["Busy"],
/// //               policy(Policy::builder().max(3).delay(__delay))) }
/// ```
pub(super) fn site(plan: &Plan) -> TokenStream {
    let name = if let Some(name) = &plan.name {
        generated!(#name)
    } else {
        let function = plan.function.signature.ident.to_string();
        let function = function.trim_start_matches("r#");
        generated!(__x::concat!(__x::module_path!(), "::", #function))
    };
    let selectors = plan.selectors.iter().map(|selector| selector.name.as_str());
    let names = selectors.chain(plan.when.iter().map(|_| "when"));
    let constants = plan.settings.iter().filter_map(constant);
    let policy = policy(&plan.settings);
    let site = generated! {
        __x::Site::new(#name, __x::file!(), __x::line!(), &[#(#names),*], #policy)
    };
    let constants: TokenStream = constants.collect();
    if constants.is_empty() { site } else { generated!({ #constants #site }) }
}

/// A value that only the compiler knows gets its type, and is checked, at its own place.
fn constant(setting: &Setting) -> Option<TokenStream> {
    let Value::Constant(value) = &setting.value else { return None };
    let local = local(setting);
    let (ty, check) = match setting.method {
        "max" => (generated!(u32), Some(generated!(__x::check_max))),
        "factor" => (generated!(f64), Some(generated!(__x::check_factor))),
        "jitter" => (generated!(__x::Jitter), None),
        _ => (generated!(__x::Duration), None),
    };
    let ty = at(setting.key, ty);
    let check = check.map(|check| {
        let check = called(value.span(), check, generated!(#local));
        generated!(#check;)
    });
    Some(generated!(let #local: #ty = #value; #check))
}

/// Literals were checked by now.
fn policy(settings: &[Setting]) -> TokenStream {
    if settings.is_empty() {
        return generated!(__x::Policy::DEFAULT);
    }
    let mut place = Span::mixed_site();
    let calls: Vec<TokenStream> = settings
        .iter()
        .map(|setting| {
            let method = Ident::new(setting.method, Span::mixed_site());
            match &setting.value {
                Value::Literal(value, _) => generated!(.#method(#value)),
                Value::Constant(value) => {
                    place = value.span();
                    let local = local(setting);
                    generated!(.#method(#local))
                }
            }
        })
        .collect();
    called(place, generated!(__x::policy), generated!(__x::Policy::builder() #(#calls)*))
}

fn local(setting: &Setting) -> Ident {
    format_ident!("__{}", setting.method, span = Span::mixed_site())
}
