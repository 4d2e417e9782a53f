//! The fields of a row: a label, a control of the browser, and what is wrong with what stands in it.

use crate::permission_rows::RowProblem;
use leptos::prelude::*;

/// What is wrong with the fields of a row.
pub(super) type Problems = Memo<Vec<RowProblem>>;

/// The id of a field of a row.
pub(super) fn field_id(key: usize, field: &str) -> String {
    format!("permission-{key}-{field}")
}

/// The name of a field of a row in the form.
pub(super) fn field_name(key: usize, field: &str) -> String {
    format!("permissions[{key}][{field}]")
}

/// What is wrong with one field.
pub(super) fn problem(problems: Problems, field: &'static str) -> Option<String> {
    problems.with(|all| all.iter().find(|problem| problem.field == field).map(|problem| problem.why.clone()))
}

/// A label, what it stands for, and what is wrong with that.
pub(super) fn labelled(
    key: usize,
    label: &'static str,
    field: &'static str,
    problems: Problems,
    control: AnyView,
) -> impl IntoView {
    let id = field_id(key, field);
    let error_id = format!("{id}-error");
    view! {
        <label for=id class="label">{label}</label>
        {control}
        <p id=error_id class="error">{move || problem(problems, field).unwrap_or_default()}</p>
    }
}

/// A field for one line.
pub(super) struct Line {
    pub label: &'static str,
    pub field: &'static str,
    pub kind: &'static str,
    pub mode: Option<&'static str>,
    pub example: &'static str,
    pub mono: bool,
    pub class: &'static str,
}

/// Any text.
pub(super) const TEXT: Line =
    Line { label: "", field: "", kind: "text", mode: None, example: "", mono: false, class: "field" };

/// A field for one line.
pub(super) fn line(line: Line, key: usize, text: &str, problems: Problems) -> AnyView {
    let Line { label, field, kind, mode, example, mono, class } = line;
    let id = field_id(key, field);
    let described = format!("{id}-error");
    let latest = (kind == "datetime-local").then_some("9999-12-31T23:59");
    let control = view! {
        <input
            id=id
            name=field_name(key, field)
            type=kind
            inputmode=mode
            value=text.to_owned()
            max=latest
            placeholder=example
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            aria-invalid=move || problem(problems, field).map(|_| "true")
            aria-describedby=described
            class=move || look(problems, field, mono)
        />
    };
    view! { <div class=class>{labelled(key, label, field, problems, control.into_any())}</div> }.into_any()
}

/// A field for several lines.
pub(super) struct Lines {
    pub label: &'static str,
    pub field: &'static str,
    pub example: &'static str,
    pub hint: &'static str,
}

/// A field for several lines.
pub(super) fn lines(lines: Lines, key: usize, text: &str, problems: Problems) -> AnyView {
    let Lines { label, field, example, hint } = lines;
    let id = field_id(key, field);
    let hint_id = format!("{id}-hint");
    let described = format!("{id}-error {hint_id}");
    let rows = text.lines().count().clamp(2, 8).to_string();
    let control = view! {
        <textarea
            id=id
            name=field_name(key, field)
            rows=rows
            placeholder=example
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            aria-invalid=move || problem(problems, field).map(|_| "true")
            aria-describedby=described
            class=move || look(problems, field, true)
        >
            {escaped(text)}
        </textarea>
    };
    view! {
        <div class="field max-sm:col-span-full xl:col-span-2">
            {labelled(key, label, field, problems, control.into_any())}
            <p id=hint_id class="hint">{hint}</p>
        </div>
    }
    .into_any()
}

/// The look of one field.
fn look(problems: Problems, field: &'static str, mono: bool) -> &'static str {
    let wrong = problems.with(|all| all.iter().any(|problem| problem.field == field));
    match (wrong, mono) {
        (false, false) => "input",
        (false, true) => "input font-mono",
        (true, false) => "input input-wrong",
        (true, true) => "input input-wrong font-mono",
    }
}

/// The text of a `textarea`, which Leptos writes into the page as it is.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_its_field() {
        assert_eq!(escaped("</textarea>&amp;"), "&lt;/textarea>&amp;amp;");
    }
}
