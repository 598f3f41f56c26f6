//! Every operation, once, from the client to the mock and back.

use countersign::Content;
use countersign::legalesign::{
    self, Client, FieldElementType, Notify, PdfFieldInput, Permission, RecipientInput, UserPermission,
    WebhookEventFilter,
};
use countersign::mock::legalesign::Server;
use std::collections::BTreeSet;

const PDF: &str = "%PDF-1.4 scenario";

fn signer() -> RecipientInput {
    RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace")
}

async fn read_all(download: countersign::Download) -> Vec<u8> {
    download.bytes(1 << 20).await.unwrap().to_vec()
}

async fn templates(client: &Client, group: &str) {
    let pdf = client
        .create_pdf_template(Content::bytes(PDF))
        .group(group)
        .title("Contract")
        .send()
        .await
        .unwrap()
        .id;
    let read = client.get_pdf_template(&pdf).send().await.unwrap();
    assert_eq!((read.title.as_deref(), read.uuid.as_ref()), (Some("Contract"), Some(&pdf)));
    assert_eq!(read.group.unwrap().id().unwrap().as_str(), group);
    let field = PdfFieldInput::default().ax(0.1).ay(0.1).bx(0.2).by(0.2).page(1).signer(1);
    let fields = [field.element_type(FieldElementType::Signature)];
    client.replace_pdf_template_fields(&pdf, fields).send().await.unwrap();
    let fields = client.list_pdf_template_fields(&pdf).send().await.unwrap().objects.unwrap();
    assert_eq!((fields.len(), fields[0].ax, fields[0].signer), (1, Some(0.1), Some(1)));
    client.convert_text_tags(&pdf).send().await.unwrap();
    assert!(
        client.create_edit_link(&pdf).hide_sender_fields(true).send().await.unwrap().expose().contains("://")
    );
    let mut listed = client.list_pdf_templates().group(group).items();
    assert_eq!(listed.next().await.unwrap().unwrap().uuid, Some(pdf.clone()));
    client.archive_pdf_template(&pdf).send().await.unwrap();
    client.delete_pdf_template(&pdf).send().await.unwrap();
    assert!(client.get_pdf_template(&pdf).send().await.unwrap_err().is_not_found());

    let create = client.create_text_template().group(group).title("Terms").latest_text("<p>I agree.</p>");
    let text = create.send().await.unwrap().id;
    client.update_text_template(&text).title("New terms").send().await.unwrap();
    let read = client.get_text_template(&text).send().await.unwrap();
    assert_eq!(
        (read.title.as_deref(), read.latest_text.as_deref()),
        (Some("New terms"), Some("<p>I agree.</p>"))
    );
    assert!(client.list_text_templates().group(group).items().next().await.unwrap().is_ok());
    client.archive_text_template(&text).send().await.unwrap();
}

async fn documents(server: &Server, client: &Client) {
    let group = server.group();
    let attach = client.create_attachment(Content::bytes(PDF)).group(group).filename("terms.pdf");
    let attachment = attach.description("The terms").send().await.unwrap().id;
    assert_eq!(
        client.get_attachment(&attachment).send().await.unwrap().description.as_deref(),
        Some("The terms")
    );
    assert!(client.list_attachments().items().next().await.unwrap().is_ok());
    let create =
        client.create_document().group(group).name("Contract").text("<p>I agree.</p>").do_email(true);
    let create = create.signers([signer().attachments([&attachment]), signer().email("alan@example.com")]);
    let id = create.clone().send().await.unwrap().id;
    let other = create.send_for_signing_links().await.unwrap();
    assert_eq!(other.links.iter().map(|link| link.signer).collect::<Vec<_>>(), [1, 2]);

    let document = client.get_document(&id).send().await.unwrap();
    assert_eq!(document.name.as_deref(), Some("Contract"));
    let objects = document.signer_objects.unwrap();
    let rows = document.signers.unwrap();
    assert_eq!((objects.len(), objects[0].email.as_ref()), (2, rows[0].email.as_ref()));
    let signer = rows[0].resource_uri.as_ref().unwrap().id().unwrap();
    assert_eq!(client.get_signer(&signer).send().await.unwrap().first_name.as_deref(), Some("Ada"));
    client.list_signer_fields(&signer).send().await.unwrap();
    client.list_document_fields(&id).send().await.unwrap();
    client.create_signing_link(&signer).send().await.unwrap();
    client.send_reminder(&signer).text("Please sign.").send().await.unwrap();
    server.forward(&signer, "grace@example.com", "Grace", "Hopper").unwrap();
    client.reset_signer(&signer).email("ada@example.com").notify(true).send().await.unwrap();
    let listed = client.list_documents(group).nosigners("1").items().next().await.unwrap().unwrap();
    assert!(listed.signers.is_none_or(|signers| signers.is_empty()));
    assert!(client.list_statuses().items().next().await.unwrap().is_ok());
    server.sign_all(&id).unwrap();
    assert_eq!(client.get_status(&id).send().await.unwrap().download_final, Some(true));
    let pdf = read_all(client.get_document_pdf(&id).send().await.unwrap()).await;
    assert_eq!(Some(pdf), server.final_pdf(&id).map(|pdf| pdf.to_vec()));
    assert!(read_all(client.download_audit_log(&id).send().await.unwrap()).await.starts_with(b"%PDF-"));
    let rejected = server.signers(&other.id)[0].clone();
    server.reject(&rejected, "Too expensive").unwrap();
    assert_eq!(client.get_rejection(rejected).send().await.unwrap().reason.as_deref(), Some("Too expensive"));
    client.archive_document(&other.id).email(true).send().await.unwrap();
    client.delete_document(&id).send().await.unwrap();
    client.delete_attachment(&attachment).send().await.unwrap();

    let preview = client.preview_signing_page().text("<p>I agree.</p>").title("Contract").signee_count(1);
    assert!(preview.group(group).send().await.unwrap().expose().contains("://"));
    let preview = client.preview_pdf().group(group).text("<p>I agree.</p>").is_signature_per_page(1);
    let preview = preview.signature_type(4).signee_count(1).send().await.unwrap();
    assert!(read_all(preview).await.starts_with(b"%PDF-"));
}

async fn people(client: &Client, group: &str) {
    let sales = client.create_group().name("Sales team").xframe_allow(true).send().await.unwrap().id;
    client.update_group(&sales).public_name("Sales").send().await.unwrap();
    assert_eq!(client.get_group(&sales).send().await.unwrap().public_name.as_deref(), Some("Sales"));
    assert!(client.list_groups().items().next().await.unwrap().is_ok());
    let create = client.create_user().email("grace@example.com").first_name("Grace").last_name("Hopper");
    let user =
        create.password("Pa55word!").permission(UserPermission::from("1")).send().await.unwrap().unwrap().id;
    client.update_user(&user).first_name("Amazing Grace").send().await.unwrap();
    assert_eq!(client.get_user(&user).send().await.unwrap().first_name.as_deref(), Some("Amazing Grace"));
    let member =
        |email: &str| client.create_member().group(group).email(email).permission(Permission::from(1));
    member("grace@example.com").send().await.unwrap();
    member("stranger@example.com").do_email(true).send().await.unwrap();
    let mut members = client.list_members().group(group).items();
    let mut found = None;
    while let Some(member) = members.next().await {
        let member = member.unwrap();
        if member.user.as_ref().and_then(legalesign::UserUri::id) == Some(user.clone()) {
            found = member.resource_uri.and_then(|uri| uri.id());
        }
    }
    let member = found.unwrap();
    assert_eq!(client.get_member(&member).send().await.unwrap().permission, Some(Permission::from(1)));
    client.delete_member(&member).send().await.unwrap();
    let invited = client.list_invitations().group(group).send().await.unwrap().objects.unwrap();
    let invitation = invited[0].resource_uri.as_ref().unwrap().id().unwrap();
    client.delete_invitation(invitation).send().await.unwrap();
}

async fn webhooks(client: &Client) {
    let subscribe = client.subscribe().url("https://example.com/a").notify(Notify::Realtime);
    let first = subscribe.event_filter(WebhookEventFilter::DocumentFinalPdfCreated).send().await.unwrap();
    client.subscribe_recipient().url("https://example.com/b").notify(Notify::Realtime).send().await.unwrap();
    assert_eq!(client.list_webhooks().send().await.unwrap().len(), 2);
    client.unsubscribe_by_id(first.unwrap().id).send().await.unwrap();
    client.unsubscribe().url("https://example.com/b").send().await.unwrap();
    assert_eq!(client.list_webhooks().send().await.unwrap().len(), 0);
}

/// Makes every operation. The group has to allow automated deletion.
pub async fn everything(server: &Server, client: &Client) {
    templates(client, server.group()).await;
    documents(server, client).await;
    people(client, server.group()).await;
    webhooks(client).await;
}

#[tokio::test]
async fn every_operation_is_answered_as_the_client_expects() {
    let server = Server::start().await.unwrap();
    server.allow_automated_deletion(server.group()).unwrap();
    everything(&server, &server.client().unwrap()).await;
    server.assert_no_credential_leaked();
    let called = server.requests().iter().filter_map(|request| request.operation).collect::<BTreeSet<_>>();
    let all = legalesign::OPERATIONS.iter().map(|operation| operation.id).collect::<BTreeSet<_>>();
    assert_eq!(all.difference(&called).collect::<Vec<_>>(), Vec::<&&str>::new());
}

#[tokio::test]
async fn the_key_of_the_old_kind_is_accepted_and_a_wrong_one_is_not() {
    let server = Server::start().await.unwrap();
    let (username, secret) = server.legacy_key();
    let old = server.client_builder().legacy_api_key(username, secret).build().unwrap();
    old.list_webhooks().send().await.unwrap();
    let wrong = server.client_builder().legacy_api_key(username, "wrong").build().unwrap();
    assert!(wrong.list_webhooks().send().await.unwrap_err().is_unauthenticated());
}
