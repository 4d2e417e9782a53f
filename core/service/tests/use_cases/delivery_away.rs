//! Whoever takes mails and text messages, when they are slow, down or lying: nobody waits for them, nothing is lost, the
//! audit log says so, and what waited goes out when they are back.

use crate::part::{Fault, Outward, Part, outward, within};
use crate::world::{anonymous, sign_up};
use futures::future::join_all;
use kavach_model::audit::AuditKind;
use kavach_model::codes::SendPhone;
use kavach_model::delivery::{Delivery, DeliveryState};
use kavach_model::{PageRequest, Secret};
use kavach_service::Kavach;
use kavach_service::authn::phone_otp;
use kavach_service::config::Sms;
use kavach_service::deliver::deliveries;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

const SECOND: Duration = Duration::from_secs(1);

async fn first(away: &Outward) -> Delivery {
    let all = deliveries::list(&away.kv, &away.watch, None, &PageRequest::default()).await.unwrap();
    all.data.into_iter().min_by_key(|delivery| delivery.id).unwrap()
}

/// The first message, once it is as it should be.
async fn until(away: &Outward, what: &str, is_so: impl Fn(&Delivery) -> bool) -> Delivery {
    let mut look = tokio::time::interval(Duration::from_millis(50));
    let wait = async {
        loop {
            look.tick().await;
            let found = first(away).await;
            if is_so(&found) {
                return found;
            }
        }
    };
    match tokio::time::timeout(SECOND * 60, wait).await {
        Ok(found) => found,
        Err(_) => panic!("{what}: {:?}", first(away).await),
    }
}

async fn send(kv: &Kavach, last: u8) {
    let request = SendPhone { phone: format!("+49 1512 345678{last}") };
    phone_otp::send(kv, &anonymous(kv).await, request).await.unwrap();
}

fn webhook(part: &Part) -> Sms {
    Sms { webhook_url: Some(Secret::new(part.url("/sms"))), ..Sms::default() }
}

fn twilio(part: &Part) -> Sms {
    Sms {
        twilio_url: part.url(""),
        twilio_account_sid: Some("AC0123".to_owned()),
        twilio_auth_token: Some(Secret::new("token")),
        from: Some("+15005550006".to_owned()),
        ..Sms::default()
    }
}

#[tokio::test]
async fn text_messages_wait_until_somebody_takes_them() {
    let senders: [fn(&Part) -> Sms; 2] = [webhook, twilio];
    let cases =
        senders.into_iter().flat_map(|sender| Fault::all().into_iter().map(move |fault| (sender, fault)));
    // Whatever comes with a success is not looked at: it is one.
    let cases = cases.filter(|(_, fault)| *fault != Fault::Portal);
    join_all(cases.map(|(sender, fault)| async move {
        let what = format!("{fault:?}");
        let mut part = Part::with(Some(fault), |_, _| "{}".to_owned()).await;
        let sms = sender(&part);
        let away = outward(|config| config.sms = sms).await;
        let (kv, clock) = (&away.kv, &away.clock);
        within(Duration::ZERO, &what, send(kv, 1)).await;
        let failed = until(&away, &what, |delivery| delivery.last_error.is_some());
        let failed = within(SECOND * 10, &what, failed).await;
        assert_eq!((failed.state, failed.attempts), (DeliveryState::Waiting, 1), "{what}");
        let events = away.recorded(AuditKind::DeliveryFailed).await;
        assert_eq!(events.len(), 1, "{what}");
        let event = &events[0].event;
        assert_eq!(event.action.as_deref(), Some("sms"));
        assert_eq!(event.resource, Some(failed.id.to_string()));
        assert!(!format!("{event:?}").contains("1512345678"), "{event:?}");
        part.recover().await;
        // Time passes, and another message wakes the sender.
        clock.advance(SECOND * 60);
        send(kv, 2).await;
        let sent = until(&away, &what, |delivery| delivery.state == DeliveryState::Sent).await;
        assert_eq!((sent.id, sent.attempts), (failed.id, 2), "{what}");
        kv.shutdown().await;
    }))
    .await;
}

/// What is wrong with a server for mails.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mood {
    Well,
    Refuses,
    SaysNothing,
    DripsItsGreeting,
    GreetsForEver,
    IsBusy,
    SpeaksHttp,
    GreetsAndLeaves,
    LeavesAfterTheRecipient,
    SaysNothingAfterTheMail,
    TakesTheMailAndThenDoesNot,
}

async fn converse(mut stream: TcpStream, mood: Mood) -> std::io::Result<()> {
    let greeting: &[u8] = match mood {
        Mood::IsBusy => b"421 4.3.2 too busy\r\n",
        Mood::SpeaksHttp => b"HTTP/1.1 400 Bad Request\r\n\r\n",
        _ => b"220 test ESMTP\r\n",
    };
    match mood {
        Mood::SaysNothing => {
            // Until the other side has had enough.
            return stream.read(&mut [0; 64]).await.map(drop);
        }
        Mood::DripsItsGreeting => {
            let mut beat = tokio::time::interval(SECOND);
            for byte in b"220-".iter().chain(&[b'x'; 400]) {
                beat.tick().await;
                stream.write_all(&[*byte]).await?;
            }
            return Ok(());
        }
        Mood::GreetsForEver => {
            let lines = format!("220-{}\r\n", "x".repeat(900)).repeat(64);
            for _ in 0..50 * 1024 * 1024 / lines.len() {
                stream.write_all(lines.as_bytes()).await?;
            }
            return Ok(());
        }
        _ => stream.write_all(greeting).await?,
    }
    if mood == Mood::GreetsAndLeaves {
        return Ok(());
    }
    let (read, mut write) = stream.into_split();
    let (mut lines, mut in_data) = (BufReader::new(read).lines(), false);
    while let Some(line) = lines.next_line().await? {
        let answer: &[u8] = if in_data && line != "." {
            b""
        } else if in_data {
            in_data = false;
            match mood {
                Mood::SaysNothingAfterTheMail => b"",
                Mood::TakesTheMailAndThenDoesNot => b"451 4.3.0 not after all\r\n",
                _ => b"250 queued\r\n",
            }
        } else if line == "DATA" {
            in_data = true;
            b"354 go on\r\n"
        } else if line.starts_with("RCPT") && mood == Mood::LeavesAfterTheRecipient {
            return Ok(());
        } else {
            b"250 ok\r\n"
        };
        write.write_all(answer).await?;
    }
    Ok(())
}

async fn listen(port: u16, mood: &Arc<Mutex<Mood>>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    if *mood.lock().unwrap() == Mood::Refuses {
        return port;
    }
    let mood = Arc::clone(mood);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mood = *mood.lock().unwrap();
            tokio::spawn(converse(stream, mood));
        }
    });
    port
}

#[tokio::test]
async fn mails_wait_until_somebody_takes_them() {
    let moods = [
        Mood::Refuses,
        Mood::SaysNothing,
        Mood::DripsItsGreeting,
        Mood::GreetsForEver,
        Mood::IsBusy,
        Mood::SpeaksHttp,
        Mood::GreetsAndLeaves,
        Mood::LeavesAfterTheRecipient,
        Mood::SaysNothingAfterTheMail,
        Mood::TakesTheMailAndThenDoesNot,
    ];
    join_all(moods.map(|mood| async move {
        let what = format!("{mood:?}");
        let now = Arc::new(Mutex::new(mood));
        let port = listen(0, &now).await;
        let away = outward(|config| {
            config.mail.smtp_url = Some(Secret::new(format!("smtp://127.0.0.1:{port}")));
        })
        .await;
        let (kv, clock) = (&away.kv, &away.clock);
        within(Duration::ZERO, &what, sign_up(kv, "ada@example.com")).await;
        let failed = until(&away, &what, |delivery| delivery.last_error.is_some());
        let failed = within(SECOND * 30, &what, failed).await;
        assert_eq!((failed.state, failed.attempts), (DeliveryState::Waiting, 1), "{what}");
        let events = away.recorded(AuditKind::DeliveryFailed).await;
        assert_eq!(events.len(), 1, "{what}");
        let event = &events[0].event;
        assert_eq!(event.action.as_deref(), Some("mail"));
        assert!(!format!("{event:?}").contains("ada@example.com"), "{event:?}");
        *now.lock().unwrap() = Mood::Well;
        if mood == Mood::Refuses {
            listen(port, &now).await;
        }
        clock.advance(SECOND * 60);
        sign_up(kv, "bob@example.com").await;
        let sent = until(&away, &what, |delivery| delivery.state == DeliveryState::Sent).await;
        assert_eq!((sent.id, sent.attempts), (failed.id, 2), "{what}");
        kv.shutdown().await;
    }))
    .await;
}
