//! Messages by the grammar of EIP-4361, and one whose signature everybody can look up.

use super::*;

/// The example of the standard's reference implementation for Rust, with the signature it gives for it.
const PUBLISHED: &str = "localhost:4361 wants you to sign in with your Ethereum account:
0x6Da01670d8fc844e736095918bbE11fE8D564163

SIWE Notepad Example

URI: http://localhost:4361
Version: 1
Chain ID: 1
Nonce: kEWepMt9knR6lWJ6A
Issued At: 2021-12-07T18:28:18.807Z";
const SIGNATURE: &str = "6228b3ecd7bf2df018183aeab6b6f1db1e9f4e3cbe24560404112e25363540eb679934908143224d746bbb5e1aa65ab435684081f4dbb74a0fec57f98f40f5051c";

#[test]
fn a_published_signature_is_its_wallets_and_nobody_elses() {
    let message = parse(PUBLISHED).unwrap();
    let signature = from_hex(SIGNATURE).unwrap();
    let hash = personal_hash(PUBLISHED);
    assert!(is_signed_by(&message.address, &hash, &signature));
    let mut other = message.address;
    other[19] ^= 1;
    assert!(!is_signed_by(&other, &hash, &signature));
    assert!(!is_signed_by(&message.address, &personal_hash("another"), &signature));
    for at in 0..signature.len() {
        let mut changed = signature.clone();
        changed[at] ^= 1;
        assert!(!is_signed_by(&message.address, &hash, &changed), "at {at}");
    }
    for length in [0, 1, 64, 66] {
        let mut wrong = signature.clone();
        wrong.resize(length, 0);
        assert!(!is_signed_by(&message.address, &hash, &wrong), "{length}");
    }
}

/// What may follow the line that says when the message was issued.
const ENDINGS: [&str; 6] = [
    "",
    "\nExpiration Time: 2021-12-08T18:28:18.807Z",
    "\nExpiration Time: 2021-12-08T18:28:18Z\nNot Before: 2021-12-07T18:28:18+01:00",
    "\nRequest ID: some-request_1",
    "\nResources:\n- ipfs://bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3evfyavhwq/\n- https://example.com/x?y#z",
    "\nExpiration Time: 2021-12-08T18:28:18Z\nNot Before: 2021-12-07T18:28:18Z\nRequest ID: r\nResources:\n- urn:a:b",
];

#[test]
fn every_optional_field_reads_in_its_place() {
    for ending in ENDINGS {
        assert!(parse(&format!("{PUBLISHED}{ending}")).is_ok(), "{ending}");
    }
    let without_statement = PUBLISHED.replace("SIWE Notepad Example\n\n", "\n");
    assert_eq!(parse(&without_statement).unwrap().statement, None);
    for domain in ["service.org", "localhost", "127.0.0.1:80", "[::1]:3000", "xn--bcher-kva.example"] {
        assert!(parse(&PUBLISHED.replacen("localhost:4361", domain, 1)).is_ok(), "{domain}");
    }
}

#[test]
fn what_the_grammar_does_not_have_does_not_read() {
    let lines: Vec<&str> = PUBLISHED.lines().collect();
    for missing in [0, 1, 2, 5, 6, 7, 8, 9] {
        let left: Vec<&str> =
            lines.iter().enumerate().filter(|(at, _)| *at != missing).map(|(_, line)| *line).collect();
        assert!(parse(&left.join("\n")).is_err(), "without line {missing}");
    }
    for at in 5..9 {
        let mut swapped = lines.clone();
        swapped.swap(at, at + 1);
        assert!(parse(&swapped.join("\n")).is_err(), "lines {at} and {} swapped", at + 1);
    }
    for (what, with) in [
        ("URI: http://localhost:4361", "URI: not a uri"),
        ("URI: http://localhost:4361", "URI:http://localhost:4361"),
        ("URI: ", "uri: "),
        ("Version: 1", "Version: 1.0"),
        ("Chain ID: 1", "Chain ID: +1"),
        ("Chain ID: 1", "Chain ID: 0x1"),
        ("Chain ID: 1", "Chain ID: -1"),
        ("Chain ID: 1", "Chain ID: 1 "),
        ("Nonce: kEWepMt9knR6lWJ6A", "Nonce: seven77"),
        ("Nonce: kEWepMt9knR6lWJ6A", "Nonce: with-a-hyphen"),
        ("2021-12-07T18:28:18.807Z", "2021-12-07"),
        ("2021-12-07T18:28:18.807Z", "1638901698"),
        ("2021-12-07T18:28:18.807Z", "2021-13-07T18:28:18Z"),
        (" wants you to sign in", " wants you to  sign in"),
        ("account:", "account"),
        ("0x6Da0", "0X6Da0"),
        ("0x6Da0", "6Da0"),
        ("E8D564163", "E8D56416"),
        ("SIWE Notepad", "SIWE\tNotepad"),
        ("SIWE Notepad", "SIWE\u{0}Notepad"),
    ] {
        let changed = PUBLISHED.replacen(what, with, 1);
        assert_ne!(changed, PUBLISHED, "{what}");
        assert!(parse(&changed).is_err(), "{with}");
    }
    assert!(
        parse(&format!(
            "{PUBLISHED}\nNot Before: 2021-12-08T18:28:18Z\nExpiration Time: 2021-12-08T18:28:18Z"
        ))
        .is_err()
    );
    assert!(parse(&PUBLISHED.replace("Example", &"x".repeat(5_000))).is_err());
}

#[test]
fn an_address_has_one_spelling_whatever_is_asked_with() {
    let wanted = "0x6Da01670d8fc844e736095918bbE11fE8D564163";
    for text in [wanted, &wanted.to_lowercase(), &format!("0x{}", wanted[2..].to_uppercase())] {
        assert_eq!(address(text).unwrap(), wanted);
    }
    for bad in ["", "0x", "6Da01670d8fc844e736095918bbE11fE8D564163", "0x6Da0", "0xzz"] {
        assert!(address(bad).is_err(), "{bad}");
    }
}
