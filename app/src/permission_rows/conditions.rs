//! The conditions of a row: each field read by the rules of `kavach_model::permission::constraint`.

use super::{PermissionRow, RowProblem, quoted};
use kavach_model::permission::Constraints;
use kavach_model::permission::constraint::{
    ArgumentPattern, Budget, Day, InvalidWindow, Network, Period, TimeOfDay, TimeWindow, check_argument_name,
    check_count, check_entries,
};
use std::collections::BTreeMap;

type Read<T> = Result<Option<T>, RowProblem>;

/// Every condition that can be read, and what is wrong with the others; all but when it expires.
pub(super) fn read(row: &PermissionRow) -> (Constraints, Vec<RowProblem>) {
    let mut problems = Vec::new();
    let constraints = Constraints {
        require_approval: row.approval == "true",
        max_calls_per_hour: or_note(count("calls", &row.calls), &mut problems),
        max_uses: or_note(count("uses", &row.uses), &mut problems),
        budget: or_note(budget(row), &mut problems),
        time_window: or_note(window(row), &mut problems),
        allowed_arg_patterns: or_note(arguments(&row.arguments), &mut problems),
        ip_allowlist: or_note(networks(&row.networks), &mut problems),
        expires_at: None,
    };
    (constraints, problems)
}

fn or_note<T>(read: Read<T>, problems: &mut Vec<RowProblem>) -> Option<T> {
    read.unwrap_or_else(|problem| {
        problems.push(problem);
        None
    })
}

fn count(field: &'static str, text: &str) -> Read<u64> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let count = text.parse().map_err(|_| RowProblem::wrong(field, "Enter a whole number, like 10."))?;
    let wrong = |error| RowProblem::wrong(field, format!("The number {error}."));
    check_count(count).map(Some).map_err(wrong)
}

fn budget(row: &PermissionRow) -> Read<Budget> {
    let Some(units) = count("units", &row.units)? else { return Ok(None) };
    let wrong = || RowProblem::wrong("per", "Choose hour, day, week or month.");
    let per = Period::parse(&row.per).ok_or_else(wrong)?;
    Ok(Some(Budget { units, per }))
}

fn window(row: &PermissionRow) -> Read<TimeWindow> {
    let [start, end, zone] = [&row.start, &row.end, &row.zone].map(|text| text.trim());
    if start.is_empty() && end.is_empty() && zone.is_empty() && row.days.is_empty() {
        return Ok(None);
    }
    let start = time("start", start)?;
    let end = time("end", end)?;
    let zone = match zone {
        "" => "UTC".to_owned(),
        zone => {
            let wrong = || RowProblem::wrong("zone", "Close the quotes.");
            quoted::read(zone, None).ok_or_else(wrong)?.0
        }
    };
    let known =
        |name: &String| Day::parse(name).ok_or_else(|| RowProblem::wrong("days", "Choose from the days."));
    let days = row.days.iter().map(known).collect::<Result<Vec<_>, _>>()?;
    let days = if days.is_empty() { None } else { Some(days) };
    let window = TimeWindow::new(start, end, zone, days);
    window.map(Some).map_err(|error| match error {
        InvalidWindow::Empty => RowProblem::wrong("end", "The two times must differ."),
        InvalidWindow::Zone => RowProblem::wrong("zone", "Enter the name of a zone, like Europe/Berlin."),
        InvalidWindow::NoDay => RowProblem::wrong("days", "Choose at least one day."),
    })
}

fn time(field: &'static str, text: &str) -> Result<TimeOfDay, RowProblem> {
    if text.is_empty() {
        return Err(RowProblem::missing(field, "A zone or days need both times."));
    }
    text.parse().map_err(|error| RowProblem::wrong(field, format!("This {error}.")))
}

fn arguments(text: &str) -> Read<BTreeMap<String, ArgumentPattern>> {
    let wrong = |why: String| RowProblem::wrong("arguments", why);
    let mut arguments = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let form = || wrong(format!("\u{201c}{}\u{201d} is not of the form name = expression.", line.trim()));
        let (name, rest) = quoted::read(line, Some('=')).ok_or_else(form)?;
        let (expression, _) = quoted::read(rest, None).ok_or_else(form)?;
        check_argument_name(&name).map_err(|_| form())?;
        let expression = expression
            .try_into()
            .map_err(|error| wrong(format!("What \u{201c}{name}\u{201d} must match {error}.")))?;
        if arguments.insert(name.clone(), expression).is_some() {
            return Err(wrong(format!("\u{201c}{name}\u{201d} is there twice.")));
        }
    }
    some_of(arguments.len(), arguments, "arguments")
}

fn networks(text: &str) -> Read<Vec<Network>> {
    let wrong = |text: &str, error| RowProblem::wrong("networks", format!("\u{201c}{text}\u{201d} {error}."));
    let words = text.split(|char: char| char.is_whitespace() || char == ',').filter(|word| !word.is_empty());
    let networks = words.map(|word| word.parse().map_err(|error| wrong(word, error)));
    let networks = networks.collect::<Result<Vec<_>, _>>()?;
    some_of(networks.len(), networks, "networks")
}

/// None when there are none, else not too many.
fn some_of<T>(count: usize, entries: T, field: &'static str) -> Read<T> {
    if count == 0 {
        return Ok(None);
    }
    let wrong = |error| RowProblem::wrong(field, format!("The list {error}."));
    check_entries(count).map(|()| Some(entries)).map_err(wrong)
}

/// One line an argument: `name = expression`.
pub(super) fn write_arguments(arguments: &BTreeMap<String, ArgumentPattern>) -> String {
    let line = |(name, expression): (&String, &ArgumentPattern)| {
        format!("{} = {}", quoted::write(name, Some('=')), quoted::write(expression.as_str(), None))
    };
    arguments.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// One line a network.
pub(super) fn write_networks(networks: &[Network]) -> String {
    networks.iter().map(Network::to_string).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row with one of its fields filled in.
    fn row(change: impl FnOnce(&mut PermissionRow)) -> PermissionRow {
        let mut row =
            PermissionRow { resource: "a".into(), actions: "read".into(), ..PermissionRow::default() };
        change(&mut row);
        row
    }

    #[test]
    fn every_condition_is_read() {
        let row = row(|row| {
            row.calls = " 10 ".into();
            (row.units, row.per) = ("100".into(), "week".into());
            (row.start, row.end) = ("22:00".into(), "06:00".into());
            row.days = vec!["fri".into(), "mon".into()];
            row.arguments = "path = /tmp/.*\r\n\r\n mode=a=b\r\n".into();
            row.networks = "10.0.0.0/8, 192.0.2.1\r\n2001:db8::/32".into();
            row.expires = "2027-01-01T00:00".into();
        });
        let written = r#"{"maxCallsPerHour":10,"allowedArgPatterns":{"mode":"a=b","path":"/tmp/.*"},"timeWindow":{"start":"22:00","end":"06:00","timeZone":"UTC","days":["mon","fri"]},"ipAllowlist":["10.0.0.0/8","192.0.2.1","2001:db8::/32"],"expiresAt":"2027-01-01T00:00:00.000Z","budget":{"units":100,"per":"week"}}"#;
        assert_eq!(serde_json::to_string(&row.parse().unwrap().constraints).unwrap(), written);
    }

    #[test]
    fn what_is_wrong_is_named_by_its_field() {
        type Change = fn(&mut PermissionRow);
        let cases: [(Change, &str, &str); 15] = [
            (|row| row.calls = "ten".into(), "calls", "whole number"),
            (|row| row.uses = "0".into(), "uses", "must be 1 to"),
            (|row| row.units = "5".into(), "per", "hour, day"),
            (|row| row.start = "09:00".into(), "end", "both times"),
            (|row| row.zone = "UTC".into(), "start", "both times"),
            (|row| row.days = vec!["mon".into()], "start", "both times"),
            (|row| (row.start, row.end) = ("09:00".into(), "09:00".into()), "end", "differ"),
            (|row| (row.start, row.end) = ("9".into(), "10:00".into()), "start", "HH:MM"),
            (|row| row.arguments = "path".into(), "arguments", "name = expression"),
            (|row| row.arguments = "= x".into(), "arguments", "name = expression"),
            (|row| row.arguments = "path =".into(), "arguments", "1 to 512 bytes"),
            (|row| row.arguments = "a = x\na = y".into(), "arguments", "twice"),
            (|row| row.networks = "10.0.0.1/8".into(), "networks", "10.0.0.0/8"),
            (|row| row.networks = "10.0.0.1 ".repeat(65), "networks", "not 65"),
            (|row| row.expires = "soon".into(), "expires", "in UTC"),
        ];
        for (change, field, words) in cases {
            let problem = row(change).parse().unwrap_err();
            assert_eq!(problem.field, field, "{problem:?}");
            assert!(problem.why.contains(words), "{problem:?}");
            assert!(problem.in_conditions());
        }
    }

    #[test]
    fn one_wrong_condition_does_not_hide_the_others() {
        let row = row(|row| (row.calls, row.uses, row.networks) = ("x".into(), "5".into(), "y".into()));
        assert_eq!(row.conditions(), "5\u{a0}uses");
        assert_eq!(row.problems().len(), 2);
    }
}
