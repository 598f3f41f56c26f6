//! A mock of Legalesign's REST API v1, as far as `openapi/legalesign.yaml` describes it.
//!
//! PDFs of documents come from a second server on another port, to which nothing secret may be sent;
//! [`Server::leaked_credentials`] tells whether that was kept. What happens to documents is delivered to those who have
//! subscribed, when [`Server::deliver_due`] says so.
//!
//! What Legalesign leaves open is decided here like this; none of it is knowledge of the service:
//!
//! | Case | What the mock does | Why |
//! |---|---|---|
//! | credentials missing, wrong, or there twice | 401 | documented |
//! | `X-Organisation` | ignored | when it is needed is not documented |
//! | what a key sees | all groups, whoever is a member of them | assumed |
//! | unknown id or path, path without the slash at its end | 404 | assumed for the path |
//! | wrong method | 405 | documented |
//! | errors without a documented body | a JSON object with a sentence in `text`, the form of those of attachments | assumed |
//! | body that is no JSON | 500; 400 from `unsubscribe` | the statuses are documented |
//! | JSON of another kind than an object or a list | 400 | assumed |
//! | body without `Content-Type: application/json` | 415 | that it is needed is documented |
//! | body over 48 MiB | 413 with a JSON object that no document knows | assumed |
//! | member missing, of the wrong type, too long, not as its pattern, not one of its values | 400 with a form error of all such members | the form is documented by examples |
//! | members that are not known | ignored | assumed |
//! | problems of one of the `signers` | texts such as `signer_2: email: required` in the form error of `signers` | assumed |
//! | query parameter that cannot be read, or `group` that names none | 400 with a form error of `query` | assumed |
//! | `group` and `user` in queries and `groups` of users | id or reference | documented for some lists |
//! | reference to something that does not exist | 500 | the status is documented |
//! | `limit` over 1000 | 1000 | assumed |
//! | `limit` 0, negative numbers | 400 | assumed |
//! | order of lists | oldest first | assumed |
//! | `previous` of a page | the page before, or `null` on the first | assumed |
//! | invitations and fields of PDFs | `meta` of one page that holds all | assumed |
//! | times | UTC, to the second | assumed |
//! | `created_gt`, `modified_gt` | later by a whole second | from the parameters' names |
//! | `archive` of templates, `filter` of statuses | as `archived` of documents: `false`, `true`, `all`; any other `filter` is as good as none | assumed |
//! | `cache=1` on documents | ignored | the shape of its answer is not documented |
//! | `nosigners=1` | no member `signers` | inferred |
//! | `Location` | host-relative; of a document, not of its status | sources disagree |
//! | creating a member | no `Location` | none is documented |
//! | creating a user without a password | the user exists at once, but no `Location` names it | the latter is documented |
//! | `permission` left out | 4 | assumed |
//! | `members` of a group | references of members | the schema says so, its example shows users |
//! | automated deletion | off in every group, unless [`Server::allow_automated_deletion`] was called; it rules PDF templates too | the former is documented, the latter assumed |
//! | answer that means "not deleted" | 200 with a short text | the body is not documented |
//! | documents without `templatepdf` | accepted with `text` or `template` | undecided in the sources |
//! | number of signers that does not fit the template's fields | 404 | seen by a third party |
//! | `page`, `signer` and `fieldorder` of fields | any number of 32 bits, `signer` from 1 | only the last is documented |
//! | members that have no value | `group_id` of webhooks, `last_login` of users and `signer` of a sender's field are missing; others are `null` where the document says so | assumed |
//! | templates without fields | accept any number of signers | assumed |
//! | `decide_later` | the signer has no name or e-mail until [`Server::decide`] | inferred |
//! | `skip` | no signer is made; the others keep their places and numbers | assumed |
//! | fields of witnesses and approvers | number of the place in the list, plus 100 or 200 | inferred |
//! | witness | is of the signer before, and acts after that one has signed | assumed |
//! | reviewers | checked and forgotten | assumed |
//! | `do_email` false | signers stay at 4 (unsent) until they visit or are reminded | inferred |
//! | document status 20 | when every signer has completed the fields | assumed |
//! | `auto_archive` | archived in the moment of the last signature | "soon after" is documented |
//! | final PDF | in the moment of the last signature; always the mock's own, whatever `append_pdf` and passwords say | assumed |
//! | PDF before that | what was uploaded | assumed |
//! | archiving a document that was signed or rejected | keeps its status | assumed |
//! | PDF in the archive | the first call has it restored; four hours later it is there | the duration is documented |
//! | links to PDFs | 60 seconds, any number of times; 403 afterwards | that they are short-lived is documented |
//! | links to pages | 410 from the second time on, also after other links were made; opening a signing link visits the document, posting to its page signs | one use is documented |
//! | link of a preview | 10 seconds | "seconds" is documented |
//! | new link for a signer who has signed, or whose document is over | 400 | assumed |
//! | reminder without a body | 415 | that it is required is documented, the status assumed |
//! | reminder | 401 if it is not the signer's turn or nothing is left to sign | the status is documented |
//! | resetting a signer | gives the signer the status 4 or 10; later forwardings are forgotten | assumed |
//! | rejection of a signer who has not rejected | 200 with an empty reason | assumed |
//! | text tags | there are none, unless [`Server::set_text_tags`] puts some in | the mock does not read PDFs |
//! | `valid` of a PDF template | always true | assumed |
//! | uploads that are no base64, or do not begin with `%PDF-` | 400 | assumed |
//! | attachments over 5 MiB | 400, unless [`Server::set_largest_attachment`] says otherwise | the size is documented |
//! | subscribing twice | two subscriptions | assumed |
//! | `Location` of a subscription | `/api/v1/unsubscribe/<id>/` | inferred |
//! | `unsubscribe` without `eventFilter` or `group` | ends all subscriptions of the URL | assumed |
//! | `unsubscribe` with a `group` that is a number | 400 | assumed; the vendor types it so, the document as text |
//! | `unsubscribe_by_id` with an unknown id | 404 | assumed |
//!
//! Of callbacks:
//!
//! | Case | What the mock does | Why |
//! |---|---|---|
//! | `all` | a form with `data` and `signed`, six minutes or more after the last one or after the subscription | the form is inferred, the interval documented, where it begins assumed |
//! | an interval in which nothing changed | no list | not documented |
//! | a list | the statuses of documents and signers that changed since the last one, in order; 100 after 30 when the final PDF exists | documented |
//! | what is no change | a new document, a signer who was not told yet | assumed |
//! | a document that was archived before it was signed | a change to 40, and no other event | the change is assumed; that there is no event is documented by absence |
//! | unsubscribing | what would have been in the next list is dropped, what was told at once is still sent | assumed |
//! | `sent`, `signed`, `rejected` | when the document was created, when the final PDF exists, when a signer has rejected | documented |
//! | their fields | `resource_uri`, `group`, `name`, `uuid`, `tag`, `tag1`, `tag2`, all of them also as JSON in `json_signed`, with the signature in `X-Signed` | the first five, `json_signed` and the header are documented; `tag1`, `tag2` and what is in the JSON is inferred. No field for the code of the event: its name is not known |
//! | their fields after [`Server::send_plain_notices`] | the first five, not signed | documented on an older page |
//! | `realtime` | JSON of the documented members; `object`, a point and `event` are the word of the filter; `created` in seconds | the members are documented, the rest inferred |
//! | `version`, `statusText`, `roleText`, `emailBounce`, `group` of `realtime` | `1.0`, made-up words, 0, the id of the group | assumed |
//! | `status` of `document.finalPdfCreated` | 30, as the API shows it | assumed |
//! | `document.created`, `document.rejected`, `document.finalPdfCreated`, `recipient.completed`, `recipient.rejected`, `recipient.emailOpened`, `recipient.visiting` | when it happens for the first time; who waits for a witness has not completed | assumed |
//! | `recipient.bounced` | never; [`Server::realtime_callback`] makes one | no e-mail is sent here |
//! | headers of `realtime` | none that signs, unless [`Server::sign_realtime_with`] says how | two are documented by name only |
//! | `eventFilter` of other kinds | ignored | assumed |
//! | `group` of a subscription | narrows all kinds | documented |
//! | signatures | RSA PKCS#1 v1.5 over SHA-1, in base64, by a key of this server of 2048 bits: [`Server::certificate`] | documented, the padding inferred; Legalesign's own key has 4096 |
//! | answers | 200 to 299 accept; redirects are not followed | assumed |
//! | a delivery that is not accepted | given up, unless [`Server::set_delivery_attempts`] says otherwise | not documented |

mod answer;
mod api;
mod callbacks;
mod documents;
mod downloads;
mod happenings;
mod life;
mod links;
mod pages;
mod pdf;
mod people;
mod read;
mod scenes;
mod sending;
mod server;
mod signers;
mod state;
mod subscribers;
mod templates;
mod texts;
mod webhooks;

pub use crate::mock::NotPossible;
pub use server::Server;
