//! From a sign-up to an SMTP server that is not always in the mood.

use crate::world::{sign_up, start};
use kavach_model::Secret;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// What the server heard: who a message was for, and whether it took it.
#[derive(Debug, PartialEq)]
struct Heard {
    recipient: String,
    taken: bool,
    body: String,
}

/// A server that puts off the first message and takes all others.
async fn moody_server() -> (u16, mpsc::UnboundedReceiver<Heard>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let messages = Arc::new(AtomicUsize::new(0));
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, tell.clone(), Arc::clone(&messages)));
        }
    });
    (port, heard)
}

async fn converse(stream: TcpStream, tell: mpsc::UnboundedSender<Heard>, messages: Arc<AtomicUsize>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let _ = write.write_all(b"220 test ESMTP\r\n").await;
    let (mut recipient, mut body, mut in_data) = (String::new(), String::new(), false);
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = if in_data && line == "." {
            in_data = false;
            let body = std::mem::take(&mut body);
            let _ = tell.send(Heard { recipient: recipient.clone(), taken: true, body });
            "250 queued\r\n"
        } else if in_data {
            body.push_str(&line);
            body.push('\n');
            ""
        } else if let Some(to) = line.strip_prefix("RCPT TO:") {
            recipient = to.trim_matches(['<', '>']).to_owned();
            if messages.fetch_add(1, Ordering::SeqCst) == 0 {
                let _ = tell.send(Heard { recipient: recipient.clone(), taken: false, body: String::new() });
                "451 4.7.1 not now\r\n"
            } else {
                "250 ok\r\n"
            }
        } else if line == "DATA" {
            in_data = true;
            "354 go on\r\n"
        } else {
            "250 ok\r\n"
        };
        let _ = write.write_all(answer.as_bytes()).await;
    }
}

#[tokio::test]
async fn a_mail_that_was_put_off_is_delivered_later_and_only_once() {
    let (port, mut heard) = moody_server().await;
    let world = start(None, |config| {
        config.mail.smtp_url = Some(Secret::new(format!("smtp://127.0.0.1:{port}")));
    })
    .await;
    sign_up(&world.kv, "ada@example.com").await;
    let first = heard.recv().await.unwrap();
    assert_eq!((first.recipient.as_str(), first.taken), ("ada@example.com", false));
    // Time passes, and mails of others wake the sender. The first round may come before the refusal was
    // noted, the second cannot.
    let mut delivered = Vec::new();
    for other in ["bob@example.com", "cy@example.com"] {
        world.clock.advance(Duration::from_secs(3_600));
        sign_up(&world.kv, other).await;
        delivered.push(heard.recv().await.unwrap());
    }
    delivered.push(heard.recv().await.unwrap());
    assert!(delivered.iter().all(|mail| mail.taken));
    delivered.sort_by(|one, other| one.recipient.cmp(&other.recipient));
    let recipients: Vec<_> = delivered.iter().map(|mail| mail.recipient.as_str()).collect();
    assert_eq!(recipients, ["ada@example.com", "bob@example.com", "cy@example.com"]);
    assert!(delivered[0].body.contains("/verify-email?token="), "{}", delivered[0].body);
    world.kv.shutdown().await;
    assert!(heard.try_recv().is_err(), "nothing is sent twice");
}
