//! Known and unknown addresses in pairs, one after the other in an order that changes, at every door: the answers must
//! be the same, and the medians of what they take at most five milliseconds apart.

use super::{Options, PASSWORD, WRONG, ask, median, place, sign_up};
use crate::http::{Connection, Reply, Request};
use anyhow::{Result, ensure};
use serde_json::{Value, json};
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::Instant;

/// What the medians may differ by.
const MOST: Duration = Duration::from_millis(5);

/// One way of finding out who has an account.
struct Door {
    name: &'static str,
    path: &'static str,
    body: fn(&str) -> Value,
    /// Fields of the answer that are of chance.
    by_chance: &'static [&'static str],
}

const DOORS: [Door; 8] = [
    Door {
        name: "sign-in with a password",
        path: "/sign-in/email",
        body: |who| json!({"email": who, "password": WRONG}),
        by_chance: &[],
    },
    Door {
        name: "sign-in with a user name",
        path: "/sign-in/username",
        body: |who| json!({"username": user_name(who), "password": WRONG}),
        by_chance: &[],
    },
    Door {
        name: "sign-up",
        path: "/sign-up/email",
        body: |who| json!({"email": who, "password": PASSWORD, "name": "Somebody"}),
        by_chance: &["token", "id", "createdAt", "updatedAt", "email"],
    },
    Door {
        name: "forgotten password",
        path: "/password/forgot",
        body: |who| json!({"email": who}),
        by_chance: &[],
    },
    Door {
        name: "magic link",
        path: "/magic-link/send",
        body: |who| json!({"email": who}),
        by_chance: &["challengeId", "expiresAt"],
    },
    Door {
        name: "code by mail",
        path: "/email-otp/send",
        body: |who| json!({"email": who}),
        by_chance: &["challengeId", "expiresAt"],
    },
    Door {
        name: "code by text message",
        path: "/phone-otp/send",
        body: |who| json!({"phone": phone(who)}),
        by_chance: &["challengeId", "expiresAt"],
    },
    Door {
        name: "passkey options",
        path: "/passkey/sign-in/options",
        body: |_| json!({}),
        by_chance: &["challenge", "challengeId", "expiresAt"],
    },
];

/// Every door in turn.
pub async fn run(options: &Options) -> Result<ExitCode> {
    let place = place(options, "enumerate")?;
    let (server, _) = place.start().await?;
    let mut connection = server.connect().await?;
    println!("{:<28} {:>10} {:>10} {:>10}  answers", "door", "known", "unknown", "apart");
    let mut well = true;
    for (door, number) in DOORS.iter().zip(0..) {
        well &= look(&mut connection, door, number, options.pairs).await?;
    }
    server.stop().await?;
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn look(connection: &mut Connection, door: &Door, number: usize, pairs: usize) -> Result<bool> {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    let mut alike = true;
    for pair in 0..pairs {
        let here = format!("known-{number}-{pair}@example.com");
        // As long as the other, and as often seen: never.
        let nobody = format!("other-{number}-{pair}@example.com");
        sign_up(connection, &here).await?;
        let turns =
            if pair % 2 == 0 { [(&here, true), (&nobody, false)] } else { [(&nobody, false), (&here, true)] };
        let mut answers = Vec::new();
        for (who, is_known) in turns {
            let (reply, took) = timed(connection, &ask(door.path, &(door.body)(who))).await?;
            ensure!(reply.status < 500 && reply.status != 429, "{}: {}", door.name, reply.status);
            if reply.status == 404 {
                println!("{:<28} there is no such door", door.name);
                return Ok(true);
            }
            if is_known { &mut known } else { &mut unknown }.push(took);
            answers.push(constant(&reply, door.by_chance));
        }
        if alike && answers[0] != answers[1] {
            println!("pair {pair} at {}: {:?} and {:?}", door.path, answers[0], answers[1]);
        }
        alike &= answers[0] == answers[1];
    }
    let (known, unknown) = (median(&mut known), median(&mut unknown));
    let apart = known.abs_diff(unknown);
    let milliseconds = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1e3);
    let judged = if alike { "alike" } else { "DIFFERENT" };
    println!(
        "{:<28} {:>10} {:>10} {:>10}  {judged}{}",
        door.name,
        milliseconds(known),
        milliseconds(unknown),
        milliseconds(apart),
        if apart > MOST { "  TOO FAR APART" } else { "" },
    );
    Ok(alike && apart <= MOST)
}

async fn timed(connection: &mut Connection, request: &Request) -> Result<(Reply, Duration)> {
    let sent = Instant::now();
    let reply = connection.send(request).await?;
    Ok((reply, sent.elapsed()))
}

/// The answer without what is of chance.
fn constant(reply: &Reply, by_chance: &[&str]) -> (u16, Value) {
    let mut body = serde_json::from_slice(&reply.body).unwrap_or(Value::Null);
    blank(&mut body, by_chance);
    (reply.status, body)
}

fn blank(value: &mut Value, by_chance: &[&str]) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == "requestId" {
                    *value = Value::Null;
                } else if by_chance.contains(&name.as_str()) {
                    *value = Value::from(value.as_str().map_or(0, str::len));
                } else {
                    blank(value, by_chance);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| blank(value, by_chance)),
        _ => {}
    }
}

fn user_name(email: &str) -> String {
    email.split('@').next().unwrap_or_default().replace('-', "")
}

/// A number of the kind that stands in films, one for each address.
fn phone(email: &str) -> String {
    let digits: String = email.chars().filter(char::is_ascii_digit).collect();
    format!("+1202555{:04}", digits.parse::<u32>().unwrap_or_default() % 10_000)
}
