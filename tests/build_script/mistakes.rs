//! Each mistake in a document fails the build with one line: file, place, what is wrong, what to do.

use super::{SMALL, TARGET, generate};
use serde_json::{Value, json};

/// The small document with `from`, which it has once, replaced by `to`; and what is said of that.
pub type Case = (&'static str, &'static str, &'static str);

pub fn refused(cases: &[Case]) {
    for (from, to, said) in cases {
        assert_eq!(SMALL.matches(from).count(), 1, "the document has this not exactly once:\n{from}");
        let document = SMALL.replace(from, to);
        match generate(&document) {
            Ok(_) => panic!("nothing was said of this:\n{to}"),
            Err(error) => {
                let expected = said.lines().map(|line| format!("openapi/small.yaml: {line}"));
                assert_eq!(error, expected.collect::<Vec<_>>().join("\n"), "said of:\n{to}");
            }
        }
    }
}

#[test]
fn the_document_itself_is_right() {
    assert_eq!(generate(SMALL).map(|_| ()), Ok(()));
}

const KEYS: &str = "use one of x-sdk-certainty, x-sdk-source, x-sdk-repeatable, x-sdk-by-hand, x-sdk-page, x-sdk-vendor-id, \
                    x-sdk-precondition, x-sdk-outcome, x-sdk-hint, x-sdk-created, x-sdk-link, x-sdk-envelope, x-sdk-sensitive, \
                    x-sdk-resource, x-sdk-positions, x-sdk-flag, x-sdk-required-unless";

#[test]
fn numbers_that_are_flags() {
    refused(&[(
        "type: integer\n          description: 1 if",
        "type: string\n          description: 1 if",
        "document: `x-sdk-flag` stands on what is no integer; give it to a member of `type: integer`, or leave it out",
    )]);
}

#[test]
fn keys() {
    let unknown = format!(
        "components > schemas > Parcel > properties > receiver: `x-sdk-sensitiv` is no key of ours; {KEYS}"
    );
    let unknown: &'static str = unknown.leak();
    refused(&[
        ("x-sdk-sensitive: true", "x-sdk-sensitiv: true", unknown),
        (
            "x-sdk-vendor-id: fetchParcel",
            "x-sdk-sensitive: true",
            "paths > /v1/parcels/{parcelId} > get: nothing reads `x-sdk-sensitive` here; move it to: schema",
        ),
        (
            "  title: Small\n",
            "  title: Small\n  x-sdk-source: T\n",
            "info: nothing reads `x-sdk-source` here; move it to: operation or schema or parameter or response",
        ),
        (
            "x-sdk-sensitive: true",
            "x-sdk-sensitive: 'yes'",
            "components > schemas > Parcel > properties > receiver: `x-sdk-sensitive` is `\"yes\"`; \
             say `true`, or leave it out",
        ),
        (
            "x-sdk-vendor-id: fetchParcel",
            "x-sdk-vendor-id: 7",
            "paths > /v1/parcels/{parcelId} > get: `x-sdk-vendor-id` is `7`; give it a text",
        ),
        (
            "x-sdk-certainty: inferred\n          x-sdk-source: U",
            "x-sdk-certainty: sure\n          x-sdk-source: U",
            "paths > /v1/parcels > get > parameters > -: `x-sdk-certainty` is `\"sure\"`; \
             use one of documented, inferred, assumed",
        ),
        (
            "    - `U`: what is known of it otherwise\n",
            "",
            "paths > /v1/parcels > get > parameters > -: `x-sdk-source` is `\"U\"`; \
             use a tag of a source that `info.description` lists, as in \"- `S`: the reference\"",
        ),
        (
            "x-sdk-outcome: not-ready",
            "x-sdk-outcome: later",
            "paths > /v1/parcels/{parcelId} > get > responses > 202: `x-sdk-outcome` is `\"later\"`; \
             use one of failed, not-ready, refused, locked",
        ),
    ]);
}

#[test]
fn a_member_may_have_the_name_of_a_keyword() {
    for name in ["content", "properties", "example", "parameters", "enum"] {
        let document = SMALL.replace("        receiver:\n", &format!("        {name}:\n"));
        let code = generate(&document).unwrap();
        assert!(code.contains("#[safe_debug(redact)]"), "`{name}` is not redacted");
        let wrong = document.replace("x-sdk-sensitive: true", "x-sdk-sensitiv: true");
        let place = format!("openapi/small.yaml: components > schemas > Parcel > properties > {name}: ");
        assert!(generate(&wrong).unwrap_err().starts_with(&place), "nothing was said of a key in `{name}`");
    }
}

const VENDOR: &str = "      x-sdk-repeatable: true\n      x-sdk-vendor-id: fetchParcel\n";

#[test]
fn operations() {
    refused(&[
        (
            VENDOR,
            "",
            "get_parcel: `x-sdk-repeatable` is missing; \
             state whether sending twice does no more harm than sending once (true or false)",
        ),
        (
            VENDOR,
            "      x-sdk-repeatable: 'true'\n",
            "paths > /v1/parcels/{parcelId} > get: `x-sdk-repeatable` is `\"true\"`; say `true` or `false`",
        ),
        (
            "      x-sdk-certainty: inferred\n      x-sdk-source: T\n",
            "      x-sdk-source: T\n",
            "get_parcel: `x-sdk-certainty` is missing or no text; use one of documented, inferred, assumed",
        ),
        (
            "      x-sdk-certainty: inferred\n      x-sdk-source: T\n",
            "      x-sdk-certainty: inferred\n",
            "get_parcel: `x-sdk-source` is missing or no text; name the tag of its source, see `info.description`",
        ),
        (
            "      operationId: get_parcel\n",
            "",
            "GET /v1/parcels/{parcelId}: `operationId` is missing or no text; name the operation `verb_noun`",
        ),
        (
            "      summary: Reads a parcel.\n",
            "",
            "get_parcel: `summary` is missing or no text; say in one sentence what the operation does",
        ),
        (
            "operationId: get_parcel",
            "operationId: update_parcel",
            "update_parcel: the `operationId` is used twice; give each operation its own",
        ),
        (
            "operationId: get_parcel",
            "operationId: getParcel",
            "getParcel: the generator made no method of this name; \
             write the id in lower snake case, as the generator does",
        ),
        (
            "  /v1/parcels:\n    get:",
            "  /v1/parcels:\n    GET:",
            "/v1/parcels: `GET` is no method; \
             use one of get, put, post, delete, patch, head, options, or write the path out",
        ),
        (
            "style: undocumented",
            "style: numbered",
            "list_parcels > x-sdk-page: `style` is `numbered`; use one of undocumented, offset, token",
        ),
        (
            "style: undocumented",
            "style: offset",
            "list_parcels > x-sdk-page: `next` is missing or no text; name the member of the answer",
        ),
        (
            "        next: state.following\n",
            "        next: following\n",
            "list_shipments > x-sdk-page: `next` is `following`; name a member of a member, as `meta.next`",
        ),
        (
            "        items: entries\n",
            "        items: shipments\n",
            "list_shipments: `x-sdk-page` but the answer is no list; \
             declare the payload as an array, or leave the key out",
        ),
        (
            "        token: nextToken\n",
            "        token: cursor\n",
            "list_parcels > x-sdk-page: `token` is `cursor`, which is no query parameter; declare the parameter",
        ),
        (
            "        token: nextToken\n",
            "",
            "list_parcels > x-sdk-page: `token` is missing or no text; name the query parameter",
        ),
        (
            "                        type: array\n                        items:\n                          $ref: '#/components/schemas/Parcel'",
            "                        $ref: '#/components/schemas/Parcel'",
            "list_parcels: `x-sdk-page` but the answer is no list; \
             declare the payload as an array, or leave the key out",
        ),
    ]);
}

const IF_MATCH: &str = "        - name: If-Match\n          in: header\n          description: The version that the change is \
                        based on.\n          x-sdk-precondition: true\n          schema:\n            type: integer\n";

#[test]
fn preconditions() {
    let item = "  /v1/parcels/{parcelId}:\n";
    let parameters =
        format!("    parameters:\n{}", IF_MATCH.replace("\n  ", "\n").replacen("        -", "      -", 1));
    let on_path = format!("{item}{parameters}").leak();
    let second = format!("{IF_MATCH}{}", IF_MATCH.replace("If-Match", "If-Unmodified-Since")).leak();
    let wrong = |id: &str, found: u8| -> &'static str {
        format!(
            "{id}: {found} preconditions were found among the parameters of the operation itself; \
             declare exactly one there, and none on the path"
        )
        .leak()
    };
    refused(&[
        (
            "          in: header\n",
            "          in: query\n",
            "update_parcel: the precondition `If-Match` is no header; put `x-sdk-precondition` on a header parameter",
        ),
        (item, on_path, wrong("get_parcel", 0)),
        (IF_MATCH, second, wrong("update_parcel", 2)),
    ]);
}

#[test]
fn enums_and_schemas() {
    let colours = "        colours:\n          type: array\n          description: Its colours.\n          minItems: 1\n          \
                   items:\n            $ref: '#/components/schemas/Colour'\n";
    refused(&[
        (
            colours,
            "        colours:\n          type: string\n          enum: [red]\n",
            "components > schemas > ParcelUpdate > properties > colours: an enum has no name; \
             move it to `components/schemas` and refer to it",
        ),
        (
            "        red: Like a brick.\n",
            "",
            "Colour: the value `red` is not described; say what it means in `x-enumDescriptions`",
        ),
        (
            "        red: Like a brick.\n",
            "        red: Like a brick.\n        green: Like grass.\n",
            "Colour: `green` is described but no value; correct `x-enumDescriptions`",
        ),
        (
            "      enum: [red, dark-blue]\n",
            "      enum: []\n",
            "Colour: the enum has no values; list them, or leave `enum` out",
        ),
        (
            "      enum: [red, dark-blue]\n",
            "      nullable: true\n      enum: [red, dark-blue]\n",
            "Colour: an enum cannot be nullable; \
             say it where the enum is used: a member that is not required may be null",
        ),
        (
            "[red, dark-blue]\n      x-enumDescriptions:\n",
            "[red, dark-blue, darkBlue]\n      x-enumDescriptions:\n        darkBlue: The same again.\n",
            "Colour: two values are named `DarkBlue`; name all values in `x-enum-varnames`; `Unknown` is taken",
        ),
        (
            "      enum: [1, 2]\n      x-enum-varnames: [Low, High]\n",
            "      enum: [1, 2]\n",
            "Level: `1` does not make a name; name all values in `x-enum-varnames`",
        ),
        (
            "      enum: [1, 2]\n",
            "      enum: [1, 2.5]\n",
            "Level: `2` is described but no value; correct `x-enumDescriptions`",
        ),
        (
            "      enum: [1, 2]\n      x-enum-varnames: [Low, High]\n      x-enumDescriptions:\n        '1': It can wait.\n        '2': It",
            "      enum: [1, 2.5]\n      x-enum-varnames: [Low, High]\n      x-enumDescriptions:\n        '1': It can wait.\n        '2.5': It",
            "Level: the value 2.5 is no integer of 64 bits; quote it",
        ),
        (
            "      type: integer\n      description: How urgent it is.\n",
            "      description: How urgent it is.\n",
            "Level: an enum of neither strings nor integers; state its `type`",
        ),
        (
            "    Insurance:\n",
            "    insurance-cover:\n      type: string\n      enum: [a]\n    Insurance:\n",
            "components > schemas > insurance-cover: the name makes no type; write it as `UpperCamelCase`",
        ),
        (
            "          minimum: 0\n",
            "          minimum: 0.5\n",
            "Insurance > amount: `minimum` is not of a 64-bit integer; put it into the description instead",
        ),
        (
            "            maximum: 50\n",
            "            maximum: 50\n            format: int32\n",
            "list_parcels > limit: `minimum` is not of a 64-bit integer; put it into the description instead",
        ),
        (
            "        insurance:\n          $ref: '#/components/schemas/Insurance'\n",
            "        insurance:\n          type: object\n          properties:\n            amount:\n              type: integer\n",
            "components > schemas > ParcelUpdate > properties > insurance: an object has no name; \
             move it to `components/schemas` and refer to it",
        ),
    ]);
}

const BODY: &str = "          application/json:\n            schema:\n              $ref: '#/components/schemas/ParcelUpdate'\n";
const NEXT_SUCCESS: &str = "        '202':\n          description: The parcel is still being packed.\n          x-sdk-outcome: not-ready\n";
const ANSWER: &str = "        '200':\n          description: The parcel.\n          content:\n            application/json:\n              \
                      schema:\n                $ref: '#/components/schemas/WrappedParcel'\n        '202':\n";

#[test]
fn bodies_and_answers() {
    refused(&[
        (
            BODY,
            "          application/json:\n            schema:\n              type: object\n",
            "update_parcel: the request body has no name; move its schema to `components/schemas` and refer to it",
        ),
        (
            BODY,
            "          text/plain:\n            schema:\n              $ref: '#/components/schemas/ParcelUpdate'\n",
            "update_parcel: the request body is `text/plain`; \
             declare `application/json` and nothing else, or write this call by hand",
        ),
        (
            NEXT_SUCCESS,
            "        '204':\n          description: The parcel is gone.\n",
            "get_parcel: two success answers have different payloads; \
             give all but one `x-sdk-outcome`, or make them alike",
        ),
        (
            ANSWER,
            "        '202':\n",
            "get_parcel: all success answers are outcomes; declare the answer of a call that did what it says",
        ),
        (
            NEXT_SUCCESS,
            "        default:\n          description: Any failure.\n          x-sdk-outcome: failed\n",
            "get_parcel: `x-sdk-outcome` on the answer `default`; put it on an answer with a number",
        ),
        (
            "        '410':\n",
            "        '4XX':\n",
            "get_parcel: `x-sdk-hint` on the answer `4XX`; put it on an answer with a number from 400 on",
        ),
        (
            "        '410':\n",
            "        '204':\n",
            "get_parcel: `x-sdk-hint` on the answer `204`; put it on an answer with a number from 400 on",
        ),
        (
            ANSWER,
            "        '200':\n          description: The parcel.\n          content:\n            application/pdf: {}\n        '202':\n",
            "get_parcel: the success answer 200 is neither JSON nor content of one media type; \
             declare JSON with a `schema`, or one media type of `format: binary`",
        ),
        (
            "                x-sdk-envelope: data\n                allOf:\n",
            "                x-sdk-envelope: items\n                allOf:\n",
            "list_parcels: the envelope has no payload `items`; name the member that holds it in `x-sdk-envelope`",
        ),
        (
            "      x-sdk-envelope: data\n      allOf:\n        - $ref: '#/components/schemas/Wrap'\n        - type: object\n          properties:\n            data:\n              $ref: '#/components/schemas/Parcel'\n",
            "      x-sdk-envelope: data\n      type: object\n      properties:\n        data:\n          $ref: '#/components/schemas/Parcel'\n",
            "get_parcel: the envelope is not put together with `allOf`; use `allOf` of the envelope and its payload\n\
             update_parcel: the envelope is not put together with `allOf`; use `allOf` of the envelope and its payload",
        ),
        (
            NEXT_SUCCESS,
            "        '203':\n          description: A bare parcel.\n          content:\n            application/json:\n              \
             schema:\n                $ref: '#/components/schemas/Parcel'\n",
            "get_parcel: the answer 203 has another envelope than the one before; wrap all success answers alike",
        ),
    ]);
}

/// A parameter beside those that the document has.
const SINCE: &str = "        - name: since\n          in: query\n          required: true\n          description: The first version \
                     to list.\n          schema:\n            type: integer\n            minimum: 1\n";

#[test]
fn parameters() {
    let remedy = "correct it, or write this call by hand with `x-sdk-by-hand`";
    let text = "schema: {type: string}";
    for (place, more, schema, problem) in [
        ("cookie", "", text, "a parameter in `cookie` cannot be sent"),
        (
            "query",
            "style: deepObject",
            "schema: {type: object}",
            "`style: deepObject` cannot be sent, only `form`",
        ),
        (
            "query",
            "style: pipeDelimited",
            "schema: {type: array}",
            "`style: pipeDelimited` cannot be sent, only `form`",
        ),
        (
            "query",
            "",
            "schema: {type: object}",
            "the parameter is no text, number or flag, or a list of these",
        ),
        ("query", "", "schema: {}", "the parameter is no text, number or flag, or a list of these"),
        (
            "query",
            "",
            "schema: {type: array, items: {type: object}}",
            "the parameter is no text, number or flag, or a list of these",
        ),
        (
            "query",
            "",
            "schema: {type: array, items: {type: array, items: {type: string}}}",
            "the parameter is no text, number or flag, or a list of these",
        ),
        (
            "header",
            "",
            "schema: {type: array, items: {type: string}}",
            "the parameter is no text, number or flag",
        ),
        ("header", "style: form", text, "`style: form` cannot be sent, only `simple`"),
        ("path", "required: true", text, "the path `/v1/parcels` does not have this parameter"),
        ("query", "", "content: {text/plain: {}}", "the parameter has no `schema`"),
    ] {
        let more = if more.is_empty() { String::new() } else { format!("          {more}\n") };
        let added =
            format!("{SINCE}        - name: x-state\n          in: {place}\n{more}          {schema}\n");
        let said = format!("list_parcels > x-state: {problem}; {remedy}");
        refused(&[(SINCE, added.leak(), said.leak())]);
    }
    let named = |name: &str| -> &'static str { SINCE.replace("since", name).leak() };
    let header = SINCE.replace("since", "x state").replace("in: query", "in: header");
    let said =
        |place: &str, problem: &str| -> &'static str { format!("{place}: {problem}; {remedy}").leak() };
    refused(&[
        (
            SINCE,
            named("request"),
            said("list_parcels > request", "a generated call has something else of this name"),
        ),
        (
            SINCE,
            named("next_token"),
            said("list_parcels > parameters", "`nextToken` and `next_token` are both `next_token` in Rust"),
        ),
        (SINCE, header.leak(), said("list_parcels > x state", "no header can have this name")),
        (
            "      in: path\n      required: true\n",
            "      in: path\n",
            "get_parcel > parcelId: a parameter of the path that is not `required`; \
             correct it, or write this call by hand with `x-sdk-by-hand`\n\
             update_parcel > parcelId: a parameter of the path that is not `required`; \
             correct it, or write this call by hand with `x-sdk-by-hand`",
        ),
        (
            "  /v1/shipments/{shipmentId}/label:\n",
            "  /v1/shipments/{shipmentId}/{kind}:\n",
            "download_label: the path has `{kind}`, which is no parameter; \
             declare the parameter, `in: path` and `required`\n\
             create_tracking_link: the path has `{kind}`, which is no parameter; \
             declare the parameter, `in: path` and `required`",
        ),
    ]);
}

#[test]
fn pages() {
    let next = "next: state.following";
    let count = "        - name: count\n          in: query\n          description: How many at once.\n";
    let place = "list_shipments > x-sdk-page";
    let said = |problem: &str| -> &'static str { format!("{place}: {problem}").leak() };
    let no_text = |name: &str| {
        let problem = format!("`next` is `{name}`, which the answer does not have as string");
        said(&format!("{problem}; name a member of `type: string`, and declare it"))
    };
    refused(&[
        (next, "next: state.other", no_text("state.other")),
        (next, "next: other.following", no_text("other.following")),
        (
            "        following:\n          type: string\n",
            "        following:\n          type: integer\n",
            no_text("state.following"),
        ),
        (
            next,
            "next: state.following\n        total: state.count",
            said(
                "`total` is `state.count`, which the answer does not have as integer; \
                  name a member of `type: integer`, and declare it",
            ),
        ),
        (
            count,
            format!("{count}          required: true\n").leak(),
            said("`limit` is `count`, which is required; leave `required` out: the first page has none"),
        ),
        (
            "        token: from\n",
            "        token: where\n",
            said("`token` is `where`, which is no query parameter; declare the parameter"),
        ),
        (
            "          description: How many to leave out.\n          schema:\n            type: integer\n",
            "          description: How many to leave out.\n          schema:\n            type: string\n",
            said("`token` is `from`, which is of another type; declare the parameter as `type: integer`"),
        ),
    ]);
}

#[test]
fn schemas_that_make_no_type() {
    let insurance = "        insurance:\n          $ref: '#/components/schemas/Insurance'\n";
    let place = "components > schemas > ParcelUpdate > properties > insurance";
    let whole =
        "write one object with the members of all of them, none of them required, or `{}` for any JSON";
    let both = "            - $ref: '#/components/schemas/Insurance'\n            - $ref: '#/components/schemas/Parcel'\n";
    for key in ["oneOf", "anyOf"] {
        let choice: &str = format!("        insurance:\n          {key}:\n{both}").leak();
        let said = format!("{place}: `{key}` makes no type; {whole}");
        refused(&[(insurance, choice, said.leak())]);
    }
    let named = "    Insurance:\n      type: object\n";
    let discriminator = format!("{named}      discriminator:\n        propertyName: amount\n");
    refused(&[
        (
            insurance,
            format!("        insurance:\n          allOf:\n{both}").leak(),
            format!(
                "{place}: `allOf` makes no type; \
                 write the members of a schema out; an `allOf` of one reference is read as that"
            )
            .leak(),
        ),
        (
            named,
            discriminator.leak(),
            format!("components > schemas > Insurance: `discriminator` makes no type; {whole}").leak(),
        ),
        (
            named,
            "    Insurance:\n      type: object\n      nullable: true\n",
            "components > schemas > Insurance: a named schema cannot be nullable; \
             say it where the schema is used: a member that is not required may be null",
        ),
        (
            named,
            "    Insurance:\n      type: object\n      additionalProperties:\n        type: string\n",
            "components > schemas > Insurance: `additionalProperties` stands beside `properties`; \
             leave one of them out: members that are not known are never refused",
        ),
        (
            insurance,
            "        insurance:\n          type: array\n          items:\n            nullable: true\n            allOf:\n              \
             - $ref: '#/components/schemas/Insurance'\n",
            format!(
                "{place} > items: a reference that may be `null` is no member of an object; \
                 leave `nullable` out, or write the schema out"
            )
            .leak(),
        ),
        (
            "        label:\n          type: string\n",
            "        packed_at:\n          type: string\n        label:\n          type: string\n",
            "components > schemas > Parcel: `packedAt` and `packed_at` are both `packed_at` in Rust; \
             leave one of them out",
        ),
        (
            "        label:\n          type: string\n",
            "        label:\n          type: [string, 'null']\n",
            "components > schemas > Parcel > properties > label: `type` is `[\"string\",\"null\"]`; \
             use one of array, boolean, integer, number, object, string",
        ),
        (
            named,
            "    Result:\n      type: object\n    Insurance:\n      type: object\n",
            "components > schemas > Result: the name has a meaning in Rust; give it another one",
        ),
    ]);
}

#[test]
fn names_that_are_given_twice() {
    let option = |name: &str| SINCE.replace("since", name).replace("          required: true\n", "");
    let header = "        - name: If-Match\n";
    let said = |place: &str, name: &str| -> &'static str {
        let remedy = "two names of the document are one in Rust: leave one out, or write the call by hand";
        format!("{place}: the method `{name}` is generated twice; {remedy}").leak()
    };
    refused(&[
        (SINCE, option("send").leak(), said("ListParcels", "send")),
        (header, format!("{}{header}", option("weight")).leak(), said("UpdateParcel", "weight")),
    ]);
}

#[test]
fn versions() {
    for version in ["3.1.0", "2.0", "'3'"] {
        let said = format!(
            "document: `openapi` is `{}`; write the document in OpenAPI 3.0, as in `openapi: 3.0.3`",
            version.trim_matches('\'')
        );
        refused(&[("openapi: 3.0.3", format!("openapi: {version}").leak(), said.leak())]);
    }
}

/// Mistakes that do not depend on each other are told together.
#[test]
fn several_at_once() {
    let document = SMALL
        .replace("      summary: Reads a parcel.\n", "")
        .replace("      summary: Changes a parcel.\n", "")
        .replace("          minimum: 0\n", "          minimum: 0.5\n");
    let error = generate(&document).unwrap_err();
    let places = error.lines().map(|line| line.split(": ").nth(1).unwrap()).collect::<Vec<_>>();
    assert_eq!(places, ["get_parcel", "update_parcel", "Insurance > amount"], "{error}");
}

#[test]
fn references() {
    let insurance = "        insurance:\n          $ref: '#/components/schemas/Insurance'\n";
    let place = "components > schemas > ParcelUpdate > properties > insurance";
    let said = |what: &str| -> &'static str { format!("{place}{what}").leak() };
    refused(&[
        (
            insurance,
            "        insurance:\n          $ref: '#/components/schemas/Assurance'\n",
            said(
                " > #/components/schemas/Assurance: the reference leads nowhere; name a part of this document",
            ),
        ),
        (
            insurance,
            "        insurance:\n          $ref: 'other.yaml#/Insurance'\n",
            said(" > other.yaml#/Insurance: the reference leads nowhere; name a part of this document"),
        ),
        (
            insurance,
            "        insurance:\n          $ref: '#/components/schemas/ParcelUpdate/properties/insurance'\n",
            said(
                " > #/components/schemas/ParcelUpdate/properties/insurance: the reference goes in circles; \
                 name something that is no reference",
            ),
        ),
        (
            insurance,
            "        insurance:\n          $ref: 7\n",
            said(": the `$ref` is no text; name a part of this document"),
        ),
        (
            insurance,
            "        insurance:\n          $ref: '#/components/schemas/Insurance'\n          description: The cover.\n",
            said(
                ": `description` stands beside a `$ref`, where every reader ignores it; \
                 move it to what is referred to, or write the schema out",
            ),
        ),
    ]);
}

#[test]
fn what_is_no_document() {
    let no_operation = "openapi/small.yaml: document: no operation is declared; declare one under `paths`";
    for document in
        ["[]", "7", "openapi: 3.0.3", "paths: []", "paths: { /a: 7 }", "paths: { /a: { summary: A } }"]
    {
        assert_eq!(generate(document).unwrap_err(), no_operation, "{document}");
    }
    let error = generate("paths: [").unwrap_err();
    assert!(error.starts_with("openapi/small.yaml: document: "), "{error}");
    assert!(error.ends_with("; write valid YAML") && !error.contains('\n'), "{error}");
    let twice = SMALL.replace("  title: Small\n", "  title: Small\n  title: Large\n");
    let error = generate(&twice).unwrap_err();
    assert!(
        error.contains("title") && error.ends_with("; write valid YAML") && !error.contains('\n'),
        "{error}"
    );
}

/// Every part of the document is left out, or made something else, in turn. Whatever is said of that, it is one line.
#[test]
fn nothing_panics_at_odd_input() {
    let whole: Value = serde_saphyr::from_str(SMALL).unwrap();
    let mut places = Vec::new();
    collect(&whole, String::new(), &mut places);
    assert!(places.len() > 200, "only {} places were found", places.len());
    let odds = [json!("é ☃"), json!([[]]), json!({})];
    for (place, odd) in places.into_iter().zip(odds.iter().cycle()) {
        for odd in [&Value::Null, odd] {
            let mut document = whole.clone();
            *document.pointer_mut(&place).unwrap() = odd.clone();
            let lines = countersign_codegen::generate("file", TARGET, &document.to_string()).err();
            for line in lines.into_iter().flatten() {
                let shape = line.starts_with("file: ") && line.contains("; ") && !line.contains('\n');
                assert!(shape, "{place} = {odd}: {line}");
            }
        }
    }
}

fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    let children = value.as_object().into_iter().flatten();
    let children = children.map(|(key, child)| (key.replace('~', "~0").replace('/', "~1"), child));
    let items =
        value.as_array().into_iter().flatten().enumerate().map(|(index, child)| (index.to_string(), child));
    children.chain(items).for_each(|(key, child)| collect(child, format!("{place}/{key}"), places));
    places.push(place);
}
