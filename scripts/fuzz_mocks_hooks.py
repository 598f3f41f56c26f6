"""What scripts/fuzz-mocks adds to Schemathesis: ids that exist.

Ids that are made up name nothing, so that most calls would end with 404. Here three calls of four get the ids of
something that was made for them; the fourth keeps what was generated. What a case gets wrong on purpose stays as it is.
"""

import base64
import itertools
import json
import os

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation

with open(os.environ["FUZZ_MOCKS_SERVED"]) as served:
    MOCKS = {mock["document"]: mock for mock in map(json.loads, served)}
DOCUMENT = os.environ["FUZZ_MOCKS_DOCUMENT"]
MOCK = MOCKS[DOCUMENT]
# How often the same thing is used before there is a new one.
USES = 5
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

    webhook = data("POST", "/v1/webhooks", json={"url": "https://app.invalid/", "events": ["process.completed"]})
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
    """No call makes a lease, so the mock was started with many. A role is in the one spelling that it knows."""
    place = next(COUNT) % len(MOCK["ids"]["leaseId"])
    fresh = next(COUNT) % 2 == 0
    return {
        "leaseId": MOCK["ids"]["leaseId" if fresh else "leaseIdUnderWay"][place],
        "pdf_id": MOCK["ids"]["pdf_id"][place],
        "documentSignatureId": MOCK["ids"]["documentSignatureId"][place],
        "document_signature_id": MOCK["ids"]["documentSignatureId"][place],
        "signerType": "LOCATAIRE",
    }


COUNT = itertools.count()
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
    "document_signature_id", "workflow",
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
        for name, member in value.items():
            if name in REFERENCES & things.keys() and isinstance(member, type(things[name])):
                value[name] = things[name]
            else:
                put_references(member, things)


@schemathesis.hook
def before_call(context, case, kwargs):
    def is_wrong(location):
        return case.meta is not None and case.meta.is_negative_at(location)

    if next(COUNT) % 4 == 3:
        return
    things = POOL.take()
    if case.path_parameters and not is_wrong(ParameterLocation.PATH):
        for name in case.path_parameters.keys() & things.keys():
            case.path_parameters[name] = things[name]
    if not is_wrong(ParameterLocation.BODY):
        if DOCUMENT == "sign8" and isinstance(case.body, dict) and case.operation.path != "/AddWorkflow":
            case.body["workflow"] = things["workflow"]
        put_references(case.body, things)


@schemathesis.hook
def after_call(context, case, response):
    """What was deleted, or is over, is of no more use."""
    if case.method.upper() == "DELETE" or response.status_code in (404, 409, 410, 422):
        POOL.left = 0
