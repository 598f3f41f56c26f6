"""What scripts/fuzz-mocks adds to Schemathesis: ids that exist, and a look at what was reached.

Ids that are made up name nothing, so that most calls would end with 404. Here nine calls of ten get the ids of something
that was made for them; the tenth keeps what was generated. What a case gets wrong on purpose stays wrong: Schemathesis
looks again at what was changed here.
"""

import atexit
import base64
import collections
import datetime
import itertools
import json
import os

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.core.parameters import ParameterLocation

with open(os.environ["FUZZ_MOCKS_SERVED"]) as served:
    MOCKS = {mock["document"]: mock for mock in map(json.loads, served)}
DOCUMENT = os.environ["FUZZ_MOCKS_DOCUMENT"]
MOCK = MOCKS[DOCUMENT]
# How often the same thing is used before there is a new one. What is being signed can be signed once.
USES = 1 if DOCUMENT.startswith("faireplace") else 5
PDF = b"%PDF-1.7 fuzzed"
PERSON = {"firstname": "Ada", "lastname": "Example", "email": "ada@example.com"}


def call(method, path, **more):
    headers = {**MOCK["headers"], **more.pop("headers", {})}
    answer = requests.request(method, MOCK["base_url"] + path, headers=headers, timeout=10, **more)
    answer.raise_for_status()
    return answer


def signly():
    def data(method, path, **more):
        return call(method, path, **more).json()["data"]

    webhook = data("POST", "/v1/webhooks", json={"url": "https://app.invalid/", "events": ["PROCESS_COMPLETED"]})
    template = data("POST", "/v1/templates", json={"templateName": "Lease"})["templateId"]
    version = f"/v1/templates/{template}/versions/0001"
    upload = data("POST", version + "/upload-url")
    requests.put(upload["uploadUrl"], PDF, headers={"Content-Type": "application/pdf"}, timeout=10).raise_for_status()
    document = data("POST", "/v1/documents", json={
        "templateId": template,
        "templateVersion": "0001",
        "participants": [
            {
                "displayName": "Ada Example",
                "identity": {"email": "ada@example.com"},
                "signatureMode": ["SIGNATURE_EMAIL"],
            },
        ],
    })
    participant = document["participants"][0]
    return {
        "webhookId": webhook["webhookId"],
        "templateId": template,
        "version": "0001",
        "templateVersion": "0001",
        "documentId": document["documentId"],
        "participantId": participant["participantId"],
        "processId": participant["processId"],
    }


def legalesign():
    def new(path, **body):
        location = call("POST", path, json=body).headers["Location"]
        return location.rstrip("/").rsplit("/", 1)[-1]

    prefix = "/api/v1"
    group, user = MOCK["ids"]["groupId"][0], MOCK["ids"]["userId"][0]
    group_uri = f"{prefix}/group/{group}/"
    content = base64.b64encode(PDF).decode()
    pdf = new("/templatepdf/", group=group_uri, title="Lease", pdf_file=content)
    template = new("/template/", group=group_uri, title="Lease", latest_text="<p>Lease</p>")
    attachment = new("/attachment/", group=group_uri, filename="lease.pdf", pdf_file=content)
    document = new("/document/", group=group_uri, name="Lease", templatepdf=f"{prefix}/templatepdf/{pdf}/",
                   signers=[PERSON], do_email=True)
    signers = call("GET", f"/document/{document}/").json()["signers"]
    signer = signers[0][0] if isinstance(signers[0], list) else signers[0]["resource_uri"]
    member = new_member(group_uri)
    return {
        "docId": document,
        "signerId": signer.rstrip("/").rsplit("/", 1)[-1],
        "pdfId": pdf,
        "templateId": template,
        "attachmentId": attachment,
        "groupId": new("/group/", name="Sales team"),
        "memberId": member,
        "invitedId": call("GET", "/invited/").json()["objects"][-1]["resource_uri"].rstrip("/").rsplit("/", 1)[-1],
        "userId": user,
        "webhookId": new("/subscribe/", url="https://app.invalid/", notify="sent"),
        # Members of bodies.
        "group": group_uri,
        "templatepdf": f"{prefix}/templatepdf/{pdf}/",
        "template": f"{prefix}/template/{template}/",
        "user": f"{prefix}/user/{user}/",
        "attachments": [f"{prefix}/attachment/{attachment}/"],
    }


def new_member(group):
    """Somebody who has no user yet is invited; users are members already."""
    call("POST", "/member/", json={"email": f"{next(COUNT)}@example.com", "group": group, "permission": 4})
    members = call("GET", "/member/").json()["objects"]
    return members[-1]["resource_uri"].rstrip("/").rsplit("/", 1)[-1]


def leap():
    form = {
        "name": (None, "Lease"),
        "projectOwner": (None, '{"email": "ada@example.com"}', "application/json"),
        "signers": (None, '{"signers": [{"email": "grace@example.com"}]}', "application/json"),
        "document": ("lease.pdf", PDF, "application/pdf"),
    }
    project = call("POST", "/sign-only-api/projects/launch-new", files=form).json()["mock"]["id"]
    return {"projectId": project, "workflowId": project}


def sign8():
    """A workflow with a part of each kind. The ids stand in the bodies, under any name."""
    workflow = call("POST", "/AddWorkflow", json={}).json()["id"]
    for step in ("/AddFile", "/AddSigner", "/AddSignature"):
        call("POST", step, json={"workflow": workflow})
    return {"workflow": workflow}


def faireplace():
    """No call makes a lease, so the mock was started with many."""
    place = next(LEASE) % len(MOCK["ids"]["leaseId"])
    ids = {name: of_all[place] for name, of_all in MOCK["ids"].items()}
    # A role is a part of the path. The mock knows it in the spelling that it was started with.
    return {**ids, "document_signature_id": ids["documentSignatureId"], "signerType": "LOCATAIRE"}


COUNT, LEASE, CALL = itertools.count(), itertools.count(), itertools.count()
MAKERS = {
    "signly": signly,
    "legalesign": legalesign,
    "leap": leap,
    "sign8": sign8,
    "faireplace-signatures": faireplace,
    "faireplace-workers": faireplace,
}
# Members of bodies that name other things.
REFERENCES = {
    "templateId", "templateVersion", "group", "templatepdf", "template", "user", "attachments", "pdf_id",
    "document_signature_id", "workflow", "otp",
}


class Pool:
    """What exists, as long as it lasts."""

    def __init__(self):
        self.things, self.left = {}, 0

    def take(self):
        if self.left == 0:
            self.things, self.left = MAKERS[DOCUMENT](), USES
        self.left -= 1
        return self.things


POOL = Pool()


def put_references(value, things):
    if isinstance(value, list):
        for item in value:
            put_references(item, things)
    if isinstance(value, dict):
        for name, member in list(value.items()):
            if name in REFERENCES & things.keys() and isinstance(member, type(things[name])):
                value[name] = things[name]
            elif name == "email" and isinstance(member, str) and len(member) <= 75:
                value[name] = f"{next(COUNT)}@example.com"
            elif name == "pdf_file" and isinstance(member, str):
                value[name] = base64.b64encode(PDF).decode()
            elif name == "signTasksCompletedCallbackUrl" and isinstance(member, str):
                value[name] = "https://app.invalid/"
            else:
                put_references(member, things)


def leave_out_null(value):
    """What is sent as `null` is left out: only of answers it is known what `null` means."""
    if isinstance(value, dict):
        for name, member in list(value.items()):
            if member is None:
                del value[name]
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        leave_out_null(item)


def complete(operation, body, things):
    """What is needed, although the document cannot demand it; `x-sdk-required-unless` is one reason of several."""
    if operation == "create_document" and DOCUMENT == "legalesign":
        body.setdefault("templatepdf", things["templatepdf"])
        if body.get("signers") == []:
            body["signers"].append(dict(PERSON))
        for signer in body["signers"] if isinstance(body.get("signers"), list) else []:
            if isinstance(signer, dict):
                for flag in ("decide_later", "skip"):
                    if signer.get(flag) is True:
                        del signer[flag]
                for name, text in PERSON.items():
                    signer.setdefault(name, text)
        if isinstance(body.get("pdf_password"), str):
            body.update(signature_type=4, pdf_password_type=1)
        if body.get("strict_fields") is True:
            del body["strict_fields"]
    if operation == "create_document" and DOCUMENT == "signly":
        body.pop("deadlineAt", None)
        for participant in body["participants"] if isinstance(body.get("participants"), list) else []:
            if not isinstance(participant, dict):
                continue
            if participant.get("displayName") == "":
                participant["displayName"] = "Ada"
            if isinstance(participant.get("prefill"), list):
                # What can be filled in depends on the template.
                del participant["prefill"]
            if participant.get("signatureMode") == []:
                participant["signatureMode"].append("SIGNATURE_EMAIL")
            if isinstance(participant.get("identity"), dict):
                for name in ("email", "phone", "documentNumber"):
                    if participant["identity"].get(name, "") == "":
                        participant["identity"][name] = "1"
    if operation == "extend_document" and isinstance(body.get("newDeadlineAt"), str):
        body["newDeadlineAt"] = body["newDeadlineAt"].replace("2000-", "2999-")
    if operation == "create_template" and body.get("templateName") == "":
        body["templateName"] = "Lease"
    if operation == "initiate_signature":
        body.setdefault("pdf_id", things["pdf_id"])
        body.setdefault("signers", [{"name": "Ada Example"}])
        if body["signers"] == []:
            body["signers"].append({"name": "Ada Example"})
        for signer in body["signers"] if isinstance(body["signers"], list) else []:
            if isinstance(signer, dict):
                signer.setdefault("type", "LOCATAIRE")
    if operation == "start_signing_process" and isinstance(body.get("signers"), dict):
        signers = body["signers"].get("signers")
        if signers == []:
            signers.append({"email": "ada@example.com"})
        for signer in signers if isinstance(signers, list) else []:
            if isinstance(signer, dict):
                signer.setdefault("email", "ada@example.com")


def with_answers_apart(document):
    """Schemas get a second name for answers, where they may say less than what is sent has to keep to."""
    def rename(value):
        return json.loads(json.dumps(value).replace('"#/components/schemas/', '"#/components/schemas/Answered'))

    components = document["components"]
    answered = {f"Answered{name}": rename(schema) for name, schema in components["schemas"].items()}
    components["responses"] = rename(components.get("responses", {}))
    for path in document["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"] = rename(operation["responses"])
    if DOCUMENT == "signly":
        # Only the word for a success is known.
        answered["AnsweredDeliveryStatus"].pop("enum")
    if DOCUMENT == "legalesign":
        # There is a body only if `return_signer_links` was asked for, which OpenAPI cannot say.
        document["paths"]["/document/"]["post"]["responses"]["201"].pop("content")
    components["schemas"].update(answered)


@schemathesis.hook
def before_load_schema(context, raw_schema):
    with_answers_apart(raw_schema)
    if DOCUMENT == "leap":
        form = raw_schema["paths"]["/sign-only-api/projects/launch-new"]["post"]["requestBody"]["content"]
        name = {"schema": {"type": "string"}, "example": 'form-data; filename="lease.pdf"'}
        form["multipart/form-data"]["encoding"]["document"] = {
            "contentType": "application/pdf",
            "headers": {"Content-Disposition": name},
        }


# A format of ours: a time without an offset.
schemathesis.openapi.format(
    "date-time-local", st.datetimes(min_value=datetime.datetime(2000, 1, 1)).map(lambda at: at.isoformat("T", "seconds"))
)


@schemathesis.check
def not_an_unexpected_server_error(ctx, response, case):
    """As `not_a_server_error`, but for the providers that document 500 for mistakes of the caller."""
    if response.status_code < 500:
        return
    stated = case.operation.definition.raw["responses"]
    assert str(response.status_code) in stated, f"The document does not state {response.status_code}"


@schemathesis.hook
def before_call(context, case, kwargs):
    is_right = case.meta is not None and case.meta.generation.mode.is_positive
    leave_out_null(case.body)
    if next(CALL) % 10 < 9:
        make_it_fit(case)
    if is_right:
        # Nothing here makes a right case wrong. Looked at again, a file of a form would be taken for a wrong text.
        case._sync_validated_hashes()


def make_it_fit(case):
    things = dict(POOL.take())
    path = case.operation.path
    if path.endswith("/upload-url"):
        # The version after the last one, which has its PDF.
        things["version"] = "0002"
    if "leaseIdUnderWay" in things and not path.endswith("/initiate"):
        things["leaseId"] = things["leaseIdUnderWay"]
    if case.path_parameters and not (case.meta and case.meta.is_negative_at(ParameterLocation.PATH)):
        for name in case.path_parameters.keys() & things.keys():
            case.path_parameters[name] = things[name]
    if DOCUMENT == "sign8" and path != "/AddWorkflow" and isinstance(case.body, dict):
        case.body["workflow"] = things["workflow"]
    put_references(case.body, things)
    if isinstance(case.query, dict) and isinstance(case.query.get("group"), str) and "group" in things:
        case.query["group"] = things["group"]
    if isinstance(case.body, dict):
        complete(case.operation.definition.raw["operationId"], case.body, things)


@schemathesis.hook
def after_call(context, case, response):
    """What was deleted, or is over, is of no more use."""
    if case.method.upper() == "DELETE" or response.status_code in (404, 409, 410, 422):
        POOL.left = 0
    CALLS[case.operation.label][response.status_code < 400] += 1


# Of each operation, how many calls were refused and how many were not.
CALLS = collections.defaultdict(lambda: [0, 0])


@atexit.register
def tell():
    """What never succeeds is hardly tested: whatever is wrong with a call, something else refuses it first."""
    total, done = (sum(numbers) for numbers in zip(*([sum(calls), calls[1]] for calls in CALLS.values())))
    print(f"{DOCUMENT}: {len(CALLS)} operations, {total} calls, of which {done} were not refused")
    for operation, (refused, done) in sorted(CALLS.items()):
        if done == 0:
            print(f"{DOCUMENT}: {operation} refused all of {refused} calls")
