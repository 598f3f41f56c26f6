//! Mistakes in what answers are made of, and in the schemas that only some providers need.

use super::mistakes::refused;

#[test]
fn answers_in_location() {
    let created = "          x-sdk-created: ShipmentId\n          headers:\n            Location:\n";
    let followed = "          x-sdk-link: followed\n          headers:\n            Location:\n";
    let label = "        '200':\n          description: The label.\n          content:\n            application/pdf:\n              \
                 schema:\n                type: string\n                format: binary\n";
    refused(&[
        (
            "x-sdk-created: ShipmentId",
            "x-sdk-created: Shipment",
            "create_shipment: `x-sdk-created` is `Shipment`, which is no id; name a schema with `format: id`",
        ),
        (
            created,
            "          x-sdk-created: ShipmentId\n          headers:\n            X-Location:\n",
            "create_shipment: the answer 201 is named by `Location`, which it does not declare; \
             declare the header, `required` if it is in every such answer",
        ),
        (
            followed,
            "          x-sdk-link: followed\n          headers:\n            X-Location:\n",
            "download_label: the answer 302 is named by `Location`, which it does not declare; \
             declare the header, `required` if it is in every such answer",
        ),
        (
            label,
            "        '204':\n          description: The label.\n",
            "download_label: a link is followed, but no content is declared; \
             declare the content that is there as an answer of its own",
        ),
        (
            "x-sdk-link: followed",
            "x-sdk-link: ignored",
            "paths > /v1/shipments/{shipmentId}/label > get > responses > 302: `x-sdk-link` is `\"ignored\"`; \
             use one of returned, followed",
        ),
    ]);
}

#[test]
fn content_that_no_call_would_accept() {
    refused(&[
        (
            "application/pdf:",
            "text/csv:",
            "download_label: content of `text/csv` under 200 cannot be told from a page of something between; \
             declare content that is no text, under 200, or write this call by hand with `x-sdk-by-hand`",
        ),
        (
            "application/pdf:",
            "application/xml:",
            "download_label: content of `application/xml` under 200 cannot be told from a page of something between; \
             declare content that is no text, under 200, or write this call by hand with `x-sdk-by-hand`",
        ),
        (
            "'200':\n          description: The label.",
            "'206':\n          description: The label.",
            "download_label: content of `application/pdf` under 206 cannot be told from a page of something between; \
             declare content that is no text, under 200, or write this call by hand with `x-sdk-by-hand`",
        ),
    ]);
}

#[test]
fn schemas_of_text_lists_and_content() {
    refused(&[
        (
            "        id: ShipmentId\n        path: /v1/shipments/\n",
            "        id: Shipment\n        path: /v1/shipments/\n",
            "ShipmentUri: `x-sdk-resource` names `Shipment`, which is no id; name a schema with `format: id`",
        ),
        (
            "        path: /v1/shipments/\n",
            "        path: shipments\n",
            "ShipmentUri: an address of a resource without id and path; \
             give it `x-sdk-resource` with `id` and `path`, the path between slashes",
        ),
        (
            "order: [town, number, is_passed]",
            "order: [town, number]",
            "StopEntry: `x-sdk-positions` does not name each member of `Stop` once; \
             give it `schema`, and all its members as `order`",
        ),
        (
            "        set: [decide_later]\n",
            "        set: [later]\n",
            "ShipmentInput: `x-sdk-required-unless` names something that is no member, or excuses by something that \
             is no flag; give it `members` and `set`",
        ),
        (
            "      required: [title, picture]\n",
            "      required: [title]\n",
            "create_shipment: content in base64 that is not the one required member of an object; \
             require it, or write this call by hand",
        ),
    ]);
}

#[test]
fn json_by_its_names() {
    let list = "            application/json:\n              schema:\n                $ref: '#/components/schemas/ShipmentList'\n";
    refused(&[
        (
            list,
            "            application/json: {}\n",
            "list_shipments: the `application/json` of the success answer 200 has no `schema`; \
             declare one; `{}` stands for any JSON",
        ),
        (
            list,
            "            application/vnd.small+json: {}\n",
            "list_shipments: the `application/vnd.small+json` of the success answer 200 has no `schema`; \
             declare one; `{}` stands for any JSON",
        ),
        (
            "          application/json:\n            schema:\n              $ref: '#/components/schemas/ShipmentInput'\n",
            "          application/vnd.small+json:\n            schema:\n              $ref: '#/components/schemas/ShipmentInput'\n",
            "create_shipment: the request body is `application/vnd.small+json`; \
             declare `application/json` and nothing else, or write this call by hand",
        ),
    ]);
}
