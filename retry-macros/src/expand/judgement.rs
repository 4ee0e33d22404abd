//! Which selector an error matches.

use proc_macro2::TokenStream;
use syn::spanned::Spanned;
use syn::{Path, PathArguments, Type, TypePath};

use super::{braced, generated, given, placed};
use crate::parse::{Selector, Test, generic_types};
use crate::plan::Plan;

/// The judgement of `__error`: the first selector that matches it.
///
/// ```text
/// // Input:  Busy, when = is_transient, unless = is_permanent, hint = retry_after
/// // Output: |__error| {
/// //             let mut __seen = Look::new(__error).__look(&Coded::new(__error).__code());
/// //             __seen.__unless(holds(__error, is_permanent));
/// //             <is it Busy?>
/// //             __seen.__matches(|| holds(__error, is_transient));
/// //             __seen.__hinted(hint(__error, retry_after));
/// //             __seen.__judged()
/// //         }
/// ```
pub(super) fn judgement(plan: &Plan) -> TokenStream {
    let unless = plan.unless.as_ref().map(|unless| {
        let refused = predicate(unless);
        generated!(__seen.__unless(#refused);)
    });
    let timed_out = plan.timeout.as_ref().map(|_| generated!(__seen.__timed_out(__has_timed_out);));
    let tests = plan.selectors.iter().map(|selector| test(selector, plan));
    let when = plan.when.as_ref().map(|when| {
        let holds = predicate(when);
        generated!(__seen.__matches(|| #holds);)
    });
    let hinted = plan.hint.as_ref().map(|hint| {
        let hint = given(hint.span(), "hint", generated!(__error, #hint));
        generated!(__seen.__hinted(#hint);)
    });
    let code = generated!(__x::Coded::new(__error).__code());
    let is_code = |selector: &Selector| matches!(selector.test, Test::Code(_));
    // Asked for once, and without a name where one question is all.
    let (bound, code) = if plan.selectors.iter().any(is_code) {
        (Some(generated!(let __code = #code;)), generated!(__code))
    } else {
        (None, code)
    };
    let judged = generated! {{
        #bound
        let mut __seen = __x::Look::new(__error).__look(&#code);
        #unless
        #timed_out
        #(#tests)*
        #when
        #hinted
        __seen.__judged()
    }};
    if plan.ok.is_none() {
        return generated!(|__error| #judged);
    }
    generated! {
        |__last| match __last {
            __x::Last::Error(__error) => #judged
            __x::Last::Value(_) => __x::Failure::VALUE,
        }
    }
}

/// ```text
/// // Input:  Busy
/// // Output: let __found = __seen.__select::<Busy>(__error.downcast_ref()).__code();
/// //         __seen.__found(&__found);
/// // Input:  ApiError::Http { status } if *status >= 500
/// // Output: the same with __select_if(__error.downcast_ref(),
/// //             |__candidate| match __candidate { <it> => true, _ => false })
/// // Input:  "SlowDown"
/// // Output: __seen.__matches(|| __code.__is("SlowDown"));
/// ```
fn test(selector: &Selector, plan: &Plan) -> TokenStream {
    // No code of the user stands in the reach of this import.
    let own = generated! { use __x::Searched as __Searched; __error.downcast_ref() };
    let own = braced(selector.span, own);
    let found = match &selector.test {
        Test::Any => return generated!(__seen.__matches(|| true);),
        Test::Code(code) => {
            let is = placed!(selector.span=> __is);
            return generated!(__seen.__matches(|| __code.#is(#code)););
        }
        Test::Type(ty) => {
            generated!(__seen.__select::<#ty>(#own))
        }
        Test::Pattern { pattern, of, guard } => {
            let guard = guard.as_ref().map(|guard| generated!(if #guard));
            let ty = of.as_ref().and_then(|of| own_error(plan, of)).map(|ty| generated!(: &#ty));
            let is = generated! {
                |__candidate #ty| match __candidate {
                    #pattern #guard => true,
                    _ => false,
                }
            };
            generated!(__seen.__select_if(#own, #is))
        }
        Test::Bound { binding, ty, guard } => {
            generated!(__seen.__select_if(#own, |#binding: &#ty| #guard))
        }
    };
    generated! {
        let __found = #found.__code();
        __seen.__found(&__found);
    }
}

/// The function's error (or what it wraps), as it is written there, where it is `of` with generic
/// arguments: a variant alone does not tell them.
fn own_error<'a>(plan: &'a Plan, of: &Path) -> Option<&'a Type> {
    let Type::Path(result) = plan.function.body.output.as_ref()? else { return None };
    let error = generic_types(&result.path.segments.last()?.arguments).nth(1)?;
    with_generics(error, of)
}

fn with_generics<'a>(ty: &'a Type, of: &Path) -> Option<&'a Type> {
    let path = match ty {
        Type::Path(TypePath { qself: None, path, .. }) => path,
        // What a macro handed over.
        Type::Group(group) => return with_generics(&group.elem, of),
        _ => return None,
    };
    let names = |path: &'a Path| path.segments.iter().map(|segment| &segment.ident);
    let last = path.segments.last()?;
    let has_generics = matches!(last.arguments, PathArguments::AngleBracketed(_));
    let is_it = has_generics
        && path.leading_colon.is_some() == of.leading_colon.is_some()
        && names(path).eq(of.segments.iter().map(|segment| &segment.ident));
    if is_it {
        return Some(ty);
    }
    generic_types(&last.arguments).find_map(|ty| with_generics(ty, of))
}

/// `when` and `unless`: a path or a closure.
fn predicate(predicate: &syn::Expr) -> TokenStream {
    given(predicate.span(), "holds", generated!(__error, #predicate))
}
