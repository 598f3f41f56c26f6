//! A mock of Legalesign's REST API v1, as far as `openapi/legalesign.yaml` describes it.
//!
//! PDFs of documents come from a second server on another port, to which nothing secret may be sent;
//! [`Server::leaked_credentials`] tells whether that was kept. Subscriptions to callbacks are stored and listed, but
//! nothing is delivered yet.
//!
//! What Legalesign leaves open is decided here like this; none of it is knowledge of the service:
//!
//! | Case | What the mock does | Why |
//! |---|---|---|
//! | credentials missing, wrong, or there twice | 401 without a body | assumed |
//! | `X-Organisation` | ignored | when it is needed is not documented |
//! | what a key sees | all groups, whoever is a member of them | assumed |
//! | unknown id or path, path without the slash at its end | 404 without a body | assumed |
//! | wrong method | 405 without a body | the status is documented |
//! | body that is no JSON | 500 with a short text; 400 from `unsubscribe` | the statuses are documented |
//! | JSON of another kind than an object or a list | 400 with a short text | assumed |
//! | body without `Content-Type: application/json` | 415 with a short text | that it is needed is documented |
//! | body over 48 MiB | 413 with a JSON object that no document knows | assumed |
//! | member missing, of the wrong type, too long, not as its pattern | 400 with a form error of all such members | the form is documented by examples |
//! | members that are not known | ignored | assumed |
//! | problems of one of the `signers` | texts such as `signer_2: email: required` in the form error of `signers` | assumed |
//! | query parameter that cannot be read, or `group` that names none | 400 with a form error of `query` | assumed |
//! | `group` and `user` in queries and `groups` of users | id or reference | documented for some lists |
//! | reference to something that does not exist | 500 with a short text | the status is documented |
//! | `limit` over 1000 | 1000 | assumed |
//! | `limit` 0, negative numbers | 400 | assumed |
//! | order of lists | oldest first | assumed |
//! | `previous` of a page | the page before, or `null` on the first | assumed |
//! | invitations and fields of PDFs | `meta` of one page that holds all | assumed |
//! | times | UTC, to the second | assumed |
//! | `created_gt`, `modified_gt` | later by a whole second | from the parameters' names |
//! | `archive` of templates, `filter` of statuses | as `archived` of documents: `false`, `true`, `all` | assumed |
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
//! | `unsubscribe_by_id` with an unknown id | 404 | assumed |

mod answer;
mod api;
mod documents;
mod downloads;
mod life;
mod links;
mod pages;
mod pdf;
mod people;
mod read;
mod sending;
mod server;
mod signers;
mod state;
mod templates;
mod texts;
mod webhooks;

pub use life::NotPossible;
pub use server::Server;
