//! The description as a page people read: plain HTML, no script, nothing from elsewhere.

use serde_json::Value;
use std::fmt::Write as _;
use utoipa::openapi::OpenApi as Document;

/// The page's style sheet.
pub(super) const STYLE: &[u8] = include_bytes!("docs.css");

/// How the names of wrapped types begin, and how to say it.
const WRAPPERS: [(&str, &str); 3] =
    [("Data_", "<code>data</code>: {}"), ("Page_", "one page of {}"), ("Vec_", "list of {}")];

/// Renders the whole description.
pub(super) fn render(document: &Document) -> String {
    let document = serde_json::to_value(document).unwrap_or_default();
    let mut html = String::with_capacity(64 * 1024);
    let sections: Vec<(&str, &str)> =
        list(&document["tags"]).iter().map(|tag| (text(&tag["name"]), text(&tag["description"]))).collect();
    html.push_str("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Kavach API</title>");
    html.push_str("<meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">");
    html.push_str("<link rel=\"stylesheet\" href=\"/api/auth/docs.css\"></head><body>");
    html.push_str(
        "<nav aria-label=\"Sections\"><a class=\"brand\" href=\"/api/auth/docs\">Kavach API</a><ul>",
    );
    for (name, _) in &sections {
        let _ = write!(html, "<li><a href=\"#{}\">{}</a></li>", anchor(name), escape(name));
    }
    html.push_str("<li><a href=\"#types\">Types</a></li></ul></nav><main><h1>Kavach API</h1>");
    prose(&mut html, text(&document["info"]["description"]));
    html.push_str("<p><a href=\"/api/auth/openapi.json\">This description as OpenAPI 3.1</a></p>");
    for (name, about) in sections {
        let _ = write!(html, "<h2 id=\"{}\">{}</h2><p>{}</p>", anchor(name), escape(name), escape(about));
        for (path, method, operation) in operations(&document, name) {
            operation_block(&mut html, path, method, operation);
        }
    }
    types(&mut html, &document);
    html.push_str("</main></body></html>");
    html
}

fn operations<'a>(document: &'a Value, tag: &str) -> Vec<(&'a str, &'a str, &'a Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().into_iter().flatten();
            methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
        })
        .filter(|(_, _, operation)| operation["tags"][0] == tag)
        .collect()
}

fn operation_block(html: &mut String, path: &str, method: &str, operation: &Value) {
    let id = text(&operation["operationId"]);
    let _ = write!(
        html,
        "<section id=\"{id}\"><h3><a href=\"#{id}\">{}</a></h3><p class=\"route\"><b class=\"{method}\">{}</b> <code>{}</code></p>",
        escape(text(&operation["summary"])),
        method.to_uppercase(),
        escape(path),
    );
    prose(html, text(&operation["description"]));
    let _ = write!(html, "<p class=\"who\">{}</p>", credentials(&operation["security"]));
    let parameters = list(&operation["parameters"]);
    if !parameters.is_empty() {
        html.push_str("<table><caption>Parameters</caption><tbody>");
        for parameter in parameters {
            let place = text(&parameter["in"]);
            row(
                html,
                text(&parameter["name"]),
                place == "path",
                &type_of(&parameter["schema"]),
                text(&parameter["description"]),
            );
        }
        html.push_str("</tbody></table>");
    }
    if let Some(schema) = operation["requestBody"].pointer("/content/application~1json/schema") {
        let _ = write!(html, "<p>Body: {}</p>", type_of(schema));
    }
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let status = if status == "default" { "Otherwise" } else { status };
        let schema = response.pointer("/content/application~1json/schema").map(type_of).unwrap_or_default();
        let _ = write!(html, "<p>{status}: {} {schema}</p>", escape(text(&response["description"])));
    }
    html.push_str("</section>");
}

/// Which credentials an operation takes, in words.
fn credentials(security: &Value) -> String {
    let schemes: Vec<String> = list(security)
        .iter()
        .filter_map(|requirement| requirement.as_object()?.iter().next())
        .map(|(scheme, scopes)| {
            let words = match scheme.as_str() {
                "cookie" => "session cookie",
                "session" => "session token",
                "agent" => "the agent's own token",
                "apiKey" => "API key",
                other => other,
            };
            match scopes[0].as_str() {
                Some(scope) => format!("{words} with <code>{}</code>", escape(scope)),
                None => words.to_owned(),
            }
        })
        .collect();
    if schemes.is_empty() {
        "Open to everyone".to_owned()
    } else {
        format!("Needs one of: {}", schemes.join(", "))
    }
}

fn types(html: &mut String, document: &Value) {
    html.push_str("<h2 id=\"types\">Types</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        if WRAPPERS.iter().any(|(prefix, _)| name.starts_with(prefix)) {
            continue;
        }
        let _ = write!(html, "<section id=\"type-{0}\"><h3><a href=\"#type-{0}\">{0}</a></h3>", escape(name));
        prose(html, text(&schema["description"]));
        let parts = list(&schema["allOf"]).iter().chain(std::iter::once(schema));
        let mut rows = String::new();
        for part in parts {
            if part["$ref"].is_string() {
                let _ = write!(html, "<p>Everything of {}, and:</p>", type_of(part));
            }
            let required = list(&part["required"]);
            for (field, of) in part["properties"].as_object().into_iter().flatten() {
                let is_required = required.iter().any(|name| name == field);
                row(&mut rows, field, is_required, &type_of(of), text(&of["description"]));
            }
        }
        if rows.is_empty() {
            let _ = write!(html, "<p>{}</p>", type_of(schema));
        } else {
            let _ = write!(html, "<table><caption>Fields</caption><tbody>{rows}</tbody></table>");
        }
        html.push_str("</section>");
    }
}

fn row(html: &mut String, name: &str, required: bool, of: &str, about: &str) {
    let required = if required { "<small>required</small>" } else { "" };
    let (name, about) = (escape(name), escape(about));
    let _ = write!(
        html,
        "<tr><th scope=\"row\"><code>{name}</code>{required}</th><td>{of}</td><td>{about}</td></tr>"
    );
}

/// A type in words, with links to the types it is made of.
fn type_of(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return link_to(name);
    }
    for (key, between) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] {
        let choices = list(&schema[key]);
        if !choices.is_empty() {
            return choices
                .iter()
                .map(type_of)
                .filter(|text| text != "null")
                .collect::<Vec<_>>()
                .join(between);
        }
    }
    let values: Vec<String> =
        list(&schema["enum"]).iter().map(|value| format!("<code>{}</code>", escape(text(value)))).collect();
    if !values.is_empty() {
        return values.join(", ");
    }
    let names: Vec<&str> = match &schema["type"] {
        Value::Array(names) => names.iter().map(text).filter(|name| *name != "null").collect(),
        name => vec![text(name)],
    };
    match names.first().copied().unwrap_or_default() {
        "array" => format!("list of {}", type_of(&schema["items"])),
        name => match schema["format"].as_str() {
            Some("date-time") => "time".to_owned(),
            _ => escape(name),
        },
    }
}

/// A link to a type. What answers are wrapped in has no entry of its own.
fn link_to(name: &str) -> String {
    for (prefix, around) in WRAPPERS {
        if let Some(inside) = name.strip_prefix(prefix) {
            return around.replace("{}", &link_to(inside));
        }
    }
    let name = escape(name);
    format!("<a href=\"#type-{name}\">{name}</a>")
}

/// Paragraphs, with `code` in backquotes.
fn prose(html: &mut String, words: &str) {
    for paragraph in words.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        html.push_str("<p>");
        for (index, piece) in paragraph.split('`').enumerate() {
            if index % 2 == 1 {
                let _ = write!(html, "<code>{}</code>", escape(piece));
            } else {
                html.push_str(&escape(piece));
            }
        }
        html.push_str("</p>");
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn anchor(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_shows_every_route_and_runs_nothing() {
        let (_, document) = crate::openapi::api(|routes| routes);
        let html = render(&document);
        for path in document.paths.paths.keys() {
            assert!(html.contains(&escape(path)), "{path}");
        }
        assert!(!html.contains("<script") && !html.contains("style="));
        assert!(html.contains("API key with <code>agents:write</code>"));
        assert!(html.contains("Open to everyone"));
        for target in html.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()) {
            assert!(html.contains(&format!("id=\"{target}\"")), "#{target} leads nowhere");
        }
    }

    #[test]
    fn text_is_never_markup() {
        let mut html = String::new();
        prose(&mut html, "a <b> & `<i>`");
        assert_eq!(html, "<p>a &lt;b&gt; &amp; <code>&lt;i&gt;</code></p>");
    }
}
