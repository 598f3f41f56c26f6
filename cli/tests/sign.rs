//! `countersign sign`.

use super::support::{countersign, run};
use countersign::leap::webhook::{CallbackUrls, Verifier};
use countersign::webhook::{Delivery, RsaKey};
use countersign::{Clock as _, Secret, SystemClock};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

const SECRET: &str = "correct horse battery staple";

#[test]
fn a_callback_url_is_what_the_sdk_accepts() {
    let home = TempDir::new().unwrap();
    let mut command = countersign(home.path());
    command.env("LEAP_CALLBACK_URL_SECRET", SECRET);
    let arguments = ["sign", "leap", "--url", "https://app.example/leap", "--reference", "contract-17"];
    let printed = run(command.args(arguments).args(["--until", "2027-01-01T00:00:00Z"]));
    assert_eq!(printed.code, 0, "{printed:?}");
    let url: http::Uri = printed.out.trim().parse().unwrap();
    let verifier = Verifier::builder()
        .callback_urls(CallbackUrls::new(Secret::chosen(SECRET).unwrap()))
        .build()
        .unwrap();
    let delivery = Delivery::from(http::Request::post(url).body("").unwrap());
    let new_year = SystemTime::UNIX_EPOCH + Duration::from_secs(1_798_761_600);
    let verified = verifier.verify(&delivery, new_year - Duration::from_secs(1)).unwrap();
    assert_eq!(verified.reference(), Some("contract-17"));
    assert!(verifier.verify(&delivery, new_year).is_err());
}

#[test]
fn a_payload_is_signed_by_the_key_of_the_machine_each_time() {
    let home = TempDir::new().unwrap();
    let sign = || run(countersign(home.path()).args(["sign", "legalesign", "-"]).write_stdin("[]"));
    let (first, second) = (sign(), sign());
    assert_eq!((first.code, &first.out), (0, &second.out));
    let pem = std::fs::read(home.path().join("legalesign-development.pem")).unwrap();
    let key = RsaKey::from_certificate(pem).unwrap().legacy_sha1().unwrap();
    let verifier =
        countersign::legalesign::webhook::Verifier::builder().certificate(key).group("g").build().unwrap();
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("data", "[]"), ("signed", first.out.trim())])
        .finish();
    let delivery =
        http::Request::post("/").header("content-type", "application/x-www-form-urlencoded").body(form);
    assert!(verifier.verify(&Delivery::from(delivery.unwrap()), SystemClock.now()).is_ok());
}

#[test]
fn the_certificate_is_written_anew_if_it_is_not_that_of_the_key() {
    let home = TempDir::new().unwrap();
    let sign = || {
        let printed = run(countersign(home.path()).args(["sign", "legalesign", "-"]).write_stdin("[]"));
        assert_eq!(printed.code, 0, "{printed:?}");
    };
    sign();
    let path = home.path().join("legalesign-development.pem");
    let certificate = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    sign();
    assert_eq!(std::fs::read(&path).unwrap(), certificate, "it was removed");
    std::fs::write(&path, "-----BEGIN CERTIFICATE-----\nof another\n").unwrap();
    sign();
    assert_eq!(std::fs::read(&path).unwrap(), certificate, "it was changed");
}

#[test]
#[cfg(unix)]
fn the_key_of_the_machine_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = TempDir::new().unwrap();
    let folder = home.path().join("new");
    assert_eq!(run(countersign(&folder).args(["sign", "legalesign", "-"]).write_stdin("[]")).code, 0);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&folder.join("legalesign-development.key"))), (0o700, 0o600));
}

#[test]
fn an_hmac_has_the_headers_of_its_scheme() {
    let home = TempDir::new().unwrap();
    let mut command = countersign(home.path());
    // The example of Standard Webhooks.
    command.env("SIGNLY_WEBHOOK_HMAC_SECRET", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    command.args(["sign", "signly", "-", "--standard-webhooks", "--id", "msg_p5jXN8AQM9LWM0D4loKWxJek"]);
    let printed = run(command.args(["--at", "2021-02-25T15:02:10Z"]).write_stdin(r#"{"test": 2432232314}"#));
    assert!(printed.out.contains("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="), "{printed:?}");
    assert!(printed.out.contains("webhook-timestamp: 1614265330"), "{printed:?}");
}

#[test]
#[cfg(unix)]
fn a_folder_that_others_can_write_to_is_not_used_and_links_are_not_followed() {
    use std::os::unix::fs::PermissionsExt;
    let home = TempDir::new().unwrap();
    let victim = home.path().join("victim");
    std::fs::write(&victim, "precious").unwrap();
    std::os::unix::fs::symlink(&victim, home.path().join("legalesign-development.pem")).unwrap();
    let sign = || run(countersign(home.path()).args(["sign", "legalesign", "-"]).write_stdin("[]"));
    assert_eq!(sign().code, 0);
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");

    std::fs::set_permissions(home.path(), PermissionsExt::from_mode(0o777)).unwrap();
    let printed = sign();
    assert_eq!(printed.code, 2);
    assert!(printed.err.contains("others can write to it"), "{}", printed.err);
}

#[test]
#[cfg(unix)]
fn a_folder_of_somebody_else_is_not_used() {
    use std::os::unix::fs::{MetadataExt as _, chown};
    let home = TempDir::new().unwrap();
    let own = std::fs::metadata(home.path()).unwrap().uid();
    let somebody_else = own + 1;
    if chown(home.path(), Some(somebody_else), None).is_err() {
        // Only root can give a folder away, and nobody else can write to one of another user.
        return;
    }
    let sign = || run(countersign(home.path()).args(["sign", "legalesign", "-"]).write_stdin("[]"));
    let printed = sign();
    assert_eq!(printed.code, 2, "{printed:?}");
    assert!(printed.err.contains("it belongs to somebody else"), "{}", printed.err);
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "nothing is left in it");
    chown(home.path(), Some(own), None).unwrap();
    assert_eq!(sign().code, 0);
}
