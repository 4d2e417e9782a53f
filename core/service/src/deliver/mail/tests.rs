//! Real conversations with an SMTP server on this machine.

use super::*;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// A server that answers `RCPT` as told and otherwise agrees; gives its port and everything clients said.
async fn smtp_server(rcpt: &'static str) -> (u16, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (heard, lines) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (read, mut write) = stream.into_split();
            let mut read = BufReader::new(read).lines();
            let _ = write.write_all(b"220 test ESMTP\r\n").await;
            let mut in_data = false;
            while let Ok(Some(line)) = read.next_line().await {
                let answer = match line.get(..4).unwrap_or_default() {
                    _ if in_data && line == "." => {
                        in_data = false;
                        "250 2.0.0 queued\r\n"
                    }
                    _ if in_data => "",
                    "EHLO" => "250-test\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
                    "RCPT" => rcpt,
                    "DATA" => {
                        in_data = true;
                        "354 go on\r\n"
                    }
                    "QUIT" => "221 bye\r\n",
                    _ => "250 2.1.0 ok\r\n",
                };
                let _ = heard.send(line);
                let _ = write.write_all(answer.as_bytes()).await;
            }
        }
    });
    (port, lines)
}

fn mailer(port: u16) -> SmtpMailer {
    let url = Secret::new(format!("smtp://127.0.0.1:{port}"));
    SmtpMailer::new(&url, "Kavach <no-reply@kavach.example>").unwrap()
}

fn mail() -> Mail {
    Mail {
        to: "ada@example.com".to_owned(),
        subject: "Grüße, and \"quotes\"".to_owned(),
        text: "Hello Ada\n.\nA line with a dot above.".to_owned(),
        html: "<p>Hello Ada</p>".to_owned(),
    }
}

#[tokio::test]
async fn a_mail_is_handed_over_in_one_smtp_conversation() {
    let (port, mut lines) = smtp_server("250 ok\r\n").await;
    assert_eq!(mailer(port).send("msg_1", &mail()).await, Ok(()));
    let mut said = Vec::new();
    while let Ok(line) = lines.try_recv() {
        said.push(line);
    }
    let position = |start: &str| {
        said.iter()
            .position(|line| line.starts_with(start))
            .unwrap_or_else(|| panic!("{start} not in {said:#?}"))
    };
    let order =
        ["EHLO ", "MAIL FROM:<no-reply@kavach.example>", "RCPT TO:<ada@example.com>", "DATA"].map(position);
    assert!(order.is_sorted(), "{said:#?}");
    for header in [
        "From: Kavach <no-reply@kavach.example>",
        "To: ada@example.com",
        "Message-ID: <msg_1@kavach.example>",
        "Auto-Submitted: auto-generated",
        "Subject: =?utf-8?b?R3LDvMOfZSw=?=",
        "Date: ",
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative;",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
        "Hello Ada",
        "<p>Hello Ada</p>",
    ] {
        assert!(position(header) > position("DATA"), "{header}");
    }
    // RFC 5321, 4.5.2: a line of one dot is sent as two, so it does not end the message.
    assert!(position("..") < position("A line with a dot above."));
    assert_eq!(said.iter().filter(|line| line.starts_with("RCPT")).count(), 1);
}

#[tokio::test]
async fn a_refusal_for_good_is_told_from_one_for_now() {
    let (port, _lines) = smtp_server("550 5.1.1 no such user\r\n").await;
    let error = mailer(port).send("msg_1", &mail()).await.unwrap_err();
    assert!(error.is_permanent() && error.to_string().contains("no such user"), "{error}");

    let (port, _lines) = smtp_server("451 4.7.1 greylisted\r\n").await;
    let error = mailer(port).send("msg_1", &mail()).await.unwrap_err();
    assert!(!error.is_permanent() && error.to_string().contains("greylisted"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_away_is_worth_another_try() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    assert!(!mailer(port).send("msg_1", &mail()).await.unwrap_err().is_permanent());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_accepts_and_stalls_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let started = tokio::time::Instant::now();
    let error = mailer(port).send("msg_1", &mail()).await.unwrap_err();
    assert!(!error.is_permanent(), "{error}");
    assert!(started.elapsed() <= TOTAL_TIMEOUT + Duration::from_secs(1), "{:?}", started.elapsed());
    drop(listener);
}

#[tokio::test]
async fn no_field_can_add_a_header_or_a_recipient() {
    let (port, mut lines) = smtp_server("250 ok\r\n").await;
    let mailer = mailer(port);
    for poison in [
        "\r\nBcc: eve@example.com",
        "\nBcc: eve@example.com",
        "\rx",
        "\0",
        ", eve@example.com",
        "> RCPT TO:<eve@example.com",
    ] {
        let bad_to = Mail { to: format!("ada@example.com{poison}"), ..mail() };
        assert!(mailer.send("msg_1", &bad_to).await.unwrap_err().is_permanent(), "{poison:?}");
    }
    for poison in ["\r\nBcc: eve@example.com", "\nBcc: eve@example.com", "\rx", "\0"] {
        let bad_subject = Mail { subject: format!("Hello{poison}"), ..mail() };
        assert!(mailer.send("msg_1", &bad_subject).await.unwrap_err().is_permanent(), "{poison:?}");
        assert!(
            mailer.send(&format!("msg_1{poison}"), &mail()).await.unwrap_err().is_permanent(),
            "{poison:?}"
        );
    }
    assert!(lines.try_recv().is_err(), "nothing was said to any server");
}

#[test]
fn a_password_does_not_travel_in_clear_by_accident() {
    let query = |url: &str| with_tls(url).map(|url| url.query().map(str::to_owned));
    assert_eq!(query("smtp://user:pw@mail.example.com"), Ok(Some("tls=required".to_owned())));
    assert_eq!(query("smtp://user:pw@mail.example.com?tls=none"), Ok(None));
    assert_eq!(query("smtp://user:pw@localhost:2525"), Ok(Some("tls=opportunistic".to_owned())));
    assert_eq!(query("smtp://user:pw@[::1]"), Ok(Some("tls=opportunistic".to_owned())));
    assert_eq!(query("smtp://relay.example.com"), Ok(Some("tls=opportunistic".to_owned())));
    assert_eq!(query("smtp://relay.example.com?tls=required"), Ok(Some("tls=required".to_owned())));
    assert_eq!(query("smtps://user:pw@mail.example.com"), Ok(None));
    assert_eq!(with_tls("smtp://relay.example.com").unwrap().port(), Some(25));
}

#[test]
fn a_url_that_cannot_work_is_refused_without_showing_its_password() {
    for url in [
        "",
        "mail.example.com",
        "http://mail.example.com",
        "smtp://",
        "smtp://user@mail.example.com",
        "smtp://:hunter2@host",
        "smtp://user:hunter2@mail.example.com?tls=perhaps",
        "smtps://user:hunter2@mail.example.com?tls=none",
        "smtp://user:hunter2@mail.example.com:99999",
    ] {
        let Err(error) = SmtpMailer::new(&Secret::new(url), "kavach@example.com") else { panic!("{url}") };
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    for from in ["", "kavach", "a@b@c", "x\r\nBcc: y@example.com"] {
        assert!(SmtpMailer::new(&Secret::new("smtp://localhost"), from).is_err(), "{from:?}");
    }
    assert!(SmtpMailer::new(&Secret::new("smtp://localhost"), "Kavach <kavach@localhost>").is_ok());
}
