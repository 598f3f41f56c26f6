//! Proxies: who is called through one, and that transfers go the way that calls go.

use crate::support::legalesign::{KEY, builder};
use crate::support::server::{Server, Step};
use countersign::RetryPolicy;
use countersign::legalesign::{Client, ClientBuilder};
use std::process::Command;

/// What a proxy does with a call that is answered with a link, and with the connection to where the link leads.
fn script() -> [Step; 2] {
    let link = "https://files.example/a.pdf";
    [Step::answer(302, "text/html", "").with_header("location", link), Step::answer(403, "text/plain", "")]
}

/// A client of a provider that is not on this machine, and can be spoken to without TLS.
fn remote() -> ClientBuilder {
    let builder = Client::builder().base_url("http://esign.example/api/v1").api_key(KEY);
    builder.danger_send_credentials_in_plaintext().retry(RetryPolicy::never())
}

async fn download(client: ClientBuilder) {
    let mut bytes = Vec::new();
    client.build().unwrap().download_pdf("d0").copy_to(&mut bytes).await.unwrap_err();
}

fn assert_both_came(proxy: &Server, how: &str) {
    let seen = proxy.seen();
    let seen = seen.iter().map(|seen| (seen.method.as_str(), seen.target.as_str())).collect::<Vec<_>>();
    let [(get, document), connect] = seen.as_slice() else { panic!("{how}: {seen:?}") };
    assert!(*get == "GET" && document.starts_with("http://esign.example/api/v1/"), "{how}: {seen:?}");
    assert_eq!(*connect, ("CONNECT", "files.example:443"), "{how}");
}

#[tokio::test]
async fn a_proxy_that_was_given_is_used_for_calls_and_transfers() {
    let proxy = Server::follow(script()).await;
    download(remote().proxy(proxy.url().replace("127.0.0.1", "localhost"))).await;
    assert_both_came(&proxy, "proxy()");
}

#[tokio::test]
#[ignore = "runs in a process with variables, started by the next test"]
async fn with_the_variables_of_this_process() {
    download(remote()).await;
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_used_for_calls_and_transfers() {
    const VARIABLES: [&str; 4] = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];
    for (variables, scheme) in [
        (&["HTTP_PROXY", "HTTPS_PROXY"][..], "http://"),
        (&["HTTP_PROXY", "HTTPS_PROXY"], ""),
        (&["ALL_PROXY"], ""),
    ] {
        let proxy = Server::follow(script()).await;
        let url = proxy.url().replace("http://127.0.0.1", &format!("{scheme}localhost"));
        let mut process = Command::new(std::env::current_exe().unwrap());
        process.args(["--exact", "proxies::with_the_variables_of_this_process", "--ignored"]);
        for variable in VARIABLES {
            process.env_remove(variable).env_remove(variable.to_lowercase());
        }
        process.envs(variables.iter().map(|name| (name, &url)));
        let output = tokio::task::spawn_blocking(move || process.output().unwrap()).await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert_both_came(&proxy, &format!("{variables:?} {url}"));
    }
}

#[tokio::test]
async fn a_provider_on_this_machine_is_called_without_proxy() {
    let proxy = Server::follow([]).await;
    let server = Server::follow([Step::answer(200, "application/pdf", "%PDF")]).await;
    let client = builder(&server).proxy(proxy.url()).build().unwrap();
    let mut bytes = Vec::new();
    client.download_pdf("d0").copy_to(&mut bytes).await.unwrap();
    assert_eq!((server.seen().len(), proxy.seen().len()), (1, 0));
}
