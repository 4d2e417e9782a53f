//! The conditions of one row of the permission editor: a field for everything a permission may depend on.

use super::row_field::{Line, Lines, Problems, TEXT, field_id, field_name, labelled, line, lines, problem};
use crate::permission_rows::words::weekday;
use crate::permission_rows::{PermissionRow, is_local};
use kavach_model::permission::constraint::{Day, Period};
use leptos::prelude::*;

/// All of them, on a grid of two columns, or four where there is room.
pub(super) fn condition_fields(key: usize, row: &PermissionRow, problems: Problems) -> impl IntoView + use<> {
    let line = |of: Line, text: &str| line(of, key, text, problems);
    let number = |label, field, text| line(Line { label, field, ..NUMBER }, text);
    let time = |label, field, text| line(Line { label, field, ..TIME }, text);
    // What the browser's control cannot show, it would lose.
    let kind = if row.expires.is_empty() || is_local(&row.expires) { "datetime-local" } else { "text" };
    view! {
        <div class="grid grid-cols-2 gap-x-3 gap-y-4 px-3 pt-1 pb-4 sm:px-4 xl:grid-cols-4">
            <label class="col-span-full flex min-h-8 items-center gap-2.5 text-sm">
                <input
                    id=field_id(key, "approval")
                    type="checkbox"
                    name=field_name(key, "approval")
                    value="true"
                    checked=row.approval == "true"
                    class="size-4.5 shrink-0 accent-accent"
                />
                "A person must approve each use"
            </label>
            {number("Calls per hour", "calls", &row.calls)}
            {number("Uses in all", "uses", &row.uses)}
            {number("Budget in units", "units", &row.units)}
            {period(key, &row.per, problems)}
            {line(Line { kind, ..EXPIRES }, &row.expires)}
            {time("From", "start", &row.start)}
            {time("Until", "end", &row.end)}
            {line(ZONE, &row.zone)}
            {days(key, &row.days, problems)}
            {lines(ARGUMENTS, key, &row.arguments, problems)}
            {lines(NETWORKS, key, &row.networks, problems)}
        </div>
    }
}

const NUMBER: Line = Line { mode: Some("numeric"), example: "No limit", ..TEXT };
const TIME: Line = Line { kind: "time", ..TEXT };
const ZONE: Line = Line { label: "Time zone", field: "zone", example: "UTC", class: WIDE, ..TEXT };
const EXPIRES: Line = Line { label: "Expires (UTC)", field: "expires", class: WIDE, ..TEXT };
/// Where there are two columns it has both, so that the times of the day stand side by side.
const WIDE: &str = "field max-xl:col-span-full";

fn period(key: usize, chosen: &str, problems: Problems) -> impl IntoView + use<> {
    let chosen = Period::parse(chosen).unwrap_or(Period::Day);
    let options = Period::ALL.into_iter().map(move |period| {
        view! { <option selected=period == chosen>{period.as_str()}</option> }
    });
    let control = view! {
        <select
            id=field_id(key, "per")
            name=field_name(key, "per")
            autocomplete="off"
            aria-describedby=format!("{}-error", field_id(key, "per"))
            class="input"
        >
            {options.collect_view()}
        </select>
    };
    view! { <div class="field">{labelled(key, "Budget period", "per", problems, control.into_any())}</div> }
}

fn days(key: usize, chosen: &[String], problems: Problems) -> impl IntoView + use<> {
    let chosen = chosen.to_owned();
    let boxes = Day::ALL.into_iter().map(move |day| {
        let name = day.as_str();
        view! {
            <label class="flex min-h-8 items-center gap-2 text-sm">
                <input
                    id=field_id(key, name)
                    type="checkbox"
                    name=format!("{}[]", field_name(key, "days"))
                    value=name
                    checked=chosen.iter().any(|known| known == name)
                    class="size-4.5 shrink-0 accent-accent"
                />
                {weekday(day)}
            </label>
        }
    });
    view! {
        <fieldset class="col-span-full">
            <legend class="mb-1 text-sm font-medium">
                "Days "
                <span class="font-normal text-muted">"every day when none is checked"</span>
            </legend>
            <div class="flex flex-wrap gap-x-5 gap-y-1">{boxes.collect_view()}</div>
            <p id=format!("{}-error", field_id(key, "days")) class="error">
                {move || problem(problems, "days").unwrap_or_default()}
            </p>
        </fieldset>
    }
}

const ARGUMENTS: Lines = Lines {
    label: "Arguments",
    field: "arguments",
    example: "path = /tmp/.*",
    hint: "One a line: its name, and the expression (RE2) all of it must match.",
};
const NETWORKS: Lines = Lines {
    label: "Networks",
    field: "networks",
    example: "10.0.0.0/8",
    hint: "One a line: an address or a CIDR block the call must come from.",
};
