//! Stories that are told to a mock, over HTTP: what signers do is no call of a provider's API.

use super::faults;
use super::served::Served;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use countersign::mock::{Scene, check_caller};
use http::{Request, StatusCode};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

const SCENES: [(&str, Scene); 3] = [
    ("everyone-signs", Scene::EveryoneSigns),
    ("second-signer-refuses", Scene::SecondSignerRefuses),
    ("deadline-passes", Scene::DeadlinePasses),
];
const HELP: &str = "\
POST /PROVIDER/ID/everyone-signs         all who have not signed do
POST /PROVIDER/ID/second-signer-refuses  the first one signs, the second one does not want to
POST /PROVIDER/ID/deadline-passes        nobody signs in time
POST /PROVIDER/advance?seconds=360       time passes
POST /PROVIDER/faults                    calls fail as the list in the body says, as in a file of faults
DELETE /PROVIDER/faults                  nothing fails from now on
";

#[derive(Clone)]
struct Control(Arc<[Arc<Served>]>);

/// Goes on until it is dropped. `port` is that of the listener.
pub async fn serve(listener: TcpListener, port: u16, all: Vec<Arc<Served>>) {
    let router = Router::new()
        .route("/", get(|| async { HELP }))
        .route("/{provider}/{id}/{scene}", post(stage))
        .route("/{provider}/advance", post(advance))
        .route("/{provider}/faults", post(fail).delete(stop_failing))
        .fallback(|| async { (StatusCode::NOT_FOUND, HELP) })
        .layer(axum::middleware::from_fn_with_state(port, for_programs))
        .with_state(Control(all.into()));
    // What a connection fails with is the concern of whoever made it.
    let _ = axum::serve(listener, router).await;
}

/// A page in a browser could command what listens on this machine.
async fn for_programs(State(port): State<u16>, request: Request<Body>, next: Next) -> Response {
    match check_caller(request.uri(), request.headers(), port) {
        Ok(()) => next.run(request).await,
        Err(refused) => Refused(refused.status(), refused.to_string()).into_response(),
    }
}

impl Control {
    fn served(&self, provider: &str) -> Result<&Served, Refused> {
        let found = self.0.iter().find(|served| served.provider.name() == provider);
        let missing = || Refused(StatusCode::NOT_FOUND, format!("`{provider}` is not served here"));
        found.map(Arc::as_ref).ok_or_else(missing)
    }
}

struct Refused(StatusCode, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

async fn stage(
    State(control): State<Control>,
    Path((provider, id, scene)): Path<(String, String, String)>,
) -> Result<Json<serde_json::Value>, Refused> {
    let served = control.served(&provider)?;
    let known = SCENES.iter().find(|(name, _)| *name == scene);
    let (_, known) = known.ok_or_else(|| {
        let names = SCENES.map(|(name, _)| name).join(", ");
        Refused(StatusCode::NOT_FOUND, format!("there is no story `{scene}`; there are {names}"))
    })?;
    let staged = served.mock().stage(*known, &id);
    staged.map_err(|not_possible| Refused(StatusCode::CONFLICT, not_possible.to_string()))?;
    served.happened.notify_one();
    Ok(Json(json!({ "provider": provider, "id": id, "staged": scene })))
}

#[derive(Deserialize)]
struct By {
    seconds: u32,
}

async fn advance(
    State(control): State<Control>,
    Path(provider): Path<String>,
    Query(By { seconds }): Query<By>,
) -> Result<Json<serde_json::Value>, Refused> {
    let served = control.served(&provider)?;
    served.mock().advance(Duration::from_secs(seconds.into()));
    served.happened.notify_one();
    Ok(Json(json!({ "provider": provider, "advanced": seconds })))
}

async fn fail(
    State(control): State<Control>,
    Path(provider): Path<String>,
    body: Bytes,
) -> Result<Json<serde_json::Value>, Refused> {
    let served = control.served(&provider)?;
    let faults = faults::parse(&body, &[served.provider])
        .map_err(|problem| Refused(StatusCode::BAD_REQUEST, problem))?;
    for fault in &faults {
        fault.ask(served);
    }
    Ok(Json(json!({ "provider": provider, "faults": faults.len() })))
}

async fn stop_failing(
    State(control): State<Control>,
    Path(provider): Path<String>,
) -> Result<Json<serde_json::Value>, Refused> {
    control.served(&provider)?.mock().stop_failing();
    Ok(Json(json!({ "provider": provider, "faults": 0 })))
}
