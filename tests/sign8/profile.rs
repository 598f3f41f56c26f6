//! Nothing is known of SIGN8, so everything has to be said, and is looked at before anything is sent.

use countersign::mock::sign8::profile;
use countersign::sign8::{
    Client, ClientBuilder, CredentialForm, IdPlace, Interface, Profile, Step, StepProfile,
};
use countersign::{Error, ErrorKind};
use serde_json::json;
use std::collections::HashMap;

fn problem(profile: Profile) -> String {
    let checked = profile.check().unwrap_err();
    let built = Client::builder().profile(profile).api_key("k").build().unwrap_err();
    assert_eq!(built.kind(), ErrorKind::Configuration);
    assert_eq!(checked.to_string(), built.to_string());
    built.to_string()
}

#[test]
fn nothing_is_invented_as_a_default_and_all_that_is_missing_is_named_at_once() {
    let error = problem(Profile::default());
    let steps = ["add_workflow", "add_file", "add_signer", "add_signature", "add_annotation"];
    let steps = steps.iter().flat_map(|step| [format!("`steps.{step}.path`"), format!("`steps.{step}.id`")]);
    let steps = steps.collect::<Vec<_>>().join(", ");
    let expected = format!(
        "sign8: the client cannot be built: the profile is not complete or not right: it lacks `base_url`, \
         `credential.header`, `credential.form`, {steps}"
    );
    assert_eq!(error, expected);

    let mut almost = profile();
    almost.steps.remove(&Step::AddSignature);
    almost.base_url = None;
    let error = problem(almost);
    assert!(
        error.ends_with("it lacks `base_url`, `steps.add_signature.path`, `steps.add_signature.id`"),
        "{error}"
    );
    let error = Client::builder().api_key("k").build().unwrap_err().to_string();
    assert!(error.contains("no profile was given"), "{error}");
    let error = Client::builder().profile(profile()).build().unwrap_err().to_string();
    assert!(error.contains("no API key was given"), "{error}");
}

#[test]
fn a_profile_that_cannot_be_right_is_refused() {
    let header = |name: &str| profile().credential(name, CredentialForm::Bare);
    let scheme = |word: &str| profile().credential("X-Key", CredentialForm::Scheme(word.to_owned()));
    let nowhere = |step: StepProfile| profile().step(Step::AddFile, step);
    let path = |path: &str| nowhere(StepProfile::new(path, IdPlace::Nowhere));
    let id = |at: &str| nowhere(StepProfile::new("/f", IdPlace::At(at.to_owned())));
    let link = |at: &str| nowhere(StepProfile::new("/f", IdPlace::Nowhere).link(at));
    let no_id = StepProfile::new("/w", IdPlace::Nowhere);
    let cases = [
        (header("a b"), "`credential.header` is no name of a header"),
        (header(""), "`credential.header` is no name of a header"),
        (header("Content-Length"), "frames requests"),
        (header("host"), "frames requests"),
        (scheme(""), "`credential.form` has a scheme that is no single word"),
        (scheme("Two words"), "`credential.form` has a scheme that is no single word"),
        (path("files"), "`steps.add_file.path` has to begin with `/`"),
        (path("/files?a=b"), "`steps.add_file.path` has something that a URL would change, or a query"),
        (path("/../files"), "`steps.add_file.path` has something that a URL would change, or a query"),
        (path("/{signerId}"), "`steps.add_file.path` has braces in it"),
        (path("/files-{workflowId}"), "`steps.add_file.path` has braces in it"),
        (id(""), "`steps.add_file.id` is no JSON pointer"),
        (id("id"), "`steps.add_file.id` is no JSON pointer"),
        (id("/a~2"), "`steps.add_file.id` is no JSON pointer"),
        (id("/a~"), "`steps.add_file.id` is no JSON pointer"),
        (link("link"), "`steps.add_file.link` is no JSON pointer"),
        (
            profile().step(Step::AddWorkflow, no_id),
            "`steps.add_file.path` has `{workflowId}` in it, and `steps.add_workflow.id` is nowhere",
        ),
    ];
    for (profile, says) in cases {
        let error = problem(profile);
        assert!(error.contains(says), "{error} should say: {says}");
    }
    let builder = Client::builder().profile(profile().base_url("http://example.com")).api_key("k");
    assert!(builder.build().unwrap_err().to_string().contains("plain http"));
}

#[test]
fn a_profile_lives_in_a_configuration_file_and_holds_no_credential() {
    let written = serde_json::to_string(&profile()).unwrap();
    assert_eq!(Profile::from_json(&written).unwrap(), profile());
    let form = CredentialForm::Scheme("Bearer".to_owned());
    let step = StepProfile::new("/a", IdPlace::Nowhere).link("/b");
    let other = Profile::default().credential("Authorization", form).step(Step::AddFile, step);
    let json = serde_json::to_value(&other).unwrap();
    let expected = json!({
        "credential": { "header": "Authorization", "form": { "scheme": "Bearer" } },
        "steps": { "add_file": { "path": "/a", "id": "nowhere", "link": "/b" } },
    });
    assert_eq!(json, expected);
    assert_eq!(Profile::from_json(json.to_string()).unwrap(), other);
}

#[test]
fn a_slip_of_the_pen_in_a_profile_is_found() {
    for (json, place) in [
        (r#"{"base_ulr":"https://sign8.invalid"}"#, "base_ulr"),
        (r#"{"steps":{"add_files":{}}}"#, "steps"),
        (r#"{"steps":{"add_file":{"pfad":"/"}}}"#, "steps.add_file.pfad"),
        (r#"{"steps":{"add_file":{"id":"/id"}}}"#, "steps.add_file.id"),
        ("{", "ends too early"),
    ] {
        let error = Profile::from_json(json).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(place), "{error} should name {place}");
    }
}

#[test]
fn a_credential_that_cannot_work_is_refused_before_anything_is_sent() {
    let form = || CredentialForm::Scheme("Bearer".to_owned());
    let build = |form: CredentialForm, key: &str| {
        Client::builder().profile(profile().credential("Authorization", form)).api_key(key).build()
    };
    assert!(build(form(), "canary").is_ok());
    assert!(build(CredentialForm::Bare, "Bearer canary").is_ok());
    for (form, key, says) in [
        (form(), "bearer canary", "give it without that word"),
        (form(), "", "the API key cannot be used"),
        (CredentialForm::Bare, "canary\n", "the API key cannot be used"),
    ] {
        let error = build(form, key).unwrap_err();
        assert!(error.to_string().contains(says) && !format!("{error:?}").contains("canary"), "{error}");
    }
}

fn from(variables: &[(&str, &str)]) -> Result<Client, Error> {
    let variables: HashMap<_, _> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    ClientBuilder::from_variables(|name| variables.get(name).cloned())?.build()
}

#[test]
fn a_client_is_built_from_variables_and_a_file() {
    let error = from(&[]).unwrap_err().to_string();
    assert!(error.ends_with("not set in the environment: SIGN8_API_KEY, SIGN8_PROFILE"), "{error}");

    let file = std::env::temp_dir().join(format!("countersign-sign8-{}.json", std::process::id()));
    let path = file.to_str().unwrap();
    let complete = [("SIGN8_API_KEY", "k"), ("SIGN8_PROFILE", path)];
    let error = from(&complete).unwrap_err().to_string();
    assert!(error.contains("the file that SIGN8_PROFILE names cannot be read"), "{error}");

    std::fs::write(&file, serde_json::to_string(&profile()).unwrap()).unwrap();
    assert_eq!(*from(&complete).unwrap().profile(), profile());

    let mut elsewhere = profile();
    elsewhere.base_url = None;
    std::fs::write(&file, serde_json::to_string(&elsewhere).unwrap()).unwrap();
    let error = from(&complete).unwrap_err().to_string();
    let [key, profile] = complete;
    let with_base = from(&[key, profile, ("SIGN8_BASE_URL", "https://sign8.invalid/made-up")]);
    std::fs::remove_file(&file).unwrap();
    assert!(error.ends_with("it lacks `base_url`"), "{error}");
    assert!(with_base.is_ok());
}

/// The table has `icon_file_id` twice, and calls each column mandatory although all but one have a default.
#[test]
fn an_interface_needs_nothing_but_its_organization() {
    let read: Interface = serde_json::from_value(json!({ "organization_id": "o", "new": 1 })).unwrap();
    assert_eq!(read, Interface::new("o"));
    let whole = json!({
        "interface_id": "2e6b9d14-7f3a-4c58-8b0d-5a1c9e7f3042", "organization_id": "o",
        "primary_color": "#004488", "icon_file_id": "i", "logo_file_id": "l",
        "created_at": "2024-04-30 10:00:00", "updated_at": "2024-04-30 10:00:00",
    });
    let read: Interface = serde_json::from_value(whole.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), whole);
    // Two spellings, neither of which stands for the other.
    assert!(serde_json::from_value::<Interface>(json!({ "organisation_id": "o" })).is_err());
}
