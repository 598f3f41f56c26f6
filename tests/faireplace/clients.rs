//! What the two clients are built from.

use crate::support::faireplace::{KEY, ORGANISATION, WORKER_KEY};
use countersign::ErrorKind;
use countersign::faireplace::{signatures, workers};

fn variables(set: &[(&'static str, &'static str)]) -> impl Fn(&str) -> Option<String> {
    let set = set.to_vec();
    move |name| set.iter().find(|(each, _)| *each == name).map(|(_, value)| (*value).to_owned())
}

#[test]
fn each_client_has_variables_of_its_own() {
    let all = [
        ("FAIREPLACE_API_KEY", KEY),
        ("FAIREPLACE_BASE_URL", "https://sandbox.faireplace.com/api"),
        ("FAIREPLACE_WORKER_API_KEY", WORKER_KEY),
        ("FAIREPLACE_WORKER_ORGANISATION", ORGANISATION),
        ("FAIREPLACE_WORKER_BASE_URL", "https://workers.example/signatures"),
    ];
    let signatures = signatures::ClientBuilder::from_variables(variables(&all)).unwrap().build().unwrap();
    let workers = workers::ClientBuilder::from_variables(variables(&all)).unwrap().build().unwrap();
    let printed = format!("{signatures:?} {workers:?}");
    assert!(printed.contains("sandbox.faireplace.com") && printed.contains("workers.example"), "{printed}");
    assert!(!printed.contains(KEY) && !printed.contains(WORKER_KEY), "{printed}");
}

#[test]
fn whatever_is_missing_is_named() {
    let error = workers::ClientBuilder::from_variables(variables(&[])).unwrap_err().to_string();
    for name in ["FAIREPLACE_WORKER_API_KEY", "FAIREPLACE_WORKER_ORGANISATION", "FAIREPLACE_WORKER_BASE_URL"]
    {
        assert!(error.contains(name), "{error}");
    }
    let error = signatures::ClientBuilder::from_variables(variables(&[])).unwrap_err().to_string();
    assert!(error.ends_with("not set in the environment: FAIREPLACE_API_KEY"), "{error}");
}

/// The address that workers report to is not public, so there is nothing to take in its place.
#[test]
fn a_worker_without_an_address_is_refused() {
    let error =
        workers::Client::builder().api_key(WORKER_KEY).organisation(ORGANISATION).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("no base URL"), "{error}");
}

#[test]
fn unusable_values_are_refused_without_being_shown() {
    let with_word = signatures::Client::builder().api_key(format!("Bearer {KEY}")).build().unwrap_err();
    let builder = || workers::Client::builder().base_url("https://workers.example");
    let errors = [
        with_word,
        signatures::Client::builder().build().unwrap_err(),
        builder().organisation(ORGANISATION).build().unwrap_err(),
        builder().api_key(WORKER_KEY).build().unwrap_err(),
        builder().api_key(format!("{WORKER_KEY}\n")).organisation(ORGANISATION).build().unwrap_err(),
        builder().api_key(WORKER_KEY).organisation(" ").build().unwrap_err(),
    ];
    for error in errors {
        assert_eq!((error.kind(), error.provider()), (ErrorKind::Configuration, "faireplace"));
        assert!(!format!("{error} {error:?}").contains("c2VjcmV0"), "{error}");
    }
}
