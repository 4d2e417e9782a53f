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

/// Wallets' signatures that the reference implementation is tried with, over messages of this form: who signed when, what
/// follows, and the signature.
const REFERENCE: [(&str, &str, &str, &str, &str); 3] = [
    (
        "0x9D85ca56217D2bb651b00f15e694EB7E713637D4",
        "bTyXgcQxn2htgkjJn",
        "2022-01-27T17:09:38.578Z",
        "\nExpiration Time: 2100-01-07T14:31:43.952Z",
        "dc35c7f8ba2720df052e0092556456127f00f7707eaa8e3bbff7e56774e7f2e05a093cfc9e02964c33d86e8e066e221b7d153d27e5a2e97ccd5ca7d3f2ce06cb1b",
    ),
    (
        "0xE6D3Aa1F561A215E5eb1f02Ba8705385F03fCaFB",
        "lx2nx4so",
        "2022-01-05T14:27:30.883Z",
        "\nNot Before: 2100-01-07T14:31:43.952Z",
        "c2539ace78f13c7eb8c0852d38d269a6f97bebd9f7872097d2e3137b541f8bf50176062a46eeea83086bd2721423fb5755a932ff6ccc046ed482d14e4576042f1c",
    ),
    (
        "0x2ecA0068307e706741445764A3D6A4402aC2A5a9",
        "lx2nx4so",
        "2022-01-05T14:27:30.883Z",
        "\nExpiration Time: 2021-01-05T00:00:00Z",
        "7337bc2826c7678cd6bc84f5b3b236efc969b0451f9feca2328b1d3401b030c113f19bdba359ba3f52762c66e9147311fa95fe598a1a4ec9bb383a7b4e3874241b",
    ),
];

#[test]
fn the_signatures_of_the_reference_hold_for_their_message_alone() {
    for (address, nonce, issued_at, ending, signature) in REFERENCE {
        let text = format!(
            "login.xyz wants you to sign in with your Ethereum account:\n{address}\n\nSign-In With Ethereum Example Statement\n\nURI: https://login.xyz\nVersion: 1\nChain ID: 1\nNonce: {nonce}\nIssued At: {issued_at}{ending}"
        );
        let message = parse(&text).unwrap();
        let signature = from_hex(signature).unwrap();
        assert!(is_signed_by(&message.address, &personal_hash(&text), &signature), "{address}");
        for (what, with) in [
            ("login.xyz wants", "login.xyy wants"),
            ("URI: https://login.xyz", "URI: https://login.xyz/"),
            ("Chain ID: 1", "Chain ID: 2"),
            ("Statement", "statement"),
            ("Issued At: 2022", "Issued At: 2023"),
            ("Nonce: ", "Nonce: x"),
            (": 2", ": 3"),
        ] {
            let changed = text.replacen(what, with, 1);
            assert_ne!(changed, text, "{what}");
            assert!(!is_signed_by(&message.address, &personal_hash(&changed), &signature), "{what}");
        }
    }
}

/// What the reference implementation must not read either, as far as it is not above.
#[test]
fn what_the_reference_does_not_read_does_not_read_here() {
    let end = "Issued At: 2021-12-07T18:28:18.807Z";
    for (what, with) in [
        ("localhost:4361 wants", " wants"),
        ("localhost:4361 wants", "not_an_authority/ wants"),
        ("0x6Da01670d8fc844e736095918bbE11fE8D564163", ""),
        ("0x6Da01670d8fc844e736095918bbE11fE8D564163", "0x6da01670d8fc844e736095918bbe11fe8d564163"),
        ("SIWE Notepad Example", "SIWE Notepad\nExample"),
        ("SIWE Notepad Example", "\nSIWE Notepad Example"),
        ("Version: 1", "Version: 2"),
        ("Chain ID: 1", "Chain ID: ?"),
        ("Chain ID: 1\n", ""),
        ("2021-12-07T18:28:18.807Z", "Wed Oct 05 2011 16:48:00 GMT+0200 (CEST)"),
        (end, &format!("{end}\nExpiration Time: Wed Oct 05 2011 16:48:00 GMT+0200 (CEST)")),
        (end, &format!("{end}\nRequest ID: r\nNot Before: 2021-12-07T18:28:18Z")),
        (end, &format!("{end}\nResources:\n- https://a.example\nRequest ID: r")),
        (end, &format!("{end}\nResources:\n- https://a.example - https://b.example")),
        (end, &format!("{end}\nResources:\n- https://a.example\n- _not_a_uri_")),
        (end, &format!("{end}\nResources:\n- _not_a_uri_\n- https://a.example")),
    ] {
        let changed = PUBLISHED.replacen(what, with, 1);
        assert_ne!(changed, PUBLISHED, "{what}");
        assert!(parse(&changed).is_err(), "{with}");
    }
}
