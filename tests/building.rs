//! What a client can and cannot be built from.

use countersign::{ErrorKind, signly};
use std::collections::HashMap;

fn problem(builder: signly::ClientBuilder) -> String {
    let error = builder.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    error.to_string()
}

fn complete() -> signly::ClientBuilder {
    signly::Client::builder().tenant("t").api_key("sk_live_1")
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let cases = [
        (signly::Client::builder().api_key("k"), "no tenant was given"),
        (signly::Client::builder().tenant("t"), "neither an API key nor an HMAC secret was given"),
        (complete().api_key(" "), "the credential cannot be used: the secret is empty"),
        (complete().api_key("k\n"), "look for a line break at its end"),
        (complete().tenant("a\r\nb"), "the tenant cannot be used"),
        (complete().base_url("example.com"), "is no URL"),
        (complete().base_url("ftp://example.com"), "neither https nor http"),
        (complete().base_url("http://example.com"), "plain http"),
        (complete().base_url("http://127.0.0.1.example.com"), "plain http"),
        (complete().base_url("https://u:p@example.com"), "carries credentials"),
        (complete().base_url("https://example.com?a=b"), "has a query"),
        (complete().proxy("::"), "the proxy cannot be used"),
        (complete().proxy("ftp://example.com"), "no http or https URL"),
    ];
    for (builder, expected) in cases {
        let problem = problem(builder);
        assert!(problem.contains(expected), "{problem} should say: {expected}");
    }
}

#[test]
fn plain_http_is_for_loopback_unless_it_is_asked_for_by_its_name() {
    for url in
        ["http://127.0.0.1:1", "http://127.9.9.9", "http://[::1]:1", "http://localhost", "HTTP://LOCALHOST"]
    {
        assert!(complete().base_url(url).build().is_ok(), "{url}");
    }
    let builder = complete().base_url("http://example.com").danger_send_credentials_in_plaintext();
    assert!(builder.build().is_ok());
}

fn from(variables: &[(&str, &str)]) -> Result<signly::Client, countersign::Error> {
    let variables: HashMap<_, _> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    signly::ClientBuilder::from_variables(|name| variables.get(name).cloned())?.build()
}

#[test]
fn a_client_is_built_from_variables() {
    let client = from(&[("SIGNLY_TENANT", "t"), ("SIGNLY_API_KEY", "k")]).unwrap();
    assert_eq!(client.tenant(), "t");
}

#[test]
fn all_missing_variables_are_named_at_once() {
    let error = from(&[("SIGNLY_TENANT", "")]).unwrap_err().to_string();
    let expected = "signly: the client cannot be built: not set in the environment: SIGNLY_TENANT, \
                    SIGNLY_API_KEY or SIGNLY_HMAC_SECRET";
    assert_eq!(error, expected);
}

#[test]
fn two_credentials_are_refused() {
    let error =
        from(&[("SIGNLY_TENANT", "t"), ("SIGNLY_API_KEY", "k"), ("SIGNLY_HMAC_SECRET", "s")]).unwrap_err();
    assert!(error.to_string().contains("both SIGNLY_API_KEY and SIGNLY_HMAC_SECRET are set"));
}

#[test]
fn a_variable_beside_its_file_is_refused() {
    let with_file = |path| [("SIGNLY_TENANT", "t"), ("SIGNLY_API_KEY", "k"), ("SIGNLY_API_KEY_FILE", path)];
    // The file is not looked at.
    let error = from(&with_file("/nonexistent")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("both SIGNLY_API_KEY and SIGNLY_API_KEY_FILE are set"), "{error}");
    assert!(from(&with_file("")).is_ok(), "an empty variable counts as none");
}

#[test]
fn a_variable_can_name_a_file() {
    let folder = std::env::temp_dir().join(format!("countersign-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("key");
    std::fs::write(&file, "sk_live_1\n").unwrap();
    let path = file.to_str().unwrap();
    assert!(from(&[("SIGNLY_TENANT", "t"), ("SIGNLY_API_KEY_FILE", path)]).is_ok());
    std::fs::write(&file, "\n").unwrap();
    let error = from(&[("SIGNLY_TENANT", "t"), ("SIGNLY_API_KEY_FILE", path)]).unwrap_err();
    assert!(error.to_string().contains("the file that SIGNLY_API_KEY_FILE names is empty"));
    std::fs::remove_dir_all(&folder).unwrap();
    let error = from(&[("SIGNLY_TENANT", "t"), ("SIGNLY_API_KEY_FILE", path)]).unwrap_err();
    assert!(error.to_string().contains("the file that SIGNLY_API_KEY_FILE names cannot be read"));
}

#[test]
fn clients_and_calls_can_be_shared_and_spawned() {
    fn holds<T: Send + Sync + Clone + 'static>(_: &T) {}
    let client = complete().build().unwrap();
    holds(&client);
    holds(&client.list_webhooks());
    holds(&client.update_webhook("wh_1", countersign::Precondition::version(1)));
}
