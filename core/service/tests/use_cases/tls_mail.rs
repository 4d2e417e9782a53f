//! Mail over TLS, to a server on this machine whose certificate an authority of ours has signed: from the first byte, and
//! by STARTTLS (RFC 3207).

use crate::world::{sign_up, start};
use kavach_model::Secret;
use kavach_service::deliver::mail::{Mail, Mailer as _, SmtpMailer};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

/// How a server speaks.
#[derive(Clone, Copy, PartialEq)]
enum Speaks {
    TlsAtOnce,
    StartTls,
    ClearText,
}

/// An authority, and what a server that it certifies as `localhost` needs.
struct Authority {
    root: CertificateDer<'static>,
    pem: String,
    server: TlsAcceptor,
}

fn authority() -> Authority {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    Authority { root: issuer.der().clone(), pem: issuer.pem(), server: TlsAcceptor::from(Arc::new(config)) }
}

/// A server that takes every mail; tells what it heard, and whether that was encrypted.
async fn server(speaks: Speaks, tls: TlsAcceptor) -> (u16, mpsc::UnboundedReceiver<(bool, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (tell, tls) = (tell.clone(), tls.clone());
            tokio::spawn(async move {
                if speaks == Speaks::TlsAtOnce {
                    if let Ok(stream) = tls.accept(stream).await {
                        converse(stream, true, true, false, &tell).await;
                    }
                    return;
                }
                let offers = speaks == Speaks::StartTls;
                if let Some(stream) = converse(stream, true, false, offers, &tell).await
                    && let Ok(stream) = tls.accept(stream).await
                {
                    converse(stream, false, true, false, &tell).await;
                }
            });
        }
    });
    (port, heard)
}

/// Speaks SMTP until the client leaves, or wants TLS: then the stream comes back.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    greets: bool,
    encrypted: bool,
    offers_tls: bool,
    tell: &mpsc::UnboundedSender<(bool, String)>,
) -> Option<S> {
    let mut stream = BufReader::new(stream);
    if greets {
        stream.write_all(b"220 test ESMTP\r\n").await.ok()?;
        stream.flush().await.ok()?;
    }
    let mut in_data = false;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_owned();
        let answer = match line.as_str() {
            "." if in_data => {
                in_data = false;
                "250 queued\r\n"
            }
            _ if in_data => "",
            "DATA" => {
                in_data = true;
                "354 go on\r\n"
            }
            "STARTTLS" if offers_tls => {
                stream.write_all(b"220 go on\r\n").await.ok()?;
                stream.flush().await.ok()?;
                return Some(stream.into_inner());
            }
            _ if line.starts_with("EHLO") && offers_tls => "250-test\r\n250 STARTTLS\r\n",
            _ => "250 ok\r\n",
        };
        let _ = tell.send((encrypted, line));
        stream.write_all(answer.as_bytes()).await.ok()?;
        stream.flush().await.ok()?;
    }
}

fn mail() -> Mail {
    Mail {
        to: "ada@example.com".to_owned(),
        subject: "Hello".to_owned(),
        text: "the body".to_owned(),
        html: "<p>the body</p>".to_owned(),
    }
}

fn url(speaks: Speaks, port: u16, query: &str) -> Secret {
    let scheme = if speaks == Speaks::TlsAtOnce { "smtps" } else { "smtp" };
    Secret::new(format!("{scheme}://localhost:{port}{query}"))
}

const FROM: &str = "Kavach <kavach@example.com>";

#[tokio::test]
async fn a_mail_goes_encrypted_from_the_first_byte_or_by_starttls() {
    for (speaks, query) in
        [(Speaks::TlsAtOnce, ""), (Speaks::StartTls, ""), (Speaks::StartTls, "?tls=required")]
    {
        let authority = authority();
        let (port, mut heard) = server(speaks, authority.server).await;
        let mailer = SmtpMailer::trusting(&[authority.root], &url(speaks, port, query), FROM).unwrap();
        assert_eq!(mailer.send("msg_1", &mail()).await, Ok(()));
        let mut said = Vec::new();
        while let Ok(line) = heard.try_recv() {
            said.push(line);
        }
        assert!(said.contains(&(true, "the body".to_owned())), "{said:?}");
        let in_clear: Vec<_> = said.iter().filter(|(encrypted, _)| !encrypted).collect();
        assert!(in_clear.iter().all(|(_, line)| line.starts_with("EHLO")), "{in_clear:?}");
    }
}

#[tokio::test]
async fn a_server_nobody_certifies_gets_no_mail() {
    for speaks in [Speaks::TlsAtOnce, Speaks::StartTls] {
        let authority = authority();
        let (port, mut heard) = server(speaks, authority.server).await;
        let mailer = SmtpMailer::new(&url(speaks, port, ""), FROM).unwrap();
        assert!(!mailer.send("msg_1", &mail()).await.unwrap_err().is_permanent());
        while let Ok((_, line)) = heard.try_recv() {
            assert!(line.starts_with("EHLO"), "{line}");
        }
    }
}

#[tokio::test]
async fn a_server_that_hides_its_starttls_gets_no_mail_where_tls_is_required() {
    let authority = authority();
    let (port, mut heard) = server(Speaks::ClearText, authority.server).await;
    let mailer =
        SmtpMailer::trusting(&[authority.root], &url(Speaks::ClearText, port, "?tls=required"), FROM)
            .unwrap();
    assert!(mailer.send("msg_1", &mail()).await.is_err());
    while let Ok((_, line)) = heard.try_recv() {
        assert!(!line.starts_with("MAIL"), "{line}");
    }
}

#[tokio::test]
async fn an_authority_from_the_configuration_is_trusted() {
    let authority = authority();
    let (port, mut heard) = server(Speaks::TlsAtOnce, authority.server).await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("ca.pem");
    std::fs::write(&file, &authority.pem).unwrap();
    let world = start(None, |config| {
        config.outbound.extra_ca = Some(file);
        config.mail.smtp_url = Some(url(Speaks::TlsAtOnce, port, ""));
    })
    .await;
    sign_up(&world.kv, "ada@example.com").await;
    let mut said = Vec::new();
    while !said.contains(&"RCPT TO:<ada@example.com>".to_owned()) {
        let (encrypted, line) = heard.recv().await.unwrap();
        assert!(encrypted);
        said.push(line);
    }
    world.kv.shutdown().await;
}
