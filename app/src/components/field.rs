//! One line of a form: label, input, hint, and what is wrong with it.

use crate::i18n::tr;
use leptos::prelude::*;

/// The classes of an input.
pub fn input_class(wrong: bool) -> &'static str {
    if wrong { "input input-wrong" } else { "input" }
}

/// The ids a field's input refers to: its error first, then its hint.
pub(super) fn described_by(id: &str, hint: &str, error: Option<&str>) -> Option<String> {
    match (error.is_some(), hint.is_empty()) {
        (true, true) => Some(format!("{id}-error")),
        (true, false) => Some(format!("{id}-error {id}-hint")),
        (false, false) => Some(format!("{id}-hint")),
        (false, true) => None,
    }
}

/// Label above, hint and error below whatever stands between.
#[component]
pub(super) fn Labelled(
    /// The id of what stands between.
    #[prop(into)]
    id: String,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// What helps to fill it in.
    hint: String,
    /// What is wrong with it.
    error: Option<String>,
    /// Whether it may stay empty.
    optional: bool,
    /// Classes for a special look.
    #[prop(default = "field")]
    class: &'static str,
    /// What stands between.
    children: Children,
) -> impl IntoView {
    let error_id = format!("{id}-error");
    let hint_id = format!("{id}-hint");
    view! {
        <div class=class>
            <label for=id class="label">
                <span>{label}</span>
                {optional.then(|| view! { <span class="text-xs font-normal text-muted">{tr("optional")}</span> })}
            </label>
            {children()}
            {error.map(|error| view! { <p id=error_id class="error">{error}</p> })}
            {(!hint.is_empty()).then(|| view! { <p id=hint_id class="hint">{hint}</p> })}
        </div>
    }
}

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FieldKind {
    /// Any text.
    #[default]
    Text,
    /// An e-mail address.
    Email,
    /// A whole number.
    Number,
    /// A telephone number.
    Phone,
    /// A code of six digits, which browsers offer from a message.
    Code,
}

/// A field for one line of text.
#[component]
pub fn Field(
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// Its name in the form, and its id.
    name: &'static str,
    /// What it takes.
    #[prop(optional)]
    kind: FieldKind,
    /// What stands in it.
    #[prop(optional, into)]
    value: String,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with it.
    #[prop(optional_no_strip)]
    error: Option<String>,
    /// Its purpose, for browsers and password managers.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Most characters it takes.
    #[prop(default = 320)]
    max: u32,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
    /// Whether it is only shown.
    #[prop(optional)]
    readonly: bool,
    /// Whether it is a name to be typed as it is, without capitals and corrections, as every address is.
    #[prop(optional)]
    as_is: bool,
    /// Whether typing begins here.
    #[prop(optional)]
    focus: bool,
) -> impl IntoView {
    let field = kind;
    let (kind, mode) = match kind {
        FieldKind::Text => ("text", None),
        FieldKind::Email => ("email", None),
        FieldKind::Number => ("text", Some("numeric")),
        FieldKind::Phone => ("tel", None),
        FieldKind::Code => ("text", Some("numeric")),
    };
    let is_code = field == FieldKind::Code;
    // However it is grouped: the digits count.
    let pattern = is_code.then_some(r"[\s\-]*(?:[0-9][\s\-]*){6}");
    let input_class = match (is_code, input_class(error.is_some())) {
        (true, class) => format!("{class} text-center font-mono text-2xl tracking-[0.3em]"),
        (false, class) => class.to_owned(),
    };
    let described = described_by(name, &hint, error.as_deref());
    let shown = if readonly { "field [&_input]:bg-sunken" } else { "field" };
    let as_is = (as_is || kind == "email").then_some("none");
    view! {
        <Labelled id=name label hint error=error.clone() optional class=shown>
            <input
                id=name
                name=name
                type=kind
                inputmode=mode
                pattern=pattern
                value=value
                autocomplete=autocomplete
                autocapitalize=as_is
                spellcheck="false"
                maxlength=max.to_string()
                required=!optional
                readonly=readonly
                autofocus=focus || error.is_some()
                aria-invalid=error.as_ref().map(|_| "true")
                aria-describedby=described
                class=input_class
            />
        </Labelled>
    }
}

/// A value the form carries without showing it; left out when empty.
#[component]
pub fn HiddenField(
    /// Its name.
    name: &'static str,
    /// Its value.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    (!value.is_empty()).then(|| view! { <input type="hidden" name=name value=value /> })
}
