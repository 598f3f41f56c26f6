//! What the generated code guarantees, whatever the document forbids or presumes.

use super::{SMALL, TARGET, generate};
use syn::{File, Item, Type};

/// The generated code without blanks, so that a test does not depend on where lines break.
fn code() -> String {
    generate(SMALL).unwrap().split_whitespace().collect()
}

/// The tokens of a generated type or function, without blanks.
fn item(kind: &str, name: &str) -> String {
    let file: File = syn::parse_file(&generate(SMALL).unwrap()).unwrap();
    let modules = file.items.iter().filter_map(|item| match item {
        Item::Mod(module) if module.ident == "types" || module.ident == "calls" => module.content.as_ref(),
        _ => None,
    });
    let items = modules.flat_map(|(_, items)| items).filter(|item| match item {
        Item::Struct(item) => kind == "struct" && item.ident == name,
        Item::Enum(item) => kind == "enum" && item.ident == name,
        Item::Impl(item) => {
            let Type::Path(of) = &*item.self_ty else {
                return false;
            };
            let of_trait = item.trait_.as_ref().and_then(|(path, _)| path.segments.last());
            let found = of_trait.map_or_else(|| "impl".to_owned(), |of_trait| of_trait.ident.to_string());
            kind == found && of.path.is_ident(name)
        }
        _ => false,
    });
    let text = items.map(|item| quote::quote!(#item).to_string()).collect::<String>();
    assert!(!text.is_empty(), "no {kind} {name} was generated");
    text.split_whitespace().collect()
}

fn holds(text: &str, what: &str) {
    let what: String = what.split_whitespace().collect();
    assert!(text.contains(&what), "`{what}` is missing in {text}");
}

fn lacks(text: &str, what: &str) {
    let what: String = what.split_whitespace().collect();
    assert!(!text.contains(&what), "`{what}` is found in {text}");
}

#[test]
fn closed_objects_are_opened() {
    assert_eq!(SMALL.matches("additionalProperties: false").count(), 2);
    lacks(&code(), "deny_unknown_fields");
}

#[test]
fn bounds_do_not_reach_what_is_read() {
    let parcel = item("struct", "Parcel");
    holds(&parcel, "pub weight: i64");
    holds(&parcel, "pub label: ::std::option::Option<::std::string::String>");
    lacks(&code(), "regress");
    lacks(&code(), "impl rt::Check for Parcel {");
}

#[test]
fn bounds_are_checked_before_sending() {
    let update = item("Check", "ParcelUpdate");
    holds(&update, r#"at.required("weight", self.weight.is_some())?"#);
    holds(&update, r#"at.range("weight", self.weight, Some(1i64), Some(30000i64))?"#);
    holds(&update, r#"rt::Check::check(&self.insurance, &at.member("insurance"))?"#);
    holds(&item("Check", "Insurance"), r#"at.range("amount", self.amount, Some(0i64), None)?"#);
    let list = item("impl", "ListParcels");
    holds(&list, r#"at.range("limit", *limit, Some(1i64), Some(50i64))?"#);
    holds(&list, r#"at.range("since", Some(*since), Some(1i64), None)?"#);
    holds(&item("impl", "UpdateParcel"), "rt::Check::check(body, &rt::Place::Root)?");
}

#[test]
fn defaults_are_not_sent() {
    let code = code();
    lacks(&code, "500");
    lacks(&code, "Some(20");
    holds(
        &code,
        "calls::ListParcels { client: self.clone(), options: rt::CallOptions::default(), since: since.into(), limit: None, next_token: None, }",
    );
}

#[test]
fn an_empty_list_can_be_told_from_none() {
    let update = item("struct", "ParcelUpdate");
    let none = r#"#[serde(skip_serializing_if = "::std::option::Option::is_none")]"#;
    holds(
        &update,
        &format!("{none} pub colours: ::std::option::Option<::std::vec::Vec<crate::small::types::Colour>>"),
    );
    holds(&update, &format!("{none} pub remarks: ::std::option::Option<::std::collections::BTreeMap<"));
    lacks(&update, "Vec::is_empty");
}

#[test]
fn a_precondition_is_an_argument_and_no_setter() {
    let code = code();
    holds(
        &code,
        "pub fn update_parcel(&self, parcel_id: impl Into<types::ParcelId>, precondition: rt::Precondition,)",
    );
    holds(&code, r#"self.precondition.apply("If-Match", request.headers_mut())?"#);
    holds(&code, r#"precondition: Some("If-Match")"#);
    lacks(&code, "if_match");
    assert_eq!(code.matches("precondition:rt::Precondition").count(), 2, "the argument and the field");
}

#[test]
fn what_may_be_null_is_an_option_of_what_it_refers_to_and_a_flag_says_yes_or_no() {
    let parcel = item("struct", "Parcel");
    holds(&parcel, "pub ribbon: ::std::option::Option<crate::small::types::Colour>");
    holds(&parcel, "pub fragile: ::std::option::Option<bool>");
}

#[test]
fn times_keep_their_text() {
    holds(&item("struct", "Parcel"), "pub packed_at: ::std::option::Option<crate::runtime::Timestamp>");
    holds(&item("struct", "Insurance"), "pub until: ::std::option::Option<crate::runtime::Timestamp>");
    lacks(&code(), "chrono");
}

#[test]
fn no_header_is_sent_that_nobody_asked_for() {
    let code = code();
    lacks(&code, "api-version");
    lacks(&code, "api_version");
}

#[test]
fn ids_cannot_leave_their_segment() {
    let code = code();
    holds(&code, "rt::segment(&parcel_id.to_string())?");
    lacks(&code, "encode_path");
}

#[test]
fn what_is_sensitive_is_redacted() {
    let parcel = item("struct", "Parcel");
    holds(&parcel, "#[safe_debug(redact)] pub receiver:");
    assert_eq!(code().matches("safe_debug(redact)").count(), 1);
    for name in ["Parcel", "ParcelUpdate", "Insurance"] {
        holds(&item("struct", name), "::countersign_macros::SafeDebug");
        lacks(&item("struct", name), ", Debug");
    }
}

#[test]
fn enums_are_open_and_described() {
    let colour = item("enum", "Colour");
    holds(&colour, "#[derive(Clone, Debug, ::countersign_macros::OpenEnum)] #[non_exhaustive]");
    holds(
        &colour,
        r#"#[doc = "Like the night. `dark-blue` on the wire."] #[open_enum("dark-blue")] DarkBlue"#,
    );
    holds(&colour, "Unknown(::std::string::String)");
    let level = item("enum", "Level");
    holds(&level, "#[open_enum(1i64)] Low");
    holds(&level, "Unknown(i64)");
}

#[test]
fn only_what_is_used_becomes_a_type() {
    let code = code();
    lacks(&code, "WrappedParcel");
    lacks(&code, "struct Wrap");
    lacks(&code, "progenitor");
}

#[test]
fn the_envelope_is_gone_from_the_answer() {
    holds(&item("impl", "GetParcel"), "pub async fn send(self) -> Result<types::Parcel, rt::Error>");
    holds(
        &item("impl", "ListParcels"),
        "pub async fn send(self) -> Result<rt::Listing<types::Parcel>, rt::Error>",
    );
}

#[test]
fn the_table_says_what_the_document_says() {
    let code = code();
    holds(
        &code,
        r#"const GET_PARCEL: rt::Operation = rt::Operation { provider: "small", id: "get_parcel", vendor_id: Some("fetchParcel"),
        method: "GET", path: "/v1/parcels/{parcelId}", certainty: rt::Certainty::Inferred, source: "T", repeatable: true,
        members: &["colour","data","fragile","label","level","ok","packedAt","parcelId","receiver","ribbon","weight",], paging: rt::Paging::None,
            payload: true, enveloped: true, precondition: None, successes: &[200u16],
            outcomes: &[(202u16, crate::Outcome::NotReady, "The parcel is still being packed")], hints: &[(410u16, "The parcel was delivered, and so it is gone")], };"#,
    );
    // The names that an error may print: parameters, members of the body and of the answer, and members of those.
    let names = r#"["If-Match", "amount", "colour", "colours", "data", "fragile", "insurance", "label", "level", "ok", "packedAt",
        "parcelId", "receiver", "remarks", "ribbon", "until", "weight",]"#;
    holds(&code, &format!("members: &{names}"));
    holds(
        &code,
        "OPERATIONS: &[&rt::Operation] = &[&LIST_PARCELS, &GET_PARCEL, &UPDATE_PARCEL, &LIST_SHIPMENTS, &CREATE_SHIPMENT, &DOWNLOAD_LABEL, &CREATE_TRACKING_LINK,",
    );
}

#[test]
fn an_answer_in_location_is_no_body() {
    let create = item("impl", "CreateShipment");
    holds(&create, "pub async fn send(self) -> Result<rt::Created<types::ShipmentId>, rt::Error>");
    let link = item("impl", "CreateTrackingLink");
    holds(&link, "pub async fn send(self) -> Result<rt::Link, rt::Error>");
    holds(&code(), "body: impl IntoIterator<Item = types::Insurance>");
}

#[test]
fn content_is_an_argument_and_streamed() {
    holds(
        &code(),
        "pub fn create_shipment(&self, content: impl Into<rt::Content>,) -> calls::CreateShipment",
    );
    holds(&item("impl", "CreateShipment"), r#"rt::Request::with_content(request, "picture", content)"#);
    lacks(&item("struct", "ShipmentInput"), "picture");
    let label = item("impl", "DownloadLabel");
    holds(&label, "pub async fn send(self) -> Result<rt::Download, rt::Error>");
    holds(&code(), r#"id: "download_label", vendor_id: None"#);
    holds(&code(), "successes: &[200u16, 302u16]");
}

#[test]
fn items_are_counted_where_the_document_says_so() {
    let list = item("impl", "ListShipments");
    holds(&list, "pub async fn send(self) -> Result<types::ShipmentList, rt::Error>");
    holds(&list, "pub fn pages(self) -> rt::Pages<types::Shipment>");
    holds(&list, "::from(answer.state);");
    holds(&list, "::from(state.following));");
    holds(
        &list,
        r#"rt::Page::counted(&super::LIST_SHIPMENTS, "from", from, answer.entries.into(), next, total,)"#,
    );
}

#[test]
fn a_list_of_members_becomes_a_struct() {
    holds(&item("struct", "Shipment"), "Vec<Stop>");
    lacks(&item("struct", "Stop"), "Serialize");
    holds(
        &item("Deserialize", "Stop"),
        "Stop { town: rt::text_at(&mut list)?, number: rt::number_at(&mut list)?, is_passed: rt::flag_at(&mut list)?, }",
    );
    lacks(&code(), "StopEntry");
}

#[test]
fn flags_and_local_times_are_read_as_they_come() {
    let shipment = item("struct", "Shipment");
    holds(
        &shipment,
        r#"#[serde(default, deserialize_with = "rt::optional_flag")] pub is_sent: ::std::option::Option<bool>"#,
    );
    holds(&shipment, "pub sent_at: ::std::option::Option<crate::runtime::LocalDateTime>");
}

#[test]
fn what_is_required_unless_something_else_is_set_is_checked() {
    let check = item("Check", "ShipmentInput");
    holds(&check, r#"at.required("title", self.title.is_some())?"#);
    holds(
        &check,
        r#"at.required("addressee", self.addressee.is_some() || self.decide_later == Some(true),)?"#,
    );
}

#[test]
fn the_address_of_a_resource_is_a_type() {
    holds(&code(), "rt::resource_uri! {");
    holds(&code(), r#"ShipmentUri, ShipmentId, "/v1/shipments/""#);
}

#[test]
fn what_is_by_hand_is_in_the_table_and_has_its_types() {
    let by_key = SMALL.replace("x-sdk-vendor-id: fetchParcel", "x-sdk-by-hand: true");
    let code = generate(&by_key).unwrap();
    assert!(code.contains("const GET_PARCEL") && !code.contains("fn get_parcel"));
    let body = "          application/json:\n            schema:\n              $ref: '#/components/schemas/ParcelUpdate'\n";
    let parts = body.replace("application/json", "multipart/form-data");
    let code = generate(&SMALL.replace(body, &parts)).unwrap();
    assert!(code.contains("const UPDATE_PARCEL") && !code.contains("fn update_parcel"));
    assert!(code.contains("pub struct ParcelUpdate"));
}

#[test]
fn what_is_not_documented_says_so_in_its_name() {
    let list = item("impl", "ListParcels");
    holds(
        &list,
        r#"#[doc = "*Inferred* \\[[U](super::sources#u)\\], not documented."] #[must_use] pub fn unverified_next_token("#,
    );
    lacks(&list, "pub fn next_token(");
}

#[test]
fn generating_twice_gives_the_same_text() {
    let signly = include_str!("../../openapi/signly.yaml");
    let once = || countersign_codegen::generate("openapi/signly.yaml", TARGET, signly).unwrap();
    let first = once();
    assert!(first.contains("pub fn update_webhook("));
    assert!(first == once(), "the generated code differs from one run to the next");
}

#[test]
fn formats_that_are_not_ours_are_text_and_numbers() {
    let label = "        label:\n          type: string\n";
    let more = "        day:\n          type: string\n          format: date\n        key:\n          type: string\n          \
                format: uuid\n        host:\n          type: string\n          format: ipv4\n        small:\n          type: integer\n          \
                format: int8\n        price:\n          type: number\n          format: decimal\n";
    let code = generate(&SMALL.replace(label, &format!("{more}{label}"))).unwrap();
    let text: String = code.split_whitespace().collect();
    for member in ["day", "key", "host"] {
        holds(&text, &format!("pub {member}: ::std::option::Option<::std::string::String>"));
    }
    holds(&text, "pub small: ::std::option::Option<i64>");
    holds(&text, "pub price: ::std::option::Option<f64>");
}

#[test]
fn words_of_yaml_1_1_are_text() {
    let colours = "      enum: [red, dark-blue]\n      x-enumDescriptions:\n";
    let more = "      enum: [red, dark-blue, no, on, y]\n      x-enumDescriptions:\n        no: None.\n        on: Lit.\n        \
                y: Yellow.\n";
    let code = generate(&SMALL.replace(colours, more)).unwrap();
    for word in ["no", "on", "y"] {
        assert!(code.contains(&format!("#[open_enum(\"{word}\")]")), "{word}");
    }
}

#[test]
fn tags_of_sources_lead_to_their_page() {
    let code = code();
    holds(&code, "///# T");
    holds(&code, "pub mod sources {}");
    holds(&code, r"///`GET /v1/parcels/{parcelId}`. *Inferred* \[[T](sources#t)\], not documented.");
}
