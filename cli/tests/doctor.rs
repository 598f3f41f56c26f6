//! `countersign doctor`.

use crate::screen;
use crate::support::{Nobody, Printed, countersign, run};
use crate::world::{self, World};
use countersign::mock::{Fault, ThrowAwayKey};
use countersign::webhook::RsaKey;
use countersign::{Clock as _, SystemClock};
use serde_json::Value;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const YEARS: u32 = 10;

/// The line of a check, and what is to be done.
fn line<'a>(printed: &'a Printed, words: &str) -> &'a str {
    let found = printed.out.lines().find(|line| line.contains(words));
    found.unwrap_or_else(|| panic!("no {words} in {}", printed.out))
}

fn doctor<S>(world: &World<S>) -> Printed {
    world.run(&["doctor"])
}

fn asked_nothing_else<S>(world: &World<S>, printed: &Printed) {
    for (name, value) in &world.variables {
        let is_address = name.ends_with("_BASE_URL");
        assert!(
            is_address || !format!("{}{}", printed.out, printed.err).contains(value),
            "{name} is printed"
        );
    }
}

#[test]
fn a_good_configuration_is_good() {
    fn assert_good<S>(world: &World<S>, provider: &str, credentials: &str) {
        let printed = doctor(world);
        assert_eq!(printed.code, 0, "{}{}", printed.out, printed.err);
        assert!(line(&printed, credentials).starts_with(&format!("ok    {provider}")), "{}", printed.out);
        assert!(line(&printed, "the clock agrees").starts_with("ok"));
        assert!(line(&printed, "127.0.0.1 can be reached").starts_with("ok"));
        assert!(line(&printed, "TLS roots from the system").contains("machine"));
        assert!(!printed.out.contains("->"), "{}", printed.out);
        asked_nothing_else(world, &printed);
    }
    let world = world::legalesign();
    assert_good(&world, "legalesign", "credentials accepted (list_groups)");
    world.server.calls("list_groups").only().assert_query("limit", "1");
    let world = world::signly();
    assert_good(&world, "signly", "credentials accepted (list_webhooks)");
    let world = world::leap();
    assert_good(&world, "leap", "credentials not refused (get_signing_process of an id that does not exist)");
    let world = world::faireplace();
    assert_good(
        &world,
        "faireplace",
        "credentials accepted (get_signature_status of a lease that does not exist)",
    );
    let world = world::sign8();
    assert_good(&world, "sign8", "the clock agrees");
    let printed = doctor(&world);
    assert!(line(&printed, "no call is known that only reads").starts_with("note  sign8"));
}

#[test]
fn the_address_is_asked_without_credentials() {
    let world = world::legalesign();
    assert_eq!(doctor(&world).code, 0);
    let requests = world.server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].header("authorization"), None);
    assert_eq!(requests[1].operation, Some("list_groups"));
}

#[test]
fn a_wrong_key_is_refused_and_it_is_said_what_to_do() {
    let mut world = world::legalesign();
    world.set("LEGALESIGN_API_KEY", "ak_wrong.c2VjcmV0");
    let printed = doctor(&world);
    assert_eq!(printed.code, 1);
    assert!(line(&printed, "credentials refused (HTTP 401, list_groups)").starts_with("fail  legalesign"));
    assert!(printed.out.contains("      -> compare key and LEGALESIGN_BASE_URL"), "{}", printed.out);
    asked_nothing_else(&world, &printed);

    let mut world = world::leap();
    world.set("LEAP_API_KEY", "wrong");
    let printed = doctor(&world);
    assert_eq!(printed.code, 1);
    assert!(line(&printed, "credentials refused (HTTP 403").starts_with("fail  leap"), "{}", printed.out);

    let mut world = world::faireplace();
    world.set("FAIREPLACE_API_KEY", "fp_wrong");
    assert!(line(&doctor(&world), "credentials refused (HTTP 401").starts_with("fail  faireplace"));
}

#[test]
fn a_group_that_the_key_cannot_read_is_found_out() {
    let mut world = world::legalesign();
    world.set("LEGALESIGN_GROUP", world.server.group());
    let printed = doctor(&world);
    assert_eq!(printed.code, 0, "{}", printed.out);
    assert!(line(&printed, "LEGALESIGN_GROUP names a group").starts_with("ok    legalesign"));
    for group in ["no-such-group", "no group at all", ".."] {
        world.set("LEGALESIGN_GROUP", group);
        let printed = doctor(&world);
        assert_eq!(printed.code, 1, "{group}: {}", printed.out);
        let line = line(&printed, "LEGALESIGN_GROUP names no group that the key can read");
        assert!(line.starts_with("fail  legalesign"), "{group}: {line}");
        assert!(!printed.out.contains(group), "values are not printed: {}", printed.out);
    }
    world.set("LEGALESIGN_GROUP", world.server.group());
    world.server.fail_next_on("get_group", Fault::status(503));
    let printed = doctor(&world);
    assert_eq!(printed.code, 0, "nothing is known of the group: {}", printed.out);
    assert!(line(&printed, "LEGALESIGN_GROUP not tried").starts_with("warn"), "{}", printed.out);
}

#[test]
fn a_variable_beside_its_file_is_a_mistake() {
    let mut world = world::legalesign();
    let nowhere = "/nonexistent";
    for name in ["LEGALESIGN_API_KEY_FILE", "LEGALESIGN_CALLBACK_URL_SECRET_FILE", "LEGALESIGN_GROUP_FILE"] {
        let both = name.trim_end_matches("_FILE");
        if both != "LEGALESIGN_API_KEY" {
            world.set(both, "a long enough secret");
        }
        for file in [nowhere, "-"] {
            world.set(name, file);
            let printed = doctor(&world);
            assert_eq!(printed.code, 1, "{name}: {}", printed.out);
            let expected = format!("both {both} and {name} are set");
            assert!(line(&printed, &expected).starts_with("fail  legalesign"), "{}", printed.out);
        }
        world.set(name, "");
    }
    world.set("LEGALESIGN_GROUP", world.server.group());
    assert_eq!(doctor(&world).code, 0, "an empty variable counts as none");
}

#[test]
fn each_refusal_has_a_meaning() {
    let world = world::legalesign();
    let page = |status| Fault::html_page(status);
    let cases = [
        (page(403), "fail", "are known, and do not allow this"),
        (page(404), "fail", "nothing like it at this address"),
        (page(302).with_header("location", "https://example.com/"), "fail", "leads elsewhere"),
        (page(200), "fail", "none of this provider's"),
        (page(500), "fail", "the provider failed"),
        (Fault::throttled(Duration::from_secs(1)), "warn", "too many calls"),
        (Fault::lost_answer(), "fail", "connection"),
    ];
    for (fault, outcome, message) in cases {
        world.server.fail_next_on("list_groups", fault);
        let printed = doctor(&world);
        assert!(line(&printed, message).starts_with(outcome), "{message}: {}", printed.out);
        assert_eq!(printed.code, i32::from(outcome == "fail"), "{message}");
    }
    // Nothing is tried twice.
    world.server.calls("list_groups").assert_count(7);

    let world = world::faireplace();
    world.server.fail_next_on("get_signature_status", Fault::status(403));
    assert!(doctor(&world).out.contains("signatures:read"));
}

#[test]
fn what_a_provider_says_is_no_command_to_the_terminal() {
    let world = world::signly();
    let body = r#"{"success":false,"status":409,"code":"\u001b[2J\u009b1m","message":"No.","data":null}"#;
    world.server.fail_next_on("list_webhooks", Fault::answer(409, "application/json", body));
    let printed = doctor(&world);
    // The SDK takes no code for one that is no plain word.
    assert!(printed.out.contains("conflict (HTTP 409)"), "{:?}", printed.out);
    assert!(!printed.out.contains(|letter: char| letter.is_control() && letter != '\n'), "{:?}", printed.out);
}

#[test]
fn nobody_there() {
    let mut world = world::signly();
    let nobody = Nobody::new();
    world.set("SIGNLY_BASE_URL", nobody.origin.as_str());
    let printed = doctor(&world);
    assert_eq!(printed.code, 1);
    assert!(line(&printed, "127.0.0.1 cannot be reached").starts_with("fail  signly"));
    assert!(printed.out.contains("is it running, and at this port?"), "{}", printed.out);
    assert!(line(&printed, "credentials").contains("not tried"), "{}", printed.out);
}

#[test]
fn a_clock_that_is_wrong() {
    let world = world::leap();
    world.server.fail_next(Fault::status(404).with_header("date", "Fri, 01 Jan 2100 00:00:00 GMT"));
    let printed = doctor(&world);
    assert_eq!(printed.code, 0, "a warning is no failure");
    assert!(line(&printed, "seconds behind the provider's").starts_with("warn  leap"), "{}", printed.out);
    assert!(printed.out.contains("-> set the clock"));
}

#[test]
fn offline_nobody_is_asked() {
    let world = world::legalesign();
    let printed = world.run(&["doctor", "--offline"]);
    assert_eq!(printed.code, 0);
    assert!(line(&printed, "LEGALESIGN_API_KEY, LEGALESIGN_BASE_URL").starts_with("ok"));
    assert!(!printed.out.contains("credentials"));
    world.server.assert_calls(&[]);
    assert!(world.server.requests().is_empty());
}

#[test]
fn nothing_is_configured() {
    let folder = tempfile::tempdir().unwrap();
    let printed = run(countersign(folder.path()).arg("doctor"));
    assert_eq!((printed.code, printed.out.as_str()), (2, ""));
    for name in ["SIGNLY_TENANT", "LEGALESIGN_API_KEY", "LEAP_API_KEY", "FAIREPLACE_API_KEY", "SIGN8_PROFILE"]
    {
        assert!(printed.err.contains(name), "{}", printed.err);
    }
    let printed = run(countersign(folder.path()).args(["doctor", "leap"]));
    assert_eq!(printed.code, 1);
    assert!(line(&printed, "no variable is set").starts_with("fail  leap"));
    assert!(printed.out.contains("-> set LEAP_API_KEY"));
}

#[test]
fn half_a_configuration_and_a_slip_of_the_pen() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = countersign(folder.path());
    command.env("SIGNLY_API_KEY", "k").env("SIGNLY_TENNANT", "t").args(["doctor", "signly"]);
    let printed = run(&mut command);
    assert_eq!(printed.code, 1);
    assert!(line(&printed, "not set in the environment: SIGNLY_TENANT").starts_with("fail"));
    assert!(line(&printed, "SIGNLY_TENNANT is set, and nothing here reads it").starts_with("warn"));
    assert!(!printed.out.contains("can be reached"));
}

#[test]
fn whoever_only_receives_needs_no_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = countersign(folder.path());
    command.env("LEAP_CALLBACK_URL_SECRET", "a long enough secret").arg("doctor");
    let printed = run(&mut command);
    assert_eq!(printed.code, 0, "{}", printed.out);
    assert!(line(&printed, "nothing to call it with").starts_with("note  leap"));
    assert!(line(&printed, "LEAP_CALLBACK_URL_SECRET can be used").starts_with("ok"));
}

#[test]
fn a_key_on_standard_input_is_used_for_every_check() {
    let mut world = world::legalesign();
    let key = world.server.api_key().to_owned();
    world.variables.retain(|(name, _)| *name != "LEGALESIGN_API_KEY");
    world.set("LEGALESIGN_API_KEY_FILE", "-");
    let printed = run(world.command().arg("doctor").write_stdin(key.clone()));
    assert_eq!(printed.code, 0, "{}", printed.out);
    assert!(line(&printed, "credentials accepted").starts_with("ok"));
    world.set("LEGALESIGN_WEBHOOK_SECRET_FILE", "-");
    let printed = run(world.command().arg("doctor").write_stdin(key));
    assert!(line(&printed, "which can be one of them").starts_with("fail"), "{}", printed.out);
}

#[test]
fn a_worker_of_faireplace_is_not_a_customer() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = countersign(folder.path());
    command.env("FAIREPLACE_WORKER_API_KEY", "k").env("FAIREPLACE_WORKER_ORGANISATION", "o").arg("doctor");
    let printed = run(&mut command);
    assert_eq!(printed.code, 1);
    assert!(line(&printed, "environment: FAIREPLACE_WORKER_BASE_URL").starts_with("fail  faireplace"));
    assert!(printed.out.contains("-> set FAIREPLACE_WORKER_API_KEY, "), "{}", printed.out);
    let printed = run(command.env("FAIREPLACE_WORKER_BASE_URL", "https://workers.example"));
    assert_eq!(printed.code, 0, "{}", printed.out);
    assert!(line(&printed, "credentials of workers not tried").starts_with("note"));
    assert!(!printed.out.contains("can be reached"));
}

#[test]
fn secrets_are_long_enough_and_each_has_one_purpose() {
    let mut world = world::signly();
    world.set("SIGNLY_WEBHOOK_SECRET", "short");
    world.set("SIGNLY_CALLBACK_URL_SECRET_FILE", "/nonexistent");
    let printed = world.run(&["doctor", "--offline"]);
    assert_eq!(printed.code, 1);
    assert!(line(&printed, "SIGNLY_WEBHOOK_SECRET: the secret is shorter").starts_with("fail  signly"));
    assert!(line(&printed, "SIGNLY_CALLBACK_URL_SECRET_FILE names").starts_with("fail  signly"));
    assert!(printed.out.contains("openssl rand -hex 32"));

    let secret = "one secret for everything";
    let mut world = world::signly();
    world.set("SIGNLY_WEBHOOK_SECRET", secret);
    world.set("LEAP_CALLBACK_URL_SECRET", secret);
    world.set("SIGN8_CALLBACK_URL_SECRET", secret);
    let printed = world.run(&["doctor", "--offline"]);
    assert_eq!(printed.code, 1);
    let same = printed.out.lines().filter(|line| line.contains("are the same secret")).collect::<Vec<_>>();
    let expected = ["LEAP_CALLBACK_URL_SECRET and SIGNLY_WEBHOOK_SECRET are the same secret"];
    assert_eq!(same.len(), expected.len(), "{}", printed.out);
    assert!(same[0].ends_with(expected[0]), "{}", printed.out);
    assert!(!printed.out.contains(secret));
}

#[test]
fn the_certificate_is_read_and_its_end_is_told() {
    let mut world = world::legalesign();
    let now = SystemClock.now();
    let validity = DAY * 365 * YEARS;
    let good = ThrowAwayKey::generate().unwrap();
    let fingerprint = RsaKey::from_certificate(good.certificate()).unwrap();
    let fingerprint = fingerprint.certificate().unwrap().fingerprint();
    let soon = ThrowAwayKey::valid_from(now + DAY * 59 - validity).unwrap();
    let over = ThrowAwayKey::valid_from(now - DAY - validity).unwrap();
    let early = ThrowAwayKey::valid_from(now + DAY).unwrap();
    let cases = [
        (good.certificate(), "ok", fingerprint.as_str()),
        (soon.certificate(), "warn", "expires in 58 days"),
        (over.certificate(), "warn", "expired on"),
        (early.certificate(), "warn", "is not valid before"),
        ("no certificate", "fail", "LEGALESIGN_CERTIFICATE names: it is neither PEM nor DER"),
    ];
    for (content, outcome, message) in cases {
        let path = world.file("legalesign.pem", content);
        world.set("LEGALESIGN_CERTIFICATE", path.to_str().unwrap());
        let printed = world.run(&["doctor", "--offline"]);
        assert!(line(&printed, message).starts_with(outcome), "{message}: {}", printed.out);
    }
    world.set("LEGALESIGN_CERTIFICATE", "/nonexistent");
    assert_eq!(world.run(&["doctor", "--offline"]).code, 1);
}

#[test]
fn roots_and_proxies_of_the_machine() {
    let mut world = world::leap();
    world.set("SSL_CERT_FILE", "/nonexistent");
    world.set("HTTPS_PROXY", "http://user:hunter2@proxy.example:3128");
    world.set("http_proxy", "http://");
    let printed = world.run(&["doctor", "--offline"]);
    assert_eq!(printed.code, 1);
    assert!(
        line(&printed, "no TLS roots from SSL_CERT_FILE").starts_with("fail  machine"),
        "{}",
        printed.out
    );
    assert!(printed.out.contains("-> correct SSL_CERT_FILE, or unset it"));
    assert!(line(&printed, "HTTPS_PROXY leads through proxy.example").starts_with("note  machine"));
    assert!(line(&printed, "http_proxy is no URL").starts_with("warn  machine"));
    assert!(!printed.out.contains("hunter2"));
}

#[test]
fn json_is_an_object_for_each_check() {
    let mut world = world::legalesign();
    world.set("LEGALESIGN_API_KEY", "ak_wrong.c2VjcmV0");
    let printed = world.run(&["doctor", "legalesign", "--json"]);
    assert_eq!(printed.code, 1);
    let checks = printed.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let checks = checks.collect::<Vec<_>>();
    let names = checks.iter().map(|check| check["check"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(names, ["tls-roots", "variables", "address", "clock", "credentials"]);
    assert_eq!(checks[0]["provider"], Value::Null);
    assert_eq!(checks[4]["outcome"], "fail");
    assert!(checks[4]["remedy"].as_str().unwrap().contains("LEGALESIGN_BASE_URL"));
}

#[test]
fn there_are_colours_on_a_terminal_unless_nobody_wants_any() {
    let world = world::legalesign();
    let plain = screen::run(&world, &["doctor"], "");
    assert!(!plain.raw.contains("\u{1b}[3"), "{:?}", plain.raw);
    let coloured = screen::run_in_colour(&world, &["doctor"]);
    assert!(coloured.raw.contains("\u{1b}[32mok"), "{:?}", coloured.raw);
    assert!(!doctor(&world).out.contains('\u{1b}'));
}

#[test]
fn quotes_that_are_taken_for_a_part_of_a_value_are_seen() {
    let mut world = world::leap();
    let quoted = format!("\"{}\"", world.server.api_key());
    world.set("LEAP_API_KEY", quoted);
    let printed = world.run(&["doctor", "leap"]);
    assert!(printed.out.contains("the value of LEAP_API_KEY has quotes around it"), "{}", printed.out);
}
