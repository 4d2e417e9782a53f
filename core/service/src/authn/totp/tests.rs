use super::*;
use kavach_model::user::{Role, UserStatus};

const KEY: &[u8] = b"12345678901234567890";

fn with_digits(digits: u8, algorithm: Algorithm, secret: &[u8]) -> Totp {
    Builder::new()
        .with_algorithm(algorithm)
        .with_digits(digits)
        .with_step_duration(STEP)
        .with_secret(Secret::new(secret.into()))
        .with_account_name("a")
        .build()
        .unwrap()
}

/// RFC 4226, appendix D: the counter is the time step.
#[test]
fn codes_are_those_of_rfc_4226() {
    let expected =
        ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
    let generator = generator(KEY, "a").unwrap();
    for (counter, code) in (0..).zip(expected) {
        assert_eq!(generator.generate(counter * STEP).to_string(), code, "{counter}");
    }
}

/// RFC 6238, appendix B: eight digits.
#[test]
fn codes_are_those_of_rfc_6238() {
    let longer = b"1234567890123456789012345678901234567890123456789012345678901234";
    for (algorithm, secret, expected) in [
        (Algorithm::SHA1, KEY, ["94287082", "07081804", "14050471", "89005924", "69279037", "65353130"]),
        (
            Algorithm::SHA256,
            &longer[..32],
            ["46119246", "68084774", "67062674", "91819424", "90698825", "77737706"],
        ),
        (
            Algorithm::SHA512,
            &longer[..],
            ["90693936", "25091201", "99943326", "93441116", "38618901", "47863826"],
        ),
    ] {
        let generator = with_digits(8, algorithm, secret);
        let times = [59, 1_111_111_109, 1_111_111_111, 1_234_567_890, 2_000_000_000, 20_000_000_000];
        for (time, code) in times.into_iter().zip(expected) {
            assert_eq!(generator.generate(time).to_string(), code, "{algorithm:?} at {time}");
        }
    }
}

#[test]
fn clocks_may_differ_by_one_step_and_no_more() {
    let at = |seconds: i64| Timestamp::from_millis(seconds * 1_000);
    // The code of step 37 037 036, which lasts from ...080 to ...109.
    let code = generator(KEY, "a").unwrap().generate(1_111_111_109).to_string();
    let step = Some(37_037_036);
    for (seconds, expected) in [
        (1_111_111_049, None),
        (1_111_111_050, step),
        (1_111_111_080, step),
        (1_111_111_109, step),
        (1_111_111_139, step),
        (1_111_111_140, None),
    ] {
        assert_eq!(step_of(KEY, &code, at(seconds)), expected, "{seconds}");
    }
}

#[test]
fn spaces_and_hyphens_in_a_code_do_not_matter_and_anything_else_does() {
    for typed in ["123456", " 123 456 ", "123-456", "1 2 3 4 5 6"] {
        assert_eq!(digits(typed).as_deref(), Some("123456"), "{typed}");
    }
    for typed in ["", "12345", "1234567", "12345a", "１２３４５６", "123456\u{0}"] {
        assert_eq!(digits(typed), None, "{typed}");
    }
}

#[test]
fn an_app_reads_the_account_the_issuer_and_the_secret() {
    let user = User {
        id: UserId::from_parts(Timestamp::from_millis(0), [0; 10]),
        email: Some("ada+x@example.com".to_owned()),
        email_verified: true,
        username: None,
        phone: None,
        anonymous: false,
        name: "Ada".to_owned(),
        locale: None,
        role: Role::Member,
        status: UserStatus::Active,
        created_at: Timestamp::from_millis(0),
        updated_at: Timestamp::from_millis(0),
    };
    let shown_to_app = shown(KEY, &user).unwrap();
    assert_eq!(shown_to_app.secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert!(shown_to_app.otpauth_uri.starts_with("otpauth://totp/Kavach:ada%2Bx%40example.com?secret="));
    assert!(shown_to_app.otpauth_uri.contains("issuer=Kavach"));
    assert!(shown_to_app.qr_svg.starts_with("<svg") && shown_to_app.qr_svg.ends_with("</svg>"));
    let named = User { email: None, name: "Ada: the first".to_owned(), ..user };
    assert!(shown(KEY, &named).unwrap().otpauth_uri.contains("Ada%20%20the%20first"));
}
