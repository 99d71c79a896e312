//! Configurations that cannot be.

use crate::Auth;
use wirebench_sdk::kit::{self, Places};

#[test]
fn what_cannot_be_is_refused_with_its_place_on_both_sides() {
    const SECRET: &str = r#""secret": {"insecure": "hunter2"}"#;
    for (config, pointer, told) in [
        ("", "/secret", "a secret is needed"),
        (r#""secret": "hunter2""#, "/secret", "{ env = \"NAME\" }"),
        (r#""secret": {"insecure": ""}"#, "/secret/insecure", "empty"),
        (r#""secret": {"insecure": 42}"#, "/secret/insecure", "a text"),
        (r#""secret": {"env": "WIREBENCH_NO_SUCH"}"#, "/secret/env", "is not set"),
        (r#""secret": {"file": "/no/such/file"}"#, "/secret/file", "No such file"),
        (r#"$, "mode": "open""#, "/mode", "unknown variant"),
        (r#"$, "mac": "md5""#, "/mac", "hmac-md5"),
        (r#"$, "name": "alice""#, "/name", "`mode = \"login\"`"),
        (r#"$, "mode": "login", "mac": "hmac-md5""#, "/mac", "`mode = \"challenge\"`"),
        (r#"$, "wrong-keys": "25""#, "/wrong-keys", "`25` has no unit"),
        (r#"$, "wrong-keys": "60%", "replay": "50%""#, "/wrong-keys", "over 100%"),
        (r#"$, "accepted": true"#, "/accepted", "or false"),
        (r#"$, "accepted": """#, "/accepted", "empty"),
        (r#"$, "accepted": "x", "rejected": "x""#, "/rejected", "`accepted`"),
        (r#"$, "verdict": "end", "accepted": "ok""#, "/accepted", "leave this out"),
        (r#"$, "verdict": "end", "rejected": false"#, "/rejected", "leave this out"),
        (r#"$, "mode": "login", "verdict": "end""#, "/verdict", "`mode = \"challenge\"`"),
        (r#"$, "request": "ok""#, "/accepted", "`request`"),
        (r#"$, "attempts": 2000000"#, "/attempts", "at most"),
        (r#"$, "patience": "0s""#, "/patience", "patience"),
        (r#"$, "mode": "login", "attempts": 0"#, "/attempts", "at least one"),
        (r#"$, "mode": "login", "attempts": 1, "mistyped": "1%""#, "/mistyped", "second attempt"),
        (r#"$, "mode": "login", "hash": {"memory-kib": 1}"#, "/hash/memory-kib", "between 8"),
        (r#"$, "mode": "login", "again": "welcome""#, "/again", "`welcome`"),
        (r#"$, "mode": "login", "name": "auth""#, "/name", "`request`"),
        (r#"$, "mode": "login", "request": "hunter2""#, "/request", "password"),
        (r#"$, "sekret": 1"#, "/sekret", "unknown field"),
    ] {
        let config = format!("{{{}}}", config.replace('$', SECRET));
        for refused in [kit::server::<Auth>(&config).err(), kit::client::<Auth>(&config).err()] {
            let refused = refused.unwrap_or_else(|| panic!("{config} was taken"));
            assert_eq!(refused.pointer, pointer, "{config}: {refused}");
            assert!(refused.text.contains(told), "{config}: {refused}");
            assert!(!refused.text.contains("hunter2"), "a secret is shown: {refused}");
        }
    }
}

#[test]
fn a_relative_file_is_accepted_while_it_is_checked_and_opens_no_session() {
    let config = r#"{"secret": {"file": "secret.txt"}}"#;
    let refused = [
        kit::server::<Auth>(config).unwrap().open().unwrap_err(),
        kit::client::<Auth>(config).unwrap().open().unwrap_err(),
    ];
    for refused in refused {
        assert!(refused.text.contains("make it absolute"), "{refused}");
    }
}

#[test]
fn a_relative_file_starts_from_the_scenarios_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret.txt"), "key\n").unwrap();
    let places = Places { scenario: Some(folder.path()), ..Places::default() };
    let config = r#"{"secret": {"file": "secret.txt"}}"#;
    let mut server = kit::server_in::<Auth>(config, places).unwrap();
    let session = server.open().unwrap();
    let key = crate::mac::Key::new(crate::MacKind::HmacSha256, b"key").unwrap();
    let answer = key.answer(&server.sent()[0].bytes);
    server.message(session, 1, &answer).unwrap();
    assert_eq!(server.counted("accepted").unwrap().0, 1);
}
